use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// A fraction of the learning rate at first, and all of it from then on
/// (`torch.optim.lr_scheduler.ConstantLR`).
///
/// ```text
/// factor·base   while t < total_iters
/// base          from then on
/// ```
///
/// ```
/// use nn_optim::{ConstantLr, Schedule};
///
/// let schedule = ConstantLr { factor: 0.5, total_iters: 4 };
/// assert_eq!(schedule.learning_rate(0.1, 3), 0.05);
/// assert_eq!(schedule.learning_rate(0.1, 4), 0.1);
/// ```
#[doc(alias = "ConstantLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantLr {
    /// At least 0; ⅓ by default.
    pub factor: f64,
    /// How long it holds; 5 by default.
    pub total_iters: u64,
}

impl Default for ConstantLr {
    fn default() -> Self {
        Self { factor: 1.0 / 3.0, total_iters: 5 }
    }
}

impl Schedule for ConstantLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        if t < self.total_iters { self.factor * base } else { base }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("factor", self.factor)
    }
}
