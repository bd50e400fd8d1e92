use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::scaled;
use super::decay::Decay;
use super::moments::MeanSquare;
use crate::error::{check, check_not_negative};
use crate::{Result, Rule, Update};

/// Adadelta: steps in the units of the parameter, from the root mean squares of the latest steps and
/// gradients (`torch.optim.Adadelta`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// s ← rho·s + (1 - rho)·g²
/// d = √(u + eps) / √(s + eps) · g
/// u ← rho·u + (1 - rho)·d²
/// w ← w - learning_rate·d
/// ```
///
/// Where the denominator is 0, the parameter stays.
///
/// Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adadelta {
    /// At least 0; 1 by default.
    pub learning_rate: f64,
    /// How much of the running means is kept, from 0 to 1; 0.9 by default.
    pub rho: f64,
    /// Added below both roots, at least 0; 1e-6 by default. At 0 nothing ever moves.
    pub eps: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Adadelta {
    fn default() -> Self {
        Self { learning_rate: 1.0, rho: 0.9, eps: 1e-6, weight_decay: 0.0, maximize: false }
    }
}

impl Rule for Adadelta {
    /// `s` and `u`.
    const MEMORY: RangeInclusive<usize> = 2..=2;

    fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
        let decay = Decay::penalty(self.weight_decay, self.maximize);
        let [learning_rate, eps] = [self.learning_rate, self.eps].map(T::from_f64);
        let mean_square = MeanSquare::new(self.rho);

        move |w, g, memory| {
            let [gradients, steps] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            mean_square.update(gradients, g);
            let step = scaled((*steps + eps).sqrt(), (*gradients + eps).sqrt()) * g;
            mean_square.update(steps, step);
            w - learning_rate * step
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check("rho", self.rho, |x| (0.0..=1.0).contains(&x), "from 0 to 1")?;
        check_not_negative("eps", self.eps)?;
        check_not_negative("weight_decay", self.weight_decay)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
