use nn_tensor::simd::Simd;
use nn_tensor::{Real, Scalar};

use crate::{Activation, logistic};

/// The approximation of [`Gelu`](crate::Gelu) by `tanh`,
/// `f(x) = ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))` (`torch.nn.GELU(approximate="tanh")`).
///
/// Hendrycks and Gimpel, "Gaussian error linear units", 2016. Computed without the cancellation of
/// `1 + tanh u` where `x` is negative.
///
/// ```
/// use nn_layers::{Activation, GeluTanh};
///
/// assert_eq!(GeluTanh.value(1.0_f32), 0.841192);
/// ```
#[doc(alias = "GELU")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GeluTanh;

/// 2·√(2/π)
const SCALE: f64 = 1.595_769_121_605_730_8;
const CUBIC: f64 = 0.044_715;

impl Activation for GeluTanh {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.gelu_tanh()
    }

    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, simd: S, x: &[T], y: &mut [T]) {
        T::gelu_tanh_values(simd, x, y);
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let u = gate(x);
        let d_u = R::from_f64(SCALE) * (R::ONE + R::from_f64(3.0 * CUBIC) * x * x);
        let [here, opposite] = logistic::both_ways(u);
        let bend = x * d_u * here * opposite;
        here + (if x.abs() > R::from_f64(40.0) { R::ZERO } else { bend })
    }
}

/// `2·√(2/π)·(x + 0.044715·x³)`, kept finite.
#[inline(always)]
fn gate<R: Real>(x: R) -> R {
    let bound = R::from_f64(40.0);
    let x = if x > bound { bound } else { x };
    let x = if x < -bound { -bound } else { x };
    R::from_f64(SCALE) * x * (R::ONE + R::from_f64(CUBIC) * x * x)
}
