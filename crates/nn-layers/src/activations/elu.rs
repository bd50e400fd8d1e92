use nn_tensor::Real;

use crate::Activation;

/// The exponential linear unit, `f(x) = x` for `x > 0`, else `alpha·(eˣ - 1)` (`torch.nn.ELU`).
///
/// Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
/// linear units", 2015.
///
/// ```
/// use nn_layers::{Activation, Elu};
///
/// assert_eq!([-1.0, 3.0].map(|x| Elu::default().value(x)), [-0.6321205588285577, 3.0]);
/// ```
#[doc(alias = "ELU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    /// Minus the limit at negative infinity; 1 by default.
    pub alpha: f64,
}

impl Default for Elu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Activation for Elu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        if x > R::ZERO { x } else { x.scaled_exp_m1(1.0, (self.alpha, 0.0)) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::ZERO { R::ONE } else { x.scaled_exp(1.0, (self.alpha, 0.0)) }
    }
}
