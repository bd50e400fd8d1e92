use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// `base·gammaᵗ` (`torch.optim.lr_scheduler.ExponentialLR`).
///
/// ```
/// use nn_optim::{ExponentialLr, Schedule};
///
/// let schedule = ExponentialLr { gamma: 0.5 };
/// assert_eq!(schedule.learning_rate(0.8, 3), 0.1);
/// ```
#[doc(alias = "ExponentialLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExponentialLr {
    /// At least 0.
    pub gamma: f64,
}

impl Schedule for ExponentialLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        base * libm::pow(self.gamma, t as f64)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("gamma", self.gamma)
    }
}
