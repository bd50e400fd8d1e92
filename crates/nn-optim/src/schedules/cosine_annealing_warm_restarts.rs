use super::cosine_annealing_lr::cosine;
use crate::error::{check, check_not_negative};
use crate::{Result, Schedule};

/// Down along half a cosine, again and again from the start
/// (`torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`).
///
/// ```text
/// eta_min + (base - eta_min)·(1 + cos(π·s / c)) / 2
/// ```
///
/// for `s` since the last restart, in a cycle of length `c`: the first is `t_0` long, and each
/// `t_mult` times as long as the one before it.
///
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
///
/// ```
/// use nn_optim::{CosineAnnealingWarmRestarts, Schedule};
///
/// let schedule = CosineAnnealingWarmRestarts { t_mult: 2, ..CosineAnnealingWarmRestarts::new(10) };
/// for restart in [0, 10, 30, 70] {
///     assert_eq!(schedule.learning_rate(0.1, restart), 0.1);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealingWarmRestarts {
    /// The length of the first cycle, at least 1 (PyTorch's `T_0`).
    pub t_0: u64,
    /// How much longer each is than the one before it, at least 1; 1 by default (PyTorch's `T_mult`).
    pub t_mult: u64,
    /// The smallest learning rate, at least 0; 0 by default.
    pub eta_min: f64,
}

impl CosineAnnealingWarmRestarts {
    /// Down to 0 in cycles of length `t_0`.
    #[must_use]
    pub const fn new(t_0: u64) -> Self {
        Self { t_0, t_mult: 1, eta_min: 0.0 }
    }
}

impl Schedule for CosineAnnealingWarmRestarts {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        let (mut since, mut cycle) = (t, self.t_0.max(1));
        if self.t_mult <= 1 {
            since %= cycle;
        }
        while since >= cycle {
            since -= cycle;
            cycle = cycle.saturating_mul(self.t_mult);
        }
        cosine(base, self.eta_min, since as f64 / cycle as f64)
    }

    fn check(&self) -> Result<()> {
        check("t_0", self.t_0 as f64, |x| x >= 1.0, "at least 1")?;
        check("t_mult", self.t_mult as f64, |x| x >= 1.0, "at least 1")?;
        check_not_negative("eta_min", self.eta_min)
    }
}
