use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// From a fraction of the learning rate to another along a line, then constant: a warm-up
/// (`torch.optim.lr_scheduler.LinearLR`).
///
/// ```text
/// base·(start_factor + (end_factor - start_factor)·min(t / total_iters, 1))
/// ```
///
/// ```
/// use nn_optim::{LinearLr, Schedule};
///
/// let schedule = LinearLr { start_factor: 0.5, end_factor: 1.0, total_iters: 10 };
/// assert_eq!(schedule.learning_rate(1.0, 0), 0.5);
/// assert_eq!(schedule.learning_rate(1.0, 5), 0.75);
/// assert_eq!(schedule.learning_rate(1.0, 99), 1.0);
/// ```
#[doc(alias = "LinearLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearLr {
    /// At least 0; ⅓ by default.
    pub start_factor: f64,
    /// At least 0; 1 by default.
    pub end_factor: f64,
    /// When the end is reached; 5 by default. With 0, at once.
    pub total_iters: u64,
}

impl Default for LinearLr {
    fn default() -> Self {
        Self { start_factor: 1.0 / 3.0, end_factor: 1.0, total_iters: 5 }
    }
}

impl Schedule for LinearLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        if t >= self.total_iters {
            return base * self.end_factor;
        }
        let share = t as f64 / self.total_iters as f64;
        base * (self.start_factor + (self.end_factor - self.start_factor) * share)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("start_factor", self.start_factor)?;
        check_not_negative("end_factor", self.end_factor)
    }
}
