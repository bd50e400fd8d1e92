use nn_tensor::Real;

use crate::Activation;

/// The tanh of three straight lines, `f(x) = min(max(x, min_val), max_val)` (`torch.nn.Hardtanh`).
///
/// The slope at both bounds is 0, as in PyTorch. Collobert, "Large scale machine learning", 2004.
///
/// ```
/// use nn_layers::{Activation, Hardtanh};
///
/// assert_eq!([-3.0, 0.5, 3.0].map(|x| Hardtanh::default().value(x)), [-1.0, 0.5, 1.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hardtanh {
    /// The least value; -1 by default.
    pub min_val: f64,
    /// The largest value; 1 by default.
    pub max_val: f64,
}

impl Default for Hardtanh {
    fn default() -> Self {
        Self { min_val: -1.0, max_val: 1.0 }
    }
}

impl Activation for Hardtanh {
    const SLOPE_FROM_OUTPUT: bool = true;

    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.maximum(R::from_f64(self.min_val)).minimum(R::from_f64(self.max_val))
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _x: R, y: R) -> R {
        let inside = y > R::from_f64(self.min_val) && y < R::from_f64(self.max_val);
        if inside { R::ONE } else { R::ZERO }
    }
}
