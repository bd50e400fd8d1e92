//! The learning-rate schedules, one file each.

use std::fmt;

/// How the learning rate changes from step to step.
pub trait Schedule: fmt::Debug + Send + Sync {
    /// The learning rate at step `t`, counted from 0, where `base` is the first.
    fn learning_rate(&self, base: f64, t: u64) -> f64;
}

mod inverse_time_decay;
pub use inverse_time_decay::InverseTimeDecay;
