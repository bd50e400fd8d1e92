//! What a training is to be.

use std::fmt;

use nn_layers::ParameterName;
use nn_optim::{Loss, OptimError, Penalty, PlateauMode, ReduceLrOnPlateau, Schedule, Targets};
use nn_tensor::{Matrix, Scalar, View};

use crate::callback::{AfterBatch, AfterEpoch};
use crate::evaluation::{Function, Metric};
use crate::{Callback, EarlyStopping, Moment, TrainingData};

/// Trains a network, epoch by epoch, and keeps every figure in a [`History`](crate::History).
///
/// It makes the calls that a loop by hand makes: `Batches`, `value_and_gradient`, `add_penalty`,
/// `clip_grad_norm` or `clip_grad_value`, and `Optimizer::step`, and it gives the same bits.
///
/// ```
/// use nn_data::{Dataset, moons, stratified_split};
/// use nn_layers::{Network, Relu};
/// use nn_optim::{Adam, CrossEntropy, Optimizer, accuracy};
/// use nn_train::{EarlyStopping, Trainer};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data: Dataset = moons(500, 0.1, &mut rng)?;
/// let (train, validation) = stratified_split(&data, 0.2, &mut rng)?;
/// let mut network = Network::builder(2).dense(16).layer(Relu).dense(2).build(&mut rng)?;
/// let rule = Adam { learning_rate: 0.01, ..Adam::default() };
/// let mut optimizer = Optimizer::new(rule, &network)?;
///
/// let history = Trainer::new(CrossEntropy::default())
///     .epochs(200)
///     .metric("accuracy", accuracy)
///     .validation(&validation)
///     .early_stopping(EarlyStopping { patience: 20, ..EarlyStopping::default() })
///     .fit(&mut network, &mut optimizer, &train)?;
/// println!("{history}");
/// assert!(history.last("validation accuracy") > Some(0.95));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<'a, L, T = f32> {
    pub(crate) loss: L,
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) drop_last: bool,
    pub(crate) shuffle: bool,
    pub(crate) seed: u64,
    pub(crate) clip: Option<Clip>,
    pub(crate) penalty: Option<Box<dyn Fn(ParameterName) -> Penalty + 'a>>,
    pub(crate) schedule: Option<(Pace, Box<dyn Schedule + 'a>)>,
    pub(crate) plateau: Option<ReduceLrOnPlateau>,
    pub(crate) metrics: Vec<Metric<'a, T>>,
    pub(crate) validation: Validation<'a, T>,
    pub(crate) monitor: Option<(String, PlateauMode)>,
    pub(crate) early_stopping: Option<EarlyStopping>,
    pub(crate) callbacks: Vec<Box<dyn Callback<T> + 'a>>,
}

/// How gradients are kept within bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clip {
    Norm(f64),
    Value(f64),
}

/// How often a schedule sets the learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    Epoch,
    Step,
}

/// On what the network is tried after each epoch.
#[derive(Debug)]
pub(crate) enum Validation<'a, T> {
    None,
    Share(f64),
    Data(View<'a, T>, Targets<'a, T>),
}

impl<'a, L: Loss<T>, T: Scalar> Trainer<'a, L, T> {
    /// Training by this loss: 100 epochs of shuffled batches of 32 samples, with the seed 0.
    pub fn new(loss: L) -> Self {
        Self {
            loss,
            epochs: 100,
            batch_size: 32,
            drop_last: false,
            shuffle: true,
            seed: 0,
            clip: None,
            penalty: None,
            schedule: None,
            plateau: None,
            metrics: Vec::new(),
            validation: Validation::None,
            monitor: None,
            early_stopping: None,
            callbacks: Vec::new(),
        }
    }

    /// How many times the samples are gone through, at least 1; 100 by default.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// How many samples make a step, at least 1; 32 by default. The last batch of an epoch has what is
    /// left.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Makes each epoch one step on all samples, in the order in which they are.
    #[must_use]
    pub fn full_batch(self) -> Self {
        Self { batch_size: usize::MAX, shuffle: false, ..self }
    }

    /// Whether samples that do not fill a last batch are left out of an epoch; not so by default. Layers
    /// as [`BatchNorm`](nn_layers::BatchNorm) cannot train on a batch of one sample.
    #[must_use]
    pub fn drop_last(self, drop_last: bool) -> Self {
        Self { drop_last, ..self }
    }

    /// Whether the samples come in a new order in each epoch; so by default. They are copied for that, into
    /// as much memory as the data take ([`Batches`](nn_data::Batches)).
    #[must_use]
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// The seed of all that is drawn at random: the order of the samples, which of them are held out
    /// for validation, what dropout leaves out; 0 by default. The same seed gives the same network,
    /// bit for bit, on any number of threads.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Shrinks the gradients of each step to a 2-norm of at most `max_norm`
    /// ([`clip_grad_norm`](nn_optim::clip_grad_norm)).
    #[must_use]
    pub fn clip_grad_norm(self, max_norm: f64) -> Self {
        Self { clip: Some(Clip::Norm(max_norm)), ..self }
    }

    /// Brings each gradient to within `-clip_value` and `clip_value`
    /// ([`clip_grad_value`](nn_optim::clip_grad_value)).
    #[must_use]
    pub fn clip_grad_value(self, clip_value: f64) -> Self {
        Self { clip: Some(Clip::Value(clip_value)), ..self }
    }

    /// Adds to the gradients what large parameters cost ([`add_penalty`](nn_optim::add_penalty)). The
    /// losses in the history do not hold it, so that those of training and validation compare.
    #[must_use]
    pub fn penalty(self, penalty: impl Fn(ParameterName) -> Penalty + 'a) -> Self {
        Self { penalty: Some(Box::new(penalty)), ..self }
    }

