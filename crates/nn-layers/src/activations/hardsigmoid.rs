use nn_tensor::Real;

use crate::Activation;

/// The sigmoid of three straight lines, `f(x) = min(max(x + 3, 0), 6) / 6` (`torch.nn.Hardsigmoid`).
///
/// The slope at ±3 is 0, as in PyTorch. Howard et al., "Searching for MobileNetV3", 2019, in this
/// form.
///
/// ```
/// use nn_layers::{Activation, Hardsigmoid};
///
/// assert_eq!([-4.0, 0.0, 3.0].map(|x| Hardsigmoid.value(x)), [0.0, 0.5, 1.0]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hardsigmoid;

const SIXTH: f64 = 1.0 / 6.0;

impl Activation for Hardsigmoid {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        let (three, sixth) = (R::from_f64(3.0), R::from_f64(SIXTH));
        let x = x.maximum(-three).minimum(three);
        let sum = x + three;
        let lost = x - (sum - three);
        // The rest of the division brings in what the sum has lost.
        let y = sum * sixth;
        let rest = y.mul_add(R::from_f64(-6.0), sum) + lost;
        rest.mul_add(sixth, y)
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x.abs() < R::from_f64(3.0) { R::from_f64(SIXTH) } else { R::ZERO }
    }
}
