use std::f64::consts::PI;

use crate::error::{check, check_not_negative};
use crate::{Result, Schedule};

/// Down along half a cosine (`torch.optim.lr_scheduler.CosineAnnealingLR`).
///
/// ```text
/// eta_min + (base - eta_min)·(1 + cos(π·t / t_max)) / 2
/// ```
///
/// After `t_max` it rises again, as in PyTorch.
///
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
///
/// ```
/// use nn_optim::{CosineAnnealingLr, Schedule};
///
/// let schedule = CosineAnnealingLr { eta_min: 0.02, ..CosineAnnealingLr::new(100) };
/// assert_eq!(schedule.learning_rate(0.1, 0), 0.1);
/// assert_eq!(schedule.learning_rate(0.1, 100), 0.02);
/// ```
#[doc(alias = "CosineAnnealingLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealingLr {
    /// When `eta_min` is reached, at least 1 (PyTorch's `T_max`).
    pub t_max: u64,
    /// The smallest learning rate, at least 0; 0 by default.
    pub eta_min: f64,
}

impl CosineAnnealingLr {
    /// Down to 0 at `t_max`.
    #[must_use]
    pub const fn new(t_max: u64) -> Self {
        Self { t_max, eta_min: 0.0 }
    }
}

impl Schedule for CosineAnnealingLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        cosine(base, self.eta_min, t as f64 / self.t_max.max(1) as f64)
    }

    fn check(&self) -> Result<()> {
        check("t_max", self.t_max as f64, |x| x >= 1.0, "at least 1")?;
        check_not_negative("eta_min", self.eta_min)
    }
}

/// From `start` to `end` along half a cosine, a `share` of the way.
pub(super) fn cosine(start: f64, end: f64, share: f64) -> f64 {
    let left = (1.0 + libm::cos(PI * share)) / 2.0;
    start * left + end * (1.0 - left)
}
