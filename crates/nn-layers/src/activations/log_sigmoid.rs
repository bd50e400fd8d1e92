use nn_tensor::Real;

use crate::Activation;

/// The logarithm of the logistic function, `f(x) = ln σ(x) = -ln(1 + e⁻ˣ)` (`torch.nn.LogSigmoid`).
///
/// ```
/// use nn_layers::{Activation, LogSigmoid};
///
/// let values = [-1000.0, 0.0, 50.0].map(|x| LogSigmoid.value(x));
/// assert_eq!(values, [-1000.0, -0.6931471805599453, -1.9287498479639178e-22]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogSigmoid;

impl Activation for LogSigmoid {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        -(-x).softplus(1.0)
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        (-x).sigmoid()
    }
}
