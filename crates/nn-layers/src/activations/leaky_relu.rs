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
        if x > R::ZERO { x } else { R::from_f64(self.negative_slope) * x }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::ZERO { R::ONE } else { R::from_f64(self.negative_slope) }
    }
}
