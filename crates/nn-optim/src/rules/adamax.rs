use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::{power, scaled};
use super::decay::Decay;
use super::moments::Mean;
use crate::error::{check_betas, check_not_negative};
use crate::{Result, Rule, Update};

/// Adamax: Adam with the largest of the latest gradients in place of their root mean square
/// (`torch.optim.Adamax`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// m ← β₁·m + (1 - β₁)·g
/// u ← max(β₂·u, |g| + eps)
/// w ← w - learning_rate / (1 - β₁ᵗ) · m / u
/// ```
///
/// Where `u` is 0, the parameter stays.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adamax {
    /// At least 0; 0.002 by default.
    pub learning_rate: f64,
    /// How much of the running mean of the gradient and of its largest value is kept, each at least 0
    /// and below 1; 0.9 and 0.999 by default.
    pub betas: [f64; 2],
    /// Added to each `|g|`, at least 0; 1e-8 by default.
    pub eps: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Adamax {
    fn default() -> Self {
        let (learning_rate, betas, eps) = (2e-3, [0.9, 0.999], 1e-8);
        Self { learning_rate, betas, eps, weight_decay: 0.0, maximize: false }
    }
}

impl Rule for Adamax {
    /// `m` and `u`.
    const MEMORY: RangeInclusive<usize> = 2..=2;

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let decay = Decay::penalty(self.weight_decay, self.maximize);
        let step_size = T::from_f64(self.learning_rate / (1.0 - power(self.betas[0], t)));
        let [beta2, eps] = [self.betas[1], self.eps].map(T::from_f64);
        let mean = Mean::new(self.betas[0]);

        move |w, g, memory| {
            let [m, largest] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            mean.update(m, g);
            *largest = (beta2 * *largest).maximum(g.abs() + eps);
            w - scaled(step_size * *m, *largest)
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
