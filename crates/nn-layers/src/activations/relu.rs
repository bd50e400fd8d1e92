use nn_tensor::Real;

use crate::Activation;

/// The rectified linear unit, `f(x) = max(x, 0)` (`torch.nn.ReLU`).
///
/// The slope at 0 is 0, as in PyTorch. Nair and Hinton, "Rectified linear units improve restricted
/// Boltzmann machines", 2010.
///
/// ```
/// use nn_layers::{Activation, Relu};
///
/// assert_eq!([-1.0, 0.0, 3.0].map(|x| Relu.value(x)), [0.0, 0.0, 3.0]);
/// ```
#[doc(alias = "ReLU")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Relu;

impl Activation for Relu {
    const SLOPE_FROM_OUTPUT: bool = true;
    const RECTIFIES: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        // Not "x if x > 0", so that a NaN stays one.
        if x < R::ZERO { R::ZERO } else { x }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        if y > R::ZERO { R::ONE } else { R::ZERO }
    }
}
