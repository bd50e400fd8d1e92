use nn_tensor::Real;

use crate::Activation;

/// The leaky rectified linear unit, `f(x) = x` for `x > 0`, else `negative_slope · x`
/// (`torch.nn.LeakyReLU`).
///
/// Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
///
/// ```
/// use nn_layers::{Activation, LeakyRelu};
///
/// let leaky = LeakyRelu { negative_slope: 0.1 };
/// assert_eq!([-1.0, 0.0, 3.0].map(|x| leaky.value(x)), [-0.1, 0.0, 3.0]);
/// ```
#[doc(alias = "LeakyReLU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyRelu {
    /// The slope where `x ≤ 0`; 0.01 by default.
    pub negative_slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self { negative_slope: 0.01 }
    }
}

impl Activation for LeakyRelu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        // The slope in two parts, of which the second is what the first was rounded by.
        let slope = R::from_f64(self.negative_slope);
        let rest = x * R::from_f64(self.negative_slope - slope.to_f64());
        let rest = if rest.is_finite() { rest } else { R::ZERO };
        if x > R::ZERO { x } else { x.mul_add(slope, rest) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::ZERO { R::ONE } else { R::from_f64(self.negative_slope) }
    }
}