    /// Lets a schedule set the learning rate before each epoch, by the number of epochs done. Of several
    /// schedules and plateau rules, the last that a trainer is told of counts.
    #[must_use]
    pub fn schedule(self, schedule: impl Schedule + 'a) -> Self {
        Self { schedule: Some((Pace::Epoch, Box::new(schedule))), plateau: None, ..self }
    }

    /// Lets a schedule set the learning rate before each step, by the number of steps done; else as
    /// [`Trainer::schedule`].
    #[must_use]
    pub fn schedule_by_step(self, schedule: impl Schedule + 'a) -> Self {
        Self { schedule: Some((Pace::Step, Box::new(schedule))), plateau: None, ..self }
    }

    /// Lowers the learning rate whenever the monitored figure has not got better for a while, where
    /// [`Trainer::monitor`] says what is better, and not the rule's `mode`; else as [`Trainer::schedule`].
    #[must_use]
    pub fn reduce_lr_on_plateau(self, rule: ReduceLrOnPlateau) -> Self {
        Self { plateau: Some(rule), schedule: None, ..self }
    }

    /// Adds a figure of outputs and labels, such as [`accuracy`](nn_optim::accuracy), worked out after
    /// each epoch on all training data, and on the validation data, as inference.
    #[must_use]
    pub fn metric(
        self,
        name: impl Into<String>,
        metric: impl Fn(&Matrix<T>, &[usize]) -> Result<f64, OptimError> + 'a,
    ) -> Self {
        self.any_metric(name.into(), Function::OfLabels(Box::new(metric)))
    }

    /// Adds a figure of outputs and the values that they should have been, such as
    /// [`r_squared`](nn_optim::r_squared); else as [`Trainer::metric`].
    #[must_use]
    pub fn metric_of_values(
        self,
        name: impl Into<String>,
        metric: impl Fn(&Matrix<T>, &Matrix<T>) -> Result<f64, OptimError> + 'a,
    ) -> Self {
        self.any_metric(name.into(), Function::OfValues(Box::new(metric)))
    }

    fn any_metric(mut self, name: String, function: Function<'a, T>) -> Self {
        self.metrics.push(Metric { name, function });
        self
    }

    /// Tries the network on this data after each epoch.
    #[must_use]
    pub fn validation(self, data: &'a impl TrainingData<T>) -> Self {
        let (inputs, targets) = data.all();
        Self { validation: Validation::Data(inputs, targets), ..self }
    }

    /// Holds this share of the samples out of training, between 0 and 1, and tries the network on them
    /// after each epoch. They are drawn by the seed, whatever their classes; `stratified_split` of `nn-data`
    /// keeps the share of each class, for [`Trainer::validation`].
    #[must_use]
    pub fn validation_split(self, share: f64) -> Self {
        Self { validation: Validation::Share(share), ..self }
    }

    /// Which figure says what epoch is best, by its name in the [`History`](crate::History), and
    /// whether more of it is better. By default the least `"validation loss"`, or `"loss"` where
    /// there is no validation data.
    #[must_use]
    pub fn monitor(self, figure: impl Into<String>, mode: PlateauMode) -> Self {
        Self { monitor: Some((figure.into(), mode)), ..self }
    }

    /// Ends the training where it does not get better any more, and brings back the best epoch.
    #[must_use]
    pub fn early_stopping(self, rule: EarlyStopping) -> Self {
        Self { early_stopping: Some(rule), ..self }
    }

    /// Calls a closure after each epoch.
    ///
    /// ```
    /// use nn_data::{Dataset, circle};
    /// use nn_layers::{Network, Relu};
    /// use nn_optim::{Adam, CrossEntropy, Optimizer};
    /// use nn_train::{Ending, Trainer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let data: Dataset = circle(500, &mut rng)?;
    /// let mut network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
    /// let mut optimizer = Optimizer::new(Adam::default(), &network)?;
    /// let history = Trainer::new(CrossEntropy::default())
    ///     .on_epoch_end(|moment| {
    ///         println!("epoch {}: {:.4}", moment.epoch(), moment.loss());
    ///         if moment.epoch() == 5 {
    ///             moment.stop();
    ///         }
    ///     })
    ///     .fit(&mut network, &mut optimizer, &data)?;
    /// assert_eq!(history.ending(), Ending::Callback { epoch: 5 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_epoch_end(self, callback: impl FnMut(&mut Moment<'_, T>) + 'a) -> Self {
        self.callback(AfterEpoch(callback))
    }

    /// Calls a closure after each step.
    #[must_use]
    pub fn on_batch_end(self, callback: impl FnMut(&mut Moment<'_, T>) + 'a) -> Self {
        self.callback(AfterBatch(callback))
    }

    /// Adds a callback; they are called in the order in which they were added.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback<T> + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Shows a bar with epoch, figures, samples per second and time left on standard error, where that
    /// is a terminal.
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress_bar(self) -> Self {
        self.callback(crate::progress::ProgressBar::default())
    }
}

impl<L: fmt::Debug, T> fmt::Debug for Trainer<'_, L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics: Vec<_> = self.metrics.iter().map(|metric| &metric.name).collect();
        f.debug_struct("Trainer")
            .field("loss", &self.loss)
            .field("epochs", &self.epochs)
            .field("batch_size", &self.batch_size)
            .field("seed", &self.seed)
            .field("metrics", &metrics)
            .finish_non_exhaustive()
    }
}
