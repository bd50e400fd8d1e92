use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// A fraction of the learning rate from each milestone on (`torch.optim.lr_scheduler.MultiStepLR`).
///
/// ```text
/// base·gamma^k   for the k milestones that t has reached
/// ```
///
/// ```
/// use nn_optim::{MultiStepLr, Schedule};
///
/// let schedule = MultiStepLr { gamma: 0.5, ..MultiStepLr::new([30, 80]) };
/// assert_eq!(schedule.learning_rate(0.1, 29), 0.1);
/// assert_eq!(schedule.learning_rate(0.1, 30), 0.05);
/// assert_eq!(schedule.learning_rate(0.1, 80), 0.025);
/// ```
#[doc(alias = "MultiStepLR")]
#[derive(Debug, Clone, PartialEq)]
pub struct MultiStepLr {
    /// When the learning rate shrinks, in any order; twice what stands here twice.
    pub milestones: Vec<u64>,
    /// At least 0; 0.1 by default.
    pub gamma: f64,
}

impl MultiStepLr {
    /// A tenth of the learning rate from each milestone on.
    #[must_use]
    pub fn new(milestones: impl Into<Vec<u64>>) -> Self {
        Self { milestones: milestones.into(), gamma: 0.1 }
    }
}

impl Schedule for MultiStepLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        let reached = self.milestones.iter().filter(|&&milestone| milestone <= t).count();
        base * libm::pow(self.gamma, reached as f64)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("gamma", self.gamma)
    }
}
