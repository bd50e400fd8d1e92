use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::arithmetic::scaled;
use super::decay::Decay;
use super::moments::{Mean, moments};
use crate::error::{check, check_not_negative};
use crate::{Result, Rule, Update};

/// RMSprop: steps divided by the root mean square of the latest gradients (`torch.optim.RMSprop`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// s ← alpha·s + (1 - alpha)·g²
/// m ← alpha·m + (1 - alpha)·g             centered: s - m² takes the place of s below
/// d ← momentum·d + g / (√s + eps)
/// w ← w - learning_rate·d
/// ```
///
/// Where the denominator is 0, a gradient counts for nothing. Where `s - m²` is rounded to less than
/// 0, it is taken as 0 (in PyTorch the parameter becomes NaN).
///
/// Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012; Graves, "Generating sequences with recurrent
/// neural networks", 2013.
#[doc(alias = "RMSprop")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// At least 0; 0.01 by default.
    pub learning_rate: f64,
    /// How much of the running means is kept, from 0 to 1; 0.99 by default.
    pub alpha: f64,
    /// Added to the denominator, at least 0; 1e-8 by default.
    pub eps: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// How much of the last step is kept, at least 0; 0 by default.
    pub momentum: f64,
    /// Whether to divide by the standard deviation of the gradients; not by default.
    pub centered: bool,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self {
            learning_rate: 1e-2,
            alpha: 0.99,
            eps: 1e-8,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            maximize: false,
        }
    }
}

impl Rule for RmsProp {
    /// `s`, then `m` where centered, then `d` with momentum.
    const MEMORY: RangeInclusive<usize> = 1..=3;

    fn memory(&self) -> usize {
        1 + usize::from(self.centered) + usize::from(self.momentum != 0.0)
    }

    fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
        let decay = Decay::penalty(self.weight_decay, self.maximize);
        let [learning_rate, eps] = [self.learning_rate, self.eps].map(T::from_f64);
        let (of_gradients, of_squares) = moments([self.alpha; 2]);
        let of_steps = Mean::of(self.momentum, 1.0);
        let centered = self.centered;

        move |w, g, memory| {
            let (square, mean, velocity) = match memory {
                [square] => (square, None, None),
                [square, mean] if centered => (square, Some(mean), None),
                [square, velocity] => (square, None, Some(velocity)),
                [square, mean, velocity] => (square, Some(mean), Some(velocity)),
                _ => return w,
            };
            let (w, g) = decay.apply(w, g);
            of_squares.update(square, g);
            let mut variance = *square;
            if let Some(mean) = mean {
                of_gradients.update(mean, g);
                let difference = *square - *mean * *mean;
                // Not a number where both squares have overflowed.
                let is_infinite = difference.is_nan();
                variance = if is_infinite { *square } else { difference.maximum(T::ZERO) };
            }
            let mut step = scaled(g, variance.sqrt() + eps);
            if let Some(velocity) = velocity {
                of_steps.update(velocity, step);
                step = *velocity;
            }
            w - learning_rate * step
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check("alpha", self.alpha, |x| (0.0..=1.0).contains(&x), "from 0 to 1")?;
        check_not_negative("eps", self.eps)?;
        check_not_negative("weight_decay", self.weight_decay)?;
        check_not_negative("momentum", self.momentum)
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
