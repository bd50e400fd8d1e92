use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::sign;
use super::decay::Decay;
use super::moments::Mean;
use crate::error::{check_betas, check_not_negative};
use crate::{Result, Rule, Update};

/// Lion: steps of one size for all parameters, in the direction of their momentum.
///
/// ```text
/// g ← -g                                  to maximize
/// w ← w - learning_rate·(sign(β₁·m + (1 - β₁)·g) + weight_decay·w)
/// m ← β₂·m + (1 - β₂)·g
/// ```
///
/// The sign of 0 is 0. Weight decay is decoupled from the gradient, as in [`AdamW`](crate::AdamW).
/// The authors advise a learning rate 3 to 10 times smaller than AdamW's, and a weight decay as many
/// times larger. PyTorch has no Lion.
///
/// Chen and others, "Symbolic discovery of optimization algorithms", 2023.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lion {
    /// At least 0; 0.0001 by default.
    pub learning_rate: f64,
    /// How much of the momentum counts in a step, and how much of it is kept, each at least 0 and
    /// below 1; 0.9 and 0.99 by default.
    pub betas: [f64; 2],
    /// How much a parameter shrinks in a step, as a share of the learning rate; at least 0, 0 by
    /// default.
    pub weight_decay: f64,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Lion {
    fn default() -> Self {
        Self { learning_rate: 1e-4, betas: [0.9, 0.99], weight_decay: 0.0, maximize: false }
    }
}

impl Rule for Lion {
    /// `m`.
    const MEMORY: RangeInclusive<usize> = 1..=1;

    fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
        let decay = Decay::decoupled(self.weight_decay, self.learning_rate, self.maximize);
        let learning_rate = T::from_f64(self.learning_rate);
        let beta1 = T::from_f64(self.betas[0]);
        let rest1 = T::from_f64(1.0 - self.betas[0]);
        let mean = Mean::new(self.betas[1]);

        move |w, g, memory| {
            let [momentum] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            let direction = sign(beta1 * *momentum + rest1 * g);
            mean.update(momentum, g);
            w - learning_rate * direction
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_betas(self.betas)?;
        check_not_negative("weight_decay", self.weight_decay)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
