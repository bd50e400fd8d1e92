use nn_tensor::simd::Simd;
use nn_tensor::{Real, Scalar};

use crate::{Activation, logistic};

/// The logistic function, `f(x) = 1 / (1 + e⁻ˣ)` (`torch.nn.Sigmoid`).
///
/// ```
/// use nn_layers::{Activation, Sigmoid};
///
/// assert_eq!(Sigmoid.value(0.0), 0.5);
/// assert_eq!(Sigmoid.value(3.0), 0.9525741268224333);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sigmoid;

impl Activation for Sigmoid {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.sigmoid()
    }

    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, simd: S, x: &[T], y: &mut [T]) {
        T::sigmoid_values(simd, x, y);
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        // y·(1 - y) without the cancellation where y is close to 1.
        let [here, opposite] = logistic::both_ways(x);
        here * opposite
    }
}
