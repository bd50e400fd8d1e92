use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::{power, scaled};
use super::decay::Decay;
use super::moments::moments;
use crate::error::{check_betas, check_not_negative};
use crate::{Result, Rule, Update};

/// NAdam: Adam with Nesterov's momentum, which grows from step to step (`torch.optim.NAdam`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w                  or as in AdamW where decoupled
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// m̂ = (1 - μₜ)·g / (1 - μ₁·…·μₜ) + μₜ₊₁·m / (1 - μ₁·…·μₜ₊₁)
/// w ← w - learning_rate·m̂ / (√(v / (1 - β₂ᵗ)) + eps)
/// ```
///
/// with `μₜ = β₁·(1 - ½·0.96^(t·momentum_decay))`. Where the denominator is 0, the parameter stays.
///
/// Dozat, "Incorporating Nesterov momentum into Adam", 2016.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NAdam {
    /// At least 0; 0.002 by default.
    pub learning_rate: f64,
    /// How much of the running means of the gradient and of its square is kept, each at least 0 and
    /// below 1; 0.9 and 0.999 by default.
    pub betas: [f64; 2],
    /// Added to the denominator, at least 0; 1e-8 by default.
    pub eps: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// How fast the momentum grows, at least 0; 0.004 by default.
    pub momentum_decay: f64,
    /// Whether weight decay leaves the gradient alone and shrinks the parameter instead, by
    /// `learning_rate·weight_decay` of it, as [`AdamW`](crate::AdamW) does; not by default.
    pub decoupled_weight_decay: bool,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for NAdam {
    fn default() -> Self {
        Self {
            learning_rate: 2e-3,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.0,
            momentum_decay: 4e-3,
            decoupled_weight_decay: false,
            maximize: false,
        }
    }
}

impl NAdam {
    /// `μₜ`
    fn momentum(&self, t: f64) -> f64 {
        self.betas[0] * (1.0 - 0.5 * libm::pow(0.96, t * self.momentum_decay))
    }

    /// `μ₁·μ₂·…·μₜ`, in single precision, as PyTorch keeps it.
    ///
    /// It begins to be multiplied anew at every step, but only until nothing of it is left beside 1, which is
    /// after some sixty factors: the first are about `½·β₁`.
    fn momentum_product(&self, t: u64) -> f64 {
        let mut product = 1.0_f32;
        for t in 1..=t {
            product *= self.momentum(t as f64) as f32;
            if f64::from(product) < f64::EPSILON / 4.0 {
                return 0.0;
            }
        }
        f64::from(product)
    }
}

impl Rule for NAdam {
    /// `m` and `v`.
    const MEMORY: RangeInclusive<usize> = 2..=2;

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let Self { decoupled_weight_decay, weight_decay, learning_rate, maximize, .. } = *self;
        let decay = Decay::either(decoupled_weight_decay, weight_decay, learning_rate, maximize);
        let (momentum, next) = (self.momentum(t as f64), self.momentum(t as f64 + 1.0));
        let product = self.momentum_product(t);
        let of_gradient = self.learning_rate * (1.0 - momentum) / (1.0 - product);
        let of_mean = self.learning_rate * next / (1.0 - product * next);
        let root_scale = 1.0 / (1.0 - power(self.betas[1], t)).sqrt();
        let [of_gradient, of_mean, root_scale, eps] =
            [of_gradient, of_mean, root_scale, self.eps].map(T::from_f64);
        let (mean, mean_square) = moments(self.betas);

        move |w, g, memory| {
            let [m, v] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            mean.update(m, g);
            mean_square.update(v, g);
            let step = of_gradient * g + of_mean * *m;
            w - scaled(step, v.sqrt() * root_scale + eps)
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_betas(self.betas)?;
        check_not_negative("eps", self.eps)?;
        check_not_negative("weight_decay", self.weight_decay)?;
        check_not_negative("momentum_decay", self.momentum_decay)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
