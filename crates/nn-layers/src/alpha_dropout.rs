//! Dropout for self-normalising networks.

use nn_tensor::{Scalar, Shape, View, ViewMut};

use crate::in_training::{InTraining, Randomness};
use crate::random_factors::{
    check_probability, draw, identity_in_inference, scale_and_add, scale_back,
};
use crate::{Backward, Result};

/// Dropout that keeps the mean and the variance of what SELU gives: in training, each
/// value is set to SELU's lower limit with probability `p`, and all are then scaled and shifted
/// (`torch.nn.AlphaDropout`).
///
/// `y = a·x + b` where `x` is kept, `a·α′ + b` elsewhere, with `α′ = -1.7580993408473766`,
/// `a = 1/√((1 - p)·(1 + p·α′²))` and `b = -a·p·α′`. Klambauer, Unterthiner, Mayr and Hochreiter,
/// "Self-normalizing neural networks", 2017.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlphaDropout {
    p: f64,
}

impl Default for AlphaDropout {
    /// Half of the values.
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

/// The limit of SELU at negative infinity.
const LOWER_LIMIT: f64 = -1.758_099_340_847_376_6;

impl AlphaDropout {
    /// A layer that leaves out each value with probability `p`.
    ///
    /// # Errors
    /// [`LayerError::Hyperparameter`](crate::LayerError::Hyperparameter) where `p` is not from 0 to 1.
    pub fn new(p: f64) -> Result<Self> {
        check_probability(p).map(|()| Self { p })
    }

    /// The probability that a value is left out.
    #[must_use]
    pub const fn p(&self) -> f64 {
        self.p
    }

    /// `a`; 0 where nothing is kept.
    fn scale(&self) -> f64 {
        let variance = (1.0 - self.p) * (1.0 + self.p * LOWER_LIMIT * LOWER_LIMIT);
        if self.p < 1.0 { 1.0 / variance.sqrt() } else { 0.0 }
    }
}

identity_in_inference!(AlphaDropout);

impl<T: Scalar> InTraining<T> for AlphaDropout {
    /// What each value is multiplied by.
    fn remembers(&self, input: Shape) -> usize {
        input.rows.saturating_mul(input.columns)
    }

    fn forward_training(
        &self,
        input: View<'_, T>,
        output: ViewMut<'_, T>,
        factors: &mut [T],
        randomness: Randomness,
    ) -> Result<()> {
        let a = self.scale();
        let b = -a * self.p * LOWER_LIMIT;
        draw(self.p, T::from_f64(a), factors, randomness);
        let added = [T::from_f64(b), T::from_f64(a * LOWER_LIMIT + b)];
        scale_and_add("AlphaDropout", input, output, factors, added)
    }

    fn backward_training(&self, pass: Backward<'_, T>, factors: &[T]) -> Result<()> {
        scale_back("AlphaDropout", pass, factors)
    }
}
