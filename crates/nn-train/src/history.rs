//! The figures of a training.

use std::fmt;

/// Every figure of a training by epoch, and how it ended.
///
/// The figures are `"loss"`, the metrics, `"validation loss"`, the metrics on the validation data as
/// `"validation accuracy"`, and `"learning rate"`, that of the epoch's last step. Epochs are counted from 1, so that the first value
/// of [`History::get`] is that of epoch 1.
///
/// Prints as a table of some twenty epochs, with the best one marked.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    names: Vec<String>,
    /// The values of each figure by epoch.
    values: Vec<Vec<f64>>,
    /// The place of the figure that says which epoch is best.
    pub(crate) monitored: usize,
    pub(crate) best_epoch: Option<usize>,
    pub(crate) kept_epoch: Option<usize>,
    pub(crate) ending: Ending,
}

/// How a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// All epochs were done.
    Complete,
    /// The monitored figure had not got better for too long.
    EarlyStopping,
    /// A callback asked for it, in this epoch, which may not be complete.
    Callback {
        /// The epoch, counted from 1.
        epoch: usize,
    },
}

impl History {
    pub(crate) const fn new(names: Vec<String>, monitored: usize) -> Self {
        Self {
            names,
            values: Vec::new(),
            monitored,
            best_epoch: None,
            kept_epoch: None,
            ending: Ending::Complete,
        }
    }

    pub(crate) fn push(&mut self, figures: &[f64]) {
        self.values.resize(self.names.len(), Vec::new());
        for (values, &figure) in self.values.iter_mut().zip(figures) {
            values.push(figure);
        }
    }

    /// The names of the figures, in the order in which they print.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of a figure by epoch; `None` where there is none of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        let place = self.names.iter().position(|known| known == name)?;
        Some(self.values.get(place).map_or(&[], Vec::as_slice))
    }

    /// A figure at the end of the last epoch; `None` where there is none of that name, or no epoch.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// Each figure with its values by epoch.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.names.iter().map(String::as_str).zip(self.values.iter().map(Vec::as_slice))
    }

    /// How many epochs are complete.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// The name of the figure that says which epoch is best.
    #[must_use]
    pub fn monitored(&self) -> &str {
        &self.names[self.monitored]
    }

    /// The epoch after which the monitored figure was best, counted from 1; `None` where no epoch is
    /// complete, or the figure was never a number.
    #[must_use]
    pub const fn best_epoch(&self) -> Option<usize> {
        self.best_epoch
    }

    /// The epoch after which the network was as it is now: the best one where the training ended early
    /// or was to end with it, else the last. `None` where no epoch is complete.
    #[must_use]
    pub const fn kept_epoch(&self) -> Option<usize> {
        self.kept_epoch
    }

    /// How the training ended.
    #[must_use]
    pub const fn ending(&self) -> Ending {
        self.ending
    }
}

/// So many epochs are printed, and two more.
const PRINTED: usize = 20;

/// What stands before a text so that it ends where a column of this width does. Not by `{:>width$}`, whose
/// width is at most 65,535.
fn gap(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.chars().count()))
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> =
            self.names.iter().map(|name| name.chars().count().max(8)).collect();
        write!(f, "  epoch")?;
        for (name, &width) in self.names.iter().zip(&widths) {
            write!(f, "  {}{name}", gap(name, width))?;
        }
        let epochs = self.epochs();
        let every = epochs.div_ceil(PRINTED).max(1);
        for epoch in 1..=epochs {
            let best = self.best_epoch == Some(epoch);
            if epoch % every != 0 && epoch != 1 && epoch != epochs && !best {
                continue;
            }
            write!(f, "\n{} {epoch:>5}", if best { '*' } else { ' ' })?;
            for (values, &width) in self.values.iter().zip(&widths) {
                let figure = Figure(values[epoch - 1]).to_string();
                write!(f, "  {}{figure}", gap(&figure, width))?;
            }
        }
        match self.ending {
            Ending::Complete => writeln!(f, "\nComplete.")?,
            Ending::EarlyStopping => writeln!(f, "\nStopped early.")?,
            Ending::Callback { epoch } => writeln!(f, "\nStopped by a callback in epoch {epoch}.")?,
        }
        let Some(kept) = self.kept_epoch else { return write!(f, "No epoch is complete.") };
        write!(f, "The network is that of epoch {kept}")?;
        match self.best_epoch {
            Some(best) if best == kept => {
                write!(f, ", after which the {} was best.", self.monitored())
            }
            Some(best) => write!(f, "; the {} was best after epoch {best}.", self.monitored()),
            None => write!(f, "."),
        }
    }
}

/// A number in four digits or so, whatever its size.
pub(crate) struct Figure(pub(crate) f64);

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size == 0.0 || (1e-3..1e5).contains(&size) || !size.is_finite() {
            write!(f, "{:.4}", self.0)
        } else {
            write!(f, "{:.2e}", self.0)
        }
    }
}
