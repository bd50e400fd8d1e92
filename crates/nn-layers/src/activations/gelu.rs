use nn_tensor::simd::Simd;
use nn_tensor::{Real, Scalar};

use crate::Activation;

/// The Gaussian error linear unit, `f(x) = x·Φ(x)`, with `Φ` the cumulative distribution
/// function of the standard normal (`torch.nn.GELU()`, its exact form by `erf`).
///
/// Where PyTorch computes `Φ` as `½·(1 + erf(x/√2))`, which loses all digits as `x` falls, this is
/// accurate down to the smallest numbers. The limit at negative infinity is 0. Hendrycks and
/// Gimpel, "Gaussian error linear units", 2016. [`GeluTanh`](crate::GeluTanh) is the approximation
/// by `tanh`.
///
/// ```
/// use nn_layers::{Activation, Gelu};
///
/// assert_eq!(Gelu.value(3.0_f32), 2.9959502);
/// assert_eq!(Gelu.value(-9.0), -1.0157295653584566e-18); // PyTorch: -9.99e-16
/// ```
#[doc(alias = "GELU")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gelu;

impl Activation for Gelu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.gelu()
    }

    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, simd: S, x: &[T], y: &mut [T]) {
        T::gelu_values(simd, x, y);
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        x.gelu_slope()
    }

    #[inline(always)]
    fn gradients<T: Scalar, S: Simd<T>>(
        &self,
        simd: S,
        x: &[T],
        _y: &[T],
        dy: &[T],
        dx: &mut [T],
    ) {
        T::gelu_gradients(simd, x, dy, dx);
    }
}
