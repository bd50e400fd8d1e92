use crate::error::{check, check_not_negative};
use crate::{Result, Schedule};

/// A fraction of the learning rate again and again (`torch.optim.lr_scheduler.StepLR`).
///
/// ```text
/// base·gamma^⌊t / step_size⌋
/// ```
///
/// ```
/// use nn_optim::{Schedule, StepLr};
///
/// let schedule = StepLr { gamma: 0.5, ..StepLr::new(10) };
/// assert_eq!(schedule.learning_rate(0.1, 9), 0.1);
/// assert_eq!(schedule.learning_rate(0.1, 10), 0.05);
/// assert_eq!(schedule.learning_rate(0.1, 20), 0.025);
/// ```
#[doc(alias = "StepLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLr {
    /// How long a learning rate holds, at least 1.
    pub step_size: u64,
    /// At least 0; 0.1 by default.
    pub gamma: f64,
}

impl StepLr {
    /// A tenth of the learning rate after every `step_size`.
    #[must_use]
    pub const fn new(step_size: u64) -> Self {
        Self { step_size, gamma: 0.1 }
    }
}

impl Schedule for StepLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        base * libm::pow(self.gamma, (t / self.step_size.max(1)) as f64)
    }

    fn check(&self) -> Result<()> {
        check("step_size", self.step_size as f64, |x| x >= 1.0, "at least 1")?;
        check_not_negative("gamma", self.gamma)
    }
}
