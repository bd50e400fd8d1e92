use nn_tensor::Real;

use crate::Activation;

/// Hard shrinkage, `f(x) = 0` for `|x| ≤ lambda`, else `x` (`torch.nn.Hardshrink`).
///
/// The slope at ±`lambda` is 0, as in PyTorch.
///
/// ```
/// use nn_layers::{Activation, Hardshrink};
///
/// assert_eq!([-1.0, 0.5, 3.0].map(|x| Hardshrink::default().value(x)), [-1.0, 0.0, 3.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hardshrink {
    /// How far 0 reaches, not below 0; 0.5 by default.
    #[doc(alias = "lambd")]
    pub lambda: f64,
}

impl Default for Hardshrink {
    fn default() -> Self {
        Self { lambda: 0.5 }
    }
}

impl Activation for Hardshrink {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        if x.abs() <= R::from_f64(self.lambda) { R::ZERO } else { x }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        if y == R::ZERO { R::ZERO } else { R::ONE }
    }
}
