use nn_tensor::simd::Simd;
use nn_tensor::{Real, Scalar};

use crate::{Activation, logistic};

/// The sigmoid linear unit or swish, `f(x) = x·σ(x)` (`torch.nn.SiLU`).
///
/// The limit at negative infinity is 0. Hendrycks and Gimpel, "Gaussian error linear units", 2016;
/// Ramachandran, Zoph and Le, "Searching for activation functions", 2017.
///
/// ```
/// use nn_layers::{Activation, Silu};
///
/// assert_eq!(Silu.value(3.0_f32), 2.8577223);
/// assert_eq!(Silu.value(f32::NEG_INFINITY), 0.0); // PyTorch: NaN
/// ```
#[doc(alias = "SiLU")]
#[doc(alias = "swish")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Silu;

impl Activation for Silu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.silu()
    }

    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, simd: S, x: &[T], y: &mut [T]) {
        T::silu_values(simd, x, y);
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        // σ(x) + x·σ(x)·σ(-x)
        let [here, opposite] = logistic::both_ways(x);
        let product = here * opposite;
        if product == R::ZERO { here } else { x.mul_add(product, here) }
    }
}
