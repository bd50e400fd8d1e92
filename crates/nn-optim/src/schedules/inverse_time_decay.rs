use crate::error::check_not_negative;
use crate::{Result, Schedule};

/// `base / (1 + decay·t)`: the decay of Kinsley and Kukieła, "Neural networks from scratch in
/// Python", 2020, and of Keras's optimizers before.
///
/// ```
/// use nn_optim::{InverseTimeDecay, Schedule};
///
/// let schedule = InverseTimeDecay { decay: 0.1 };
/// assert_eq!(schedule.learning_rate(1.0, 0), 1.0);
/// assert_eq!(schedule.learning_rate(1.0, 10), 0.5);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct InverseTimeDecay {
    /// How fast, at least 0; 0 by default, which is not at all.
    pub decay: f64,
}

impl Schedule for InverseTimeDecay {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        base / (1.0 + self.decay * t as f64)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("decay", self.decay)
    }
}
