use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::{power, scaled};
use super::decay::Decay;
use super::moments::moments;
use crate::error::{check_betas, check_not_negative};
use crate::{Result, Rule, Update};

/// RAdam: Adam that divides by nothing until it has seen enough gradients to know by what
/// (`torch.optim.RAdam`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w                  or as in AdamW where decoupled
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// ρ = ρ∞ - 2·t·β₂ᵗ / (1 - β₂ᵗ)            with ρ∞ = 2 / (1 - β₂) - 1
/// r = √((ρ - 4)·(ρ - 2)·ρ∞ / ((ρ∞ - 4)·(ρ∞ - 2)·ρ))
/// w ← w - learning_rate·m̂                                where ρ is at most 5
/// w ← w - learning_rate·r·m̂·√(1 - β₂ᵗ) / (√v + eps)        elsewhere
/// ```
///
/// with `m̂ = m / (1 - β₁ᵗ)`. Where the denominator is 0, the parameter stays.
///
/// Liu, Jiang, He, Chen, Liu, Gao and Han, "On the variance of the adaptive learning rate and
/// beyond", 2020.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RAdam {
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
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for RAdam {
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.0,
            decoupled_weight_decay: false,
            maximize: false,
        }
    }
}

impl RAdam {
    /// `r·√(1 - β₂ᵗ)`, or none where `ρ` is at most 5.
    fn rectification(&self, t: u64) -> Option<f64> {
        let remaining = power(self.betas[1], t);
        let limit = 2.0 / (1.0 - self.betas[1]) - 1.0;
        let rho = limit - 2.0 * t as f64 * remaining / (1.0 - remaining);
        let share = |rho: f64| (rho - 4.0) * (rho - 2.0) / rho;
        (rho > 5.0).then(|| (share(rho) / share(limit) * (1.0 - remaining)).sqrt())
    }
}

impl Rule for RAdam {
    /// `m` and `v`.
    const MEMORY: RangeInclusive<usize> = 2..=2;

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let Self { decoupled_weight_decay, weight_decay, learning_rate, maximize, .. } = *self;
        let decay = Decay::either(decoupled_weight_decay, weight_decay, learning_rate, maximize);
        let rectification = self.rectification(t);
        let divides = rectification.is_some();
        let step_size = self.learning_rate / (1.0 - power(self.betas[0], t));
        let step_size = T::from_f64(step_size * rectification.unwrap_or(1.0));
        let (mean, mean_square) = moments(self.betas);
        let eps = T::from_f64(self.eps);

        move |w, g, memory| {
            let [m, v] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            mean.update(m, g);
            mean_square.update(v, g);
            w - scaled(step_size * *m, if divides { v.sqrt() + eps } else { T::ONE })
        }
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
