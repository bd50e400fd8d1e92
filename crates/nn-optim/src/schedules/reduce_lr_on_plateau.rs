use crate::Result;
use crate::error::{check, check_not_negative};

/// A fraction of the learning rate whenever a figure has not got better for a while
/// (`torch.optim.lr_scheduler.ReduceLROnPlateau`).
///
/// This one is no function of time, so it is no [`Schedule`](crate::Schedule): it is told the figure
/// after every epoch, and remembers.
///
/// ```
/// use nn_layers::Network;
/// use nn_optim::{Adam, Optimizer, ReduceLrOnPlateau};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Network = Network::builder(2).dense(2).build(&mut rng)?;
/// let mut optimizer = Optimizer::new(Adam::default(), &network)?;
/// let rule = ReduceLrOnPlateau { patience: 2, ..ReduceLrOnPlateau::default() };
/// let mut plateau = rule.start(optimizer.learning_rate())?;
/// for validation_loss in [0.9, 0.5, 0.6, 0.5, 0.7] {
///     optimizer.set_learning_rate(plateau.step(validation_loss))?;
/// }
/// assert_eq!(optimizer.learning_rate(), 0.0001);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "ReduceLROnPlateau")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReduceLrOnPlateau {
    /// What is better; less by default.
    pub mode: PlateauMode,
    /// How much of the learning rate is left, at least 0 and below 1; 0.1 by default.
    pub factor: f64,
    /// How many epochs without a better figure are borne; 10 by default.
    pub patience: u64,
    /// By how much a figure has to be better, at least 0; 0.0001 by default.
    pub threshold: f64,
    /// Whether the threshold is a share of the best figure; so by default.
    pub threshold_mode: ThresholdMode,
    /// For how many epochs after a reduction no figure counts as bad; 0 by default.
    pub cooldown: u64,
    /// The smallest learning rate, at least 0; 0 by default.
    pub min_lr: f64,
    /// A reduction by no more than this is not made, at least 0; 1e-8 by default.
    pub eps: f64,
}

/// Which figures are better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlateauMode {
    /// Small ones, as of a loss; the default.
    #[default]
    Min,
    /// Large ones, as of an accuracy.
    Max,
}

/// What a threshold means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThresholdMode {
    /// Less than `best·(1 - threshold)`, or more than `best·(1 + threshold)`; the default.
    #[default]
    Rel,
    /// Less than `best - threshold`, or more than `best + threshold`.
    Abs,
}

impl Default for ReduceLrOnPlateau {
    fn default() -> Self {
        Self {
            mode: PlateauMode::Min,
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            threshold_mode: ThresholdMode::Rel,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
        }
    }
}

impl ReduceLrOnPlateau {
    /// Starts to watch, with this learning rate.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`](crate::OptimError::Hyperparameter) where one is out of range.
    pub fn start(self, learning_rate: f64) -> Result<Plateau> {
        check_not_negative("learning_rate", learning_rate)?;
        check("factor", self.factor, |x| (0.0..1.0).contains(&x), "at least 0 and below 1")?;
        check_not_negative("threshold", self.threshold)?;
        check_not_negative("min_lr", self.min_lr)?;
        check_not_negative("eps", self.eps)?;
        let best = match self.mode {
            PlateauMode::Min => f64::INFINITY,
            PlateauMode::Max => f64::NEG_INFINITY,
        };
        Ok(Plateau { rule: self, learning_rate, best, bad: 0, cooldown: 0 })
    }

    /// Whether a figure is enough better than the best before it. NaN never is.
    fn is_better(&self, figure: f64, best: f64) -> bool {
        let threshold = match self.mode {
            PlateauMode::Min => -self.threshold,
            PlateauMode::Max => self.threshold,
        };
        let bound = match self.threshold_mode {
            // The first figure only has to be one.
            _ if best.is_infinite() => best,
            ThresholdMode::Rel => best * (1.0 + threshold),
            ThresholdMode::Abs => best + threshold,
        };
        match self.mode {
            PlateauMode::Min => figure < bound,
            PlateauMode::Max => figure > bound,
        }
    }
}

/// A [`ReduceLrOnPlateau`] at work.
#[derive(Debug, Clone, PartialEq)]
pub struct Plateau {
    rule: ReduceLrOnPlateau,
    learning_rate: f64,
    /// The best figure so far; infinitely bad before the first.
    best: f64,
    /// How many epochs were bad since the last that was not.
    bad: u64,
    /// For how many epochs none counts as bad.
    cooldown: u64,
}

impl Plateau {
    /// The learning rate after an epoch that ended with this figure. NaN is a bad one.
    pub fn step(&mut self, figure: f64) -> f64 {
        if self.rule.is_better(figure, self.best) {
            self.best = figure;
            self.bad = 0;
        } else {
            self.bad += 1;
        }
        if self.cooldown > 0 {
            self.cooldown -= 1;
            self.bad = 0;
        }
        if self.bad > self.rule.patience {
            self.reduce();
        }
        self.learning_rate
    }

    /// A fraction of the learning rate, if that makes a difference.
    fn reduce(&mut self) {
        let reduced = (self.learning_rate * self.rule.factor).max(self.rule.min_lr);
        if self.learning_rate - reduced > self.rule.eps {
            self.learning_rate = reduced;
        }
        self.cooldown = self.rule.cooldown;
        self.bad = 0;
    }
}
