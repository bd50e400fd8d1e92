use nn_tensor::Real;

use crate::Activation;

/// Swish with a sigmoid of three straight lines, `f(x) = x·min(max(x + 3, 0), 6) / 6`
/// (`torch.nn.Hardswish`).
///
/// The limit at negative infinity is 0. The slope is 0 at -3 and 1 at 3, as in PyTorch. Howard et
/// al., "Searching for MobileNetV3", 2019.
///
/// ```
/// use nn_layers::{Activation, Hardswish};
///
/// assert_eq!([-4.0, -1.5, 1.0, 4.0].map(|x| Hardswish.value(x)), [0.0, -0.375, 2.0 / 3.0, 4.0]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hardswish;

const SIXTH: f64 = 1.0 / 6.0;

impl Activation for Hardswish {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        let (three, sixth) = (R::from_f64(3.0), R::from_f64(SIXTH));
        let bent = x.maximum(-three).minimum(three);
        let sum = bent + three;
        let lost = bent - (sum - three);
        let product = bent * sum;
        // The rest of the division brings in what the sum and the product have lost.
        let lost = bent.mul_add(lost, bent.mul_add(sum, -product));
        let y = product * sixth;
        let rest = y.mul_add(R::from_f64(-6.0), product) + lost;
        if x > three { x } else { rest.mul_add(sixth, y) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let x = x.to_f64();
        let slope = if x < 3.0 { x.mul_add(2.0, 3.0) * SIXTH } else { 1.0 };
        R::from_f64(if x <= -3.0 { 0.0 } else { slope })
    }
}
