use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::{power, scaled};
use super::decay::Decay;
use super::moments::moments;
use crate::error::{check_betas, check_not_negative};
use crate::{Result, Rule, Update};

/// Adam: steps of a size that each parameter's own gradients set (`torch.optim.Adam`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// w ← w - learning_rate·m̂ / (√v̂ + eps)     with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ)
/// ```
///
/// With AMSGrad, the largest `v` so far takes the place of `v` in `v̂`. Where the denominator is 0,
/// as with an `eps` of 0 before the first gradient that is not, the parameter stays (in PyTorch it
/// becomes NaN).
///
/// Weight decay here is the gradient of an L2 penalty, `½·weight_decay·w²`, and so is divided by
/// `√v̂` like any other: parameters with large gradients hardly decay. [`AdamW`](crate::AdamW) shrinks
/// all alike.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015; Reddi, Kale and Kumar, "On the
/// convergence of Adam and beyond", 2018.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// At least 0; 0.001 by default.
    pub learning_rate: f64,
    /// How much of the running means of the gradient and of its square is kept, each at least 0 and
    /// below 1; 0.9 and 0.999 by default.
    pub betas: [f64; 2],
    /// Added to the denominator, at least 0; 1e-8 by default.
    pub eps: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// Whether weight decay leaves the gradient alone and shrinks the parameter instead, by
    /// `learning_rate·weight_decay` of it, as [`AdamW`](crate::AdamW) does; not by default.
    pub decoupled_weight_decay: bool,
    /// Whether the denominator never shrinks; not by default.
    pub amsgrad: bool,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.0,
            decoupled_weight_decay: false,
            amsgrad: false,
            maximize: false,
        }
    }
}

impl Adam {
    /// The function of step `t`, also for [`AdamW`](crate::AdamW).
    pub(super) fn update<T: Scalar>(self, t: u64) -> impl Update<T> {
        let Self { decoupled_weight_decay, weight_decay, learning_rate, maximize, .. } = self;
        let decay = Decay::either(decoupled_weight_decay, weight_decay, learning_rate, maximize);
        let corrections = self.betas.map(|beta| 1.0 - power(beta, t));
        let step_size = T::from_f64(self.learning_rate / corrections[0]);
        let root_scale = T::from_f64(1.0 / corrections[1].sqrt());
        let (mean, mean_square) = moments(self.betas);
        let eps = T::from_f64(self.eps);

        move |w, g, memory| {
            let [m, v, largest @ ..] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            mean.update(m, g);
            mean_square.update(v, g);
            let mut v = *v;
            for largest in largest {
                v = v.maximum(*largest);
                *largest = v;
            }
            w - scaled(step_size * *m, v.sqrt() * root_scale + eps)
        }
    }
}

impl Rule for Adam {
    /// `m` and `v`, and with AMSGrad the largest `v` so far.
    const MEMORY: RangeInclusive<usize> = 2..=3;

    fn memory(&self) -> usize {
        if self.amsgrad { 3 } else { 2 }
    }

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        self.update(t)
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_betas(self.betas)?;
        check_not_negative("eps", self.eps)?;
        check_not_negative("weight_decay", self.weight_decay)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
