use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::scaled;
use super::decay::Decay;
use crate::error::check_not_negative;
use crate::{Result, Rule, Update};

/// Adagrad: steps that shrink with all the gradients a parameter has had (`torch.optim.Adagrad`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// s ← s + g²                              from initial_accumulator_value
/// w ← w - learning_rate / (1 + (t - 1)·lr_decay) · g / (√s + eps)
/// ```
///
/// Where the denominator is 0, the parameter stays.
///
/// Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
/// optimization", 2011.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adagrad {
    /// At least 0; 0.01 by default.
    pub learning_rate: f64,
    /// How fast the learning rate shrinks by itself, at least 0; 0 by default.
    pub lr_decay: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// What the sum of the squares starts at, at least 0; 0 by default.
    pub initial_accumulator_value: f64,
    /// Added to the denominator, at least 0; 1e-10 by default.
    pub eps: f64,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Adagrad {
    fn default() -> Self {
        Self {
            learning_rate: 1e-2,
            lr_decay: 0.0,
            weight_decay: 0.0,
            initial_accumulator_value: 0.0,
            eps: 1e-10,
            maximize: false,
        }
    }
}

impl Rule for Adagrad {
    /// `s`.
    const MEMORY: RangeInclusive<usize> = 1..=1;

    fn memory_start(&self, _number: usize) -> f64 {
        self.initial_accumulator_value
    }

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let decay = Decay::penalty(self.weight_decay, self.maximize);
        let step_size = self.learning_rate / (1.0 + (t as f64 - 1.0) * self.lr_decay);
        let [step_size, eps] = [step_size, self.eps].map(T::from_f64);
        // The least size of which the square is not subnormal, which would take many times as long.
        let least = T::from_f64(T::MIN_POSITIVE.to_f64().sqrt() * 1.001);

        move |w, g, memory| {
            let [sum] = memory else { return w };
            let (w, g) = decay.apply(w, g);
            let counted = if g.abs() < least { T::ZERO } else { g };
            *sum += counted * counted;
            w - step_size * scaled(g, sum.sqrt() + eps)
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_not_negative("lr_decay", self.lr_decay)?;
        check_not_negative("weight_decay", self.weight_decay)?;
        check_not_negative("initial_accumulator_value", self.initial_accumulator_value)?;
        check_not_negative("eps", self.eps)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
