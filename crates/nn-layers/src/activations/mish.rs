use nn_tensor::Real;

use crate::Activation;

/// Mish, `f(x) = x·tanh(ln(1 + eˣ))` (`torch.nn.Mish`).
///
/// The limit at negative infinity is 0. Misra, "Mish: a self regularized non-monotonic activation
/// function", 2019.
///
/// ```
/// use nn_layers::{Activation, Mish};
///
/// assert_eq!(Mish.value(3.0_f32), 2.986535);
/// assert_eq!(Mish.value(f32::NEG_INFINITY), 0.0); // PyTorch: NaN
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mish;

impl Activation for Mish {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.mish()
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        // With e = eˣ and n = e·(e + 2): n / (n + 2) + 4·x·e·(1 + e) / (n + 2)². Beyond these bounds
        // the slope is 0 or 1.
        let bound = R::from_f64(1000.0);
        let x = if x < -bound { -bound } else { x };
        let bound = R::from_f64(40.0);
        let x = if x > bound { bound } else { x };
        let e = x.exp();
        let n = e * (e + R::from_f64(2.0));
        let share = R::ONE / (n + R::from_f64(2.0));
        let bend = R::from_f64(4.0) * x * (e * share) * ((R::ONE + e) * share);
        n * share + bend
    }
}
