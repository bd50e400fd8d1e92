use nn_tensor::Real;

use crate::Activation;

/// What [`Tanh`](crate::Tanh) takes away, `f(x) = x - tanh x` (`torch.nn.Tanhshrink`).
///
/// Near 0, where this is `⅓·x³`, PyTorch's difference loses all digits; here none are lost.
///
/// ```
/// use nn_layers::{Activation, Tanhshrink};
///
/// assert_eq!(Tanhshrink.value(3.0), 2.0049452463132695);
/// assert_eq!(Tanhshrink.value(1e-5_f32), 3.333333e-16); // PyTorch: 0
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tanhshrink;

impl Activation for Tanhshrink {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        x.tanhshrink()
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let t = x.tanh();
        t * t
    }
}
