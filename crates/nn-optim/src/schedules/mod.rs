//! The learning-rate schedules, one file each.

use std::fmt;

use crate::Result;

/// How the learning rate changes from step to step, or from epoch to epoch.
///
/// A schedule is a function of the learning rate that the rule was made with and of the number of
/// steps or epochs done, so it can be asked for any `t` in any order.
/// [`Optimizer::schedule`](crate::Optimizer::schedule) sets what it says. A closure becomes one by
/// [`LambdaLr`], and anything else that changes the learning rate calls
/// [`Optimizer::set_learning_rate`](crate::Optimizer::set_learning_rate).
pub trait Schedule: fmt::Debug + Send + Sync {
    /// The learning rate at `t`, counted from 0, where `base` is the one that the rule was made with.
    ///
    /// Where [`Schedule::check`] refuses the hyper-parameters, it may be any number, or NaN.
    fn learning_rate(&self, base: f64, t: u64) -> f64;

    /// Refuses hyper-parameters that are out of range; none unless said otherwise.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`](crate::OptimError::Hyperparameter) with the first that is.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Names every schedule once: its file, its type, and one to try in [`all`].
macro_rules! schedules {
    ($($file:ident::$name:ident = $example:expr,)*) => {
        $(mod $file; pub use $file::*;)*

        /// The schedules alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($file::*,)* reduce_lr_on_plateau::*};
        }

        /// One schedule of each kind, for whoever wants to try them all.
        #[must_use]
        pub fn all() -> Vec<(&'static str, Box<dyn Schedule>)> {
            vec![$((stringify!($name), Box::new($example)),)*]
        }
    };
}

mod reduce_lr_on_plateau;
pub use reduce_lr_on_plateau::*;

schedules! {
    constant_lr::ConstantLr = ConstantLr::default(),
    cosine_annealing_lr::CosineAnnealingLr = CosineAnnealingLr::new(50),
    cosine_annealing_warm_restarts::CosineAnnealingWarmRestarts =
        CosineAnnealingWarmRestarts { t_mult: 2, ..CosineAnnealingWarmRestarts::new(10) },
    exponential_lr::ExponentialLr = ExponentialLr { gamma: 0.9 },
    inverse_time_decay::InverseTimeDecay = InverseTimeDecay { decay: 0.1 },
    lambda_lr::LambdaLr = LambdaLr(|t| 1.0 / (1.0 + t as f64)),
    linear_lr::LinearLr = LinearLr::default(),
    multi_step_lr::MultiStepLr = MultiStepLr::new([30, 80]),
    one_cycle_lr::OneCycleLr = OneCycleLr::new(100),
    polynomial_lr::PolynomialLr = PolynomialLr::default(),
    step_lr::StepLr = StepLr::new(30),
}
