use nn_tensor::Real;

use crate::Activation;

/// Soft shrinkage, `f(x) = x - lambda` for `x > lambda`, `x + lambda` for `x < -lambda`, else 0
/// (`torch.nn.Softshrink`).
///
/// The slope at ±`lambda` is 0, as in PyTorch.
///
/// ```
/// use nn_layers::{Activation, Softshrink};
///
/// assert_eq!([-1.0, 0.5, 3.0].map(|x| Softshrink::default().value(x)), [-0.5, 0.0, 2.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Softshrink {
    /// How far 0 reaches, not below 0; 0.5 by default.
    #[doc(alias = "lambd")]
    pub lambda: f64,
}

impl Default for Softshrink {
    fn default() -> Self {
        Self { lambda: 0.5 }
    }
}

impl Activation for Softshrink {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        // In `f64` first, so that a lambda that no `f32` is does not cost `f32` results their digits.
        let shift = if x > R::ZERO { -self.lambda } else { self.lambda };
        let shrunk = R::from_f64(x.to_f64() + shift);
        if x.abs() <= R::from_f64(self.lambda) { R::ZERO } else { shrunk }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        if y == R::ZERO { R::ZERO } else { R::ONE }
    }
}
