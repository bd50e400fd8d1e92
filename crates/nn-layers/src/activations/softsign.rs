use nn_tensor::Real;

use crate::Activation;

/// Softsign, `f(x) = x / (1 + |x|)` (`torch.nn.Softsign`).
///
/// Bergstra, Desjardins, Lamblin and Bengio, "Quadratic polynomials learn better image features",
/// 2009.
///
/// ```
/// use nn_layers::{Activation, Softsign};
///
/// assert_eq!([-1.0, 3.0].map(|x| Softsign.value(x)), [-0.5, 0.75]);
/// assert_eq!(Softsign.value(f32::INFINITY), 1.0); // PyTorch: NaN
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Softsign;

impl Activation for Softsign {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        // From 2⁶⁰ on it is 1.
        let far = R::from_f64((1_u64 << 60) as f64);
        let a = x.abs();
        let a = if a > far { far } else { a };
        let (sum, lost) = one_more(a);
        // One step of Newton's brings in what the sum has lost, and the error of the division.
        let reciprocal = R::ONE / sum;
        let y = a * reciprocal;
        let residual = (-y).mul_add(lost, (-y).mul_add(sum, a));
        let y = residual.mul_add(reciprocal, y);
        if x < R::ZERO { -y } else { y }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let (sum, lost) = one_more(x.abs());
        let reciprocal = R::ONE / sum;
        let rest = (-reciprocal).mul_add(lost, (-reciprocal).mul_add(sum, R::ONE));
        let square = reciprocal * reciprocal;
        let error = reciprocal.mul_add(reciprocal, -square);
        let slope = square + square.mul_add(rest + rest, error);
        // Far out, where there is no rest of infinity, the square vanishes.
        if square == R::ZERO { square } else { slope }
    }
}

/// `1 + a` and what rounding takes from it.
#[inline(always)]
fn one_more<R: Real>(a: R) -> (R, R) {
    let sum = R::ONE + a;
    (sum, if a < R::ONE { a - (sum - R::ONE) } else { R::ONE - (sum - a) })
}
