use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// Down to 0 along a power of the steps left (`torch.optim.lr_scheduler.PolynomialLR`).
///
/// ```text
/// base·(1 - t / total_iters)^power   while t < total_iters
/// 0                                  from then on
/// ```
///
/// ```
/// use nn_optim::{PolynomialLr, Schedule};
///
/// let schedule = PolynomialLr { total_iters: 10, power: 2.0 };
/// assert_eq!(schedule.learning_rate(1.0, 5), 0.25);
/// assert_eq!(schedule.learning_rate(1.0, 10), 0.0);
/// ```
#[doc(alias = "PolynomialLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolynomialLr {
    /// When 0 is reached; 5 by default. With 0, at once.
    pub total_iters: u64,
    /// At least 0; 1 by default, which is a line.
    pub power: f64,
}

impl Default for PolynomialLr {
    fn default() -> Self {
        Self { total_iters: 5, power: 1.0 }
    }
}

impl Schedule for PolynomialLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        if t >= self.total_iters {
            return 0.0;
        }
        base * libm::pow((self.total_iters - t) as f64 / self.total_iters as f64, self.power)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("power", self.power)
    }
}
