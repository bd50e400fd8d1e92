use nn_tensor::simd::Simd;
use nn_tensor::{Real, Scalar};

use crate::Activation;

/// The hyperbolic tangent, `f(x) = tanh x` (`torch.nn.Tanh`).
///
/// The slope is computed from the output, `(1 - y)·(1 + y)`. Where `y` is close to ±1 it is as exact
/// as `y` tells: to within two units in the last place of 1, not of the slope.
///
/// ```
/// use nn_layers::{Activation, Tanh};
///
/// assert_eq!(Tanh.value(3.0_f32), 0.9950548);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tanh;

impl Activation for Tanh {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.tanh()
    }

    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, simd: S, x: &[T], y: &mut [T]) {
        T::tanh_values(simd, x, y);
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        (R::ONE - y) * (R::ONE + y)
    }
}
