use nn_tensor::Real;

use crate::Activation;

/// The exponential linear unit without a kink, `f(x) = x` for `x > 0`, else
/// `alpha·(exp(x / alpha) - 1)` (`torch.nn.CELU`).
///
/// Barron, "Continuously differentiable exponential linear units", 2017.
///
/// ```
/// use nn_layers::{Activation, Celu};
///
/// let celu = Celu { alpha: 2.0 };
/// assert_eq!([-2.0, 3.0].map(|x| celu.value(x)), [-1.2642411176571153, 3.0]);
/// ```
#[doc(alias = "CELU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Celu {
    /// Minus the limit at negative infinity, not 0; 1 by default.
    pub alpha: f64,
}

impl Default for Celu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Activation for Celu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        if x > R::ZERO { x } else { x.scaled_exp_m1(self.alpha, (self.alpha, 0.0)) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::ZERO { R::ONE } else { x.scaled_exp(self.alpha, (1.0, 0.0)) }
    }
}
