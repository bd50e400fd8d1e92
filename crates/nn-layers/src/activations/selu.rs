use nn_tensor::Real;

use crate::Activation;

/// The self-normalising exponential linear unit, `f(x) = λ·x` for `x > 0`, else `λ·α·(eˣ - 1)`, with
/// `λ = 1.0507009873554805` and `α = 1.6732632423543772` (`torch.nn.SELU`).
///
/// With these constants, of which the paper gives more digits than an `f64` holds, activations of
/// mean 0 and variance 1 keep them from layer to layer. The slope at 0 is `λ·α`, as in PyTorch.
/// Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks", 2017.
///
/// ```
/// use nn_layers::{Activation, Selu};
///
/// assert_eq!([-1.0, 3.0].map(|x| Selu.value(x)), [-1.1113307378125628, 3.1521029620664414]);
/// ```
#[doc(alias = "SELU")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Selu;

/// `λ` and what `f64` leaves out of it.
const SCALE: (f64, f64) = (1.0507009873554805, 3.9874847667154144e-17);
/// `λ·α` and what `f64` leaves out of it.
const SCALE_ALPHA: (f64, f64) = (1.7580993408473768, 1.41535193800845e-17);

impl Activation for Selu {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        let wide = x.to_f64();
        let line = R::from_f64(wide.mul_add(SCALE.0, wide * SCALE.1));
        if x > R::ZERO { line } else { x.scaled_exp_m1(1.0, SCALE_ALPHA) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        if x > R::ZERO { R::from_f64(SCALE.0) } else { x.scaled_exp(1.0, SCALE_ALPHA) }
    }
}
