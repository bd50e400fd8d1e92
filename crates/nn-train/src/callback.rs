//! What is called in the middle of a training.

use std::fmt;

use nn_layers::Network;
use nn_optim::Optimizer;
use nn_tensor::Scalar;

use crate::{History, Result};

/// What is called in the middle of a training, to look, to log, to stop it or to change the learning
/// rate. Closures go to [`Trainer::on_epoch_end`](crate::Trainer::on_epoch_end) and
/// [`Trainer::on_batch_end`](crate::Trainer::on_batch_end); whatever has to remember more is a type.
///
/// ```
/// use nn_train::{Callback, Moment};
///
/// /// Stops once the loss is small enough.
/// struct Target(f64);
///
/// impl Callback<f32> for Target {
///     fn on_epoch_end(&mut self, moment: &mut Moment<'_, f32>) {
///         if moment.loss() < self.0 {
///             moment.stop();
///         }
///     }
/// }
/// ```
pub trait Callback<T: Scalar> {
    /// After each step.
    fn on_batch_end(&mut self, _moment: &mut Moment<'_, T>) {}

    /// After each epoch, with its figures in the history.
    fn on_epoch_end(&mut self, _moment: &mut Moment<'_, T>) {}

    /// When a training has come to its end, or to an error.
    fn on_train_end(&mut self) {}
}

/// Where a training stands.
pub struct Moment<'a, T = f32> {
    pub(crate) network: &'a Network<T>,
    pub(crate) optimizer: &'a mut Optimizer<T>,
    pub(crate) history: &'a History,
    pub(crate) place: Place,
    pub(crate) loss: f64,
    pub(crate) stop: &'a mut bool,
}

/// How far a training is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) epoch: usize,
    pub(crate) epochs: usize,
    pub(crate) batch: usize,
    pub(crate) batches: usize,
    /// How many samples of this epoch were trained on.
    pub(crate) samples_done: usize,
    /// How many it has.
    pub(crate) samples: usize,
}

impl<T: Scalar> Moment<'_, T> {
    /// The epoch, counted from 1.
    #[must_use]
    pub const fn epoch(&self) -> usize {
        self.place.epoch
    }

    /// How many epochs there are to be.
    #[must_use]
    pub const fn epochs(&self) -> usize {
        self.place.epochs
    }

    /// The batch of this epoch that was worked last, counted from 1.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.place.batch
    }

    /// How many batches an epoch has.
    #[must_use]
    pub const fn batches(&self) -> usize {
        self.place.batches
    }

    /// How many samples of this epoch were trained on.
    #[must_use]
    pub const fn samples_done(&self) -> usize {
        self.place.samples_done
    }

    /// How many samples an epoch has.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.place.samples
    }

    /// The mean loss of this epoch so far.
    #[must_use]
    pub const fn loss(&self) -> f64 {
        self.loss
    }

    /// The network as it is.
    #[must_use]
    pub const fn network(&self) -> &Network<T> {
        self.network
    }

    /// The figures of the complete epochs.
    #[must_use]
    pub const fn history(&self) -> &History {
        self.history
    }

    /// The learning rate of the next step, unless a schedule sets another before it.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.optimizer.learning_rate()
    }

    /// Sets the learning rate from the next step on; where there is a schedule, until this sets it again.
    ///
    /// # Errors
    /// As [`Optimizer::set_learning_rate`].
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<()> {
        Ok(self.optimizer.set_learning_rate(learning_rate)?)
    }

    /// Ends the training now. The network is then brought back to what it was after its best epoch.
    pub const fn stop(&mut self) {
        *self.stop = true;
    }
}

impl<T: Scalar> fmt::Debug for Moment<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { network, place, loss, .. } = self;
        write!(f, "Moment({network:?}, {place:?}, loss {loss})")
    }
}

/// A closure that is called after each epoch.
pub(crate) struct AfterEpoch<F>(pub(crate) F);

impl<T: Scalar, F: FnMut(&mut Moment<'_, T>)> Callback<T> for AfterEpoch<F> {
    fn on_epoch_end(&mut self, moment: &mut Moment<'_, T>) {
        (self.0)(moment);
    }
}

/// A closure that is called after each step.
pub(crate) struct AfterBatch<F>(pub(crate) F);

impl<T: Scalar, F: FnMut(&mut Moment<'_, T>)> Callback<T> for AfterBatch<F> {
    fn on_batch_end(&mut self, moment: &mut Moment<'_, T>) {
        (self.0)(moment);
    }
}
