use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::sign;
use super::decay::Decay;
use crate::error::{check, check_not_negative};
use crate::{Result, Rule, Update};

/// Rprop: steps that know the gradient by its sign alone (`torch.optim.Rprop`), for whole batches.
///
/// ```text
/// g ← -g                                  to maximize
/// s ← η₊·s                                where g has the sign that it had in the last step
/// s ← η₋·s, g ← 0                         where it has the other one
/// s ← s, but within step_sizes
/// w ← w - s·sign(g)
/// ```
///
/// The learning rate is the `s` of the first step and counts for nothing after it.
///
/// Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP
/// algorithm", 1993.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rprop {
    /// The first step's size, at least 0; 0.01 by default.
    pub learning_rate: f64,
    /// `[η₋, η₊]`, by which steps shrink and grow: the first above 0 and below 1, the second above 1;
    /// 0.5 and 1.2 by default.
    pub etas: [f64; 2],
    /// The smallest and the largest step, at least 0; 1e-6 and 50 by default.
    pub step_sizes: [f64; 2],
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Rprop {
    fn default() -> Self {
        let (etas, step_sizes) = ([0.5, 1.2], [1e-6, 50.0]);
        Self { learning_rate: 1e-2, etas, step_sizes, maximize: false }
    }
}

impl Rule for Rprop {
    /// The last `g`, and `s`.
    const MEMORY: RangeInclusive<usize> = 2..=2;

    fn memory_start(&self, number: usize) -> f64 {
        if number == 1 { self.learning_rate } else { 0.0 }
    }

    fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
        let decay = Decay::penalty(0.0, self.maximize);
        let [shrink, grow] = self.etas.map(T::from_f64);
        let [smallest, largest] = self.step_sizes.map(T::from_f64);

        move |w, g, memory| {
            let [last, size] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            // The product of the gradients themselves could underflow.
            let agreement = sign(g) * sign(*last);
            let factor = if agreement > T::ZERO { grow } else { T::ONE };
            let factor = if agreement < T::ZERO { shrink } else { factor };
            *size = (factor * *size).maximum(smallest).minimum(largest);
            *last = if agreement < T::ZERO { T::ZERO } else { g };
            w - *size * sign(*last)
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check("etas[0]", self.etas[0], |x| x > 0.0 && x < 1.0, "above 0 and below 1")?;
        check("etas[1]", self.etas[1], |x| x > 1.0, "finite and above 1")?;
        check_not_negative("step_sizes[0]", self.step_sizes[0])?;
        let not_below = |x| x >= self.step_sizes[0];
        check("step_sizes[1]", self.step_sizes[1], not_below, "finite and at least step_sizes[0]")
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
