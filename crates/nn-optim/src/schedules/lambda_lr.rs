use std::fmt;

use crate::Schedule;

/// `base·f(t)`, for a closure `f` (`torch.optim.lr_scheduler.LambdaLR`).
///
/// ```
/// use nn_optim::{LambdaLr, Schedule};
///
/// let warm_up = LambdaLr(|t| (t as f64 / 100.0).min(1.0));
/// assert_eq!(warm_up.learning_rate(0.1, 50), 0.05);
/// assert_eq!(warm_up.learning_rate(0.1, 200), 0.1);
/// ```
#[doc(alias = "LambdaLR")]
#[derive(Clone, Copy)]
pub struct LambdaLr<F: Fn(u64) -> f64 + Send + Sync>(pub F);

impl<F: Fn(u64) -> f64 + Send + Sync> Schedule for LambdaLr<F> {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        base * self.0(t)
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync> fmt::Debug for LambdaLr<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LambdaLr(a closure)")
    }
}
