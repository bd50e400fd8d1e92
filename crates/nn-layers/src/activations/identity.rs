use nn_tensor::Real;

use crate::Activation;

/// `f(x) = x`: no activation at all (`torch.nn.Identity`).
///
/// ```
/// use nn_layers::{Activation, Identity};
///
/// assert_eq!(Identity.value(-3.0), -3.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Identity;

impl Activation for Identity {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, _y: R) -> R {
        R::ONE
    }
}
