use nn_tensor::Real;

use crate::Activation;

/// Mish, `f(x) = x·tanh(ln(1 + eˣ))` (`torch.nn.Mish`).
///
/// The limit at negative infinity is 0. Misra, "Mish: a self regularized non-monotonic activation
/// function", 2019.
///
/// ```
/// use nn_layers::{Activation, Mish};
///
/// assert_eq!(Mish.value(3.0_f32), 2.986535);
/// assert_eq!(Mish.value(f32::NEG_INFINITY), 0.0); // PyTorch: NaN
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mish;

impl Activation for Mish {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.mish()
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        x.mish_slope()
    }
}
