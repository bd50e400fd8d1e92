//! Which epoch was best, and when to wait no longer.

use nn_layers::{Network, State};
use nn_optim::{OptimError, PlateauMode};
use nn_tensor::Scalar;

use crate::Result;

/// Ends a training once the monitored figure has not got better for so many epochs, and leaves the
/// network as it was after its best epoch (`keras.callbacks.EarlyStopping` with
/// `restore_best_weights`).
///
/// The best epoch is brought back too where the epochs run out first. It is the best of all, also by less
/// than `min_delta`, where Keras takes the last that was better by as much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarlyStopping {
    /// So many epochs in a row without a better figure are one too many; at least 1, 10 by default.
    pub patience: usize,
    /// By how much a figure has to be better to be worth waiting on, at least 0; 0 by default.
    pub min_delta: f64,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { patience: 10, min_delta: 0.0 }
    }
}

impl EarlyStopping {
    pub(crate) fn check(&self) -> Result<()> {
        if self.patience == 0 {
            return Err(crate::TrainError::Zero { name: "patience" });
        }
        if self.min_delta >= 0.0 && self.min_delta.is_finite() {
            return Ok(());
        }
        let (name, value, allowed) = ("min_delta", self.min_delta, "finite and at least 0");
        Err(OptimError::Hyperparameter { name, value, allowed }.into())
    }
}

/// Keeps what the network was when the monitored figure was best.
pub(crate) struct Best<T> {
    mode: PlateauMode,
    /// The best epoch, its figure and its network.
    best: Option<(usize, f64, State<T>)>,
    /// The figure that the next has to be better than to be worth waiting on, and the epoch of it.
    bar: Option<(f64, usize)>,
}

impl<T: Scalar> Best<T> {
    pub(crate) const fn new(mode: PlateauMode) -> Self {
        Self { mode, best: None, bar: None }
    }

    /// Whether `figure` is better than `other` by more than `delta`. NaN never is.
    fn is_better(&self, figure: f64, other: f64, delta: f64) -> bool {
        match self.mode {
            PlateauMode::Max => figure > other + delta,
            _ => figure < other - delta,
        }
    }

    /// The figure after an epoch.
    pub(crate) fn see(&mut self, epoch: usize, figure: f64, network: &Network<T>) {
        if figure.is_nan() {
            return;
        }
        match &self.best {
            Some((_, best, _)) if !self.is_better(figure, *best, 0.0) => {}
            _ => {
                let kept = self.best.take().map(|(_, _, mut state)| {
                    state.copy_from(network);
                    state
                });
                self.best = Some((epoch, figure, kept.unwrap_or_else(|| network.state())));
            }
        }
    }

    /// Whether the figure after this epoch, too, is not better than one long ago.
    pub(crate) fn waited_too_long(
        &mut self,
        rule: EarlyStopping,
        epoch: usize,
        figure: f64,
    ) -> bool {
        match self.bar {
            Some((bar, since)) if !self.is_better(figure, bar, rule.min_delta) => {
                epoch - since >= rule.patience
            }
            None if figure.is_nan() => epoch >= rule.patience,
            _ => {
                self.bar = Some((figure, epoch));
                false
            }
        }
    }

    pub(crate) fn epoch(&self) -> Option<usize> {
        self.best.as_ref().map(|(epoch, _, _)| *epoch)
    }

    pub(crate) fn state(&self) -> Option<&State<T>> {
        self.best.as_ref().map(|(_, _, state)| state)
    }
}
