use nn_tensor::Real;

use crate::Activation;

/// `f(x) = x` for `x > threshold`, else `value` (`torch.nn.Threshold`).
///
/// The slope at the threshold is 0, as in PyTorch, which has no default for either number; here both
/// are 0 by default, which is [`Relu`](crate::Relu).
///
/// ```
/// use nn_layers::{Activation, Threshold};
///
/// let threshold = Threshold { threshold: 0.1, value: 20.0 };
/// assert_eq!([-1.0, 0.1, 3.0].map(|x| threshold.value(x)), [20.0, 20.0, 3.0]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Threshold {
    /// From where on a value stands for itself.
    pub threshold: f64,
    /// What stands for all others.
    pub value: f64,
}

impl Activation for Threshold {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        // Not "x if x > threshold", so that a NaN stays one.
        if x <= R::from_f64(self.threshold) { R::from_f64(self.value) } else { x }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::from_f64(self.threshold) { R::ONE } else { R::ZERO }
    }
}
