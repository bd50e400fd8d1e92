//! The losses, one file each.

use nn_tensor::{Real, Scalar};

use crate::Loss;

mod label_weights;
mod soft_cross_entropy;

/// Names every loss once: its file, its type, and with that its place in [`all`].
macro_rules! losses {
    ($($file:ident::$name:ident,)*) => {
        $(mod $file; pub use $file::$name;)*

        /// The losses alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($name,)*};
        }

        /// Every loss with its default parameters, for whoever wants to try them all.
        #[must_use]
        pub fn all<T: Scalar>() -> Vec<(&'static str, Box<dyn Loss<T>>)> {
            vec![$((stringify!($name), Box::new($name::default())),)*]
        }
    };
}

losses! {
    binary_cross_entropy::BinaryCrossEntropy,
    binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits,
    cross_entropy::CrossEntropy,
    huber::Huber,
    kl_divergence::KlDivergence,
    mean_absolute_error::MeanAbsoluteError,
    mean_squared_error::MeanSquaredError,
    multi_margin::MultiMargin,
    nll_loss::NllLoss,
    smooth_l1::SmoothL1,
}

/// 1 above 0 and -1 below it; 0 is 0, and NaN is NaN.
#[inline(always)]
pub(crate) fn sign<R: Real>(x: R) -> R {
    let negative_or_not = if x < R::ZERO { -R::ONE } else { x };
    if x > R::ZERO { R::ONE } else { negative_or_not }
}

/// `a·b`, where nothing of infinity is nothing.
#[inline(always)]
fn times<R: Real>(a: R, b: R) -> R {
    if (a == R::ZERO) & !b.is_nan() { R::ZERO } else { a * b }
}
