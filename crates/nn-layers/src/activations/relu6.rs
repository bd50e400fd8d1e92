use nn_tensor::Real;

use crate::Activation;

/// The rectified linear unit with an upper bound, `f(x) = min(max(x, 0), 6)` (`torch.nn.ReLU6`).
///
/// The slope at 0 and at 6 is 0, as in PyTorch. Krizhevsky, "Convolutional deep belief networks on
/// CIFAR-10", 2010.
///
/// ```
/// use nn_layers::{Activation, Relu6};
///
/// assert_eq!([-1.0, 3.0, 8.0].map(|x| Relu6.value(x)), [0.0, 3.0, 6.0]);
/// ```
#[doc(alias = "ReLU6")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Relu6;

impl Activation for Relu6 {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.maximum(R::ZERO).minimum(R::from_f64(6.0))
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        if y > R::ZERO && y < R::from_f64(6.0) { R::ONE } else { R::ZERO }
    }
}
