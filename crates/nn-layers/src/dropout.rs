//! Values left out at random.

use nn_tensor::{Scalar, Shape, View, ViewMut};

use crate::in_training::{InTraining, Randomness};
use crate::random_factors::{
    check_probability, draw, identity_in_inference, scale_and_add, scale_back,
};
use crate::{Backward, Result};

/// Sets each value to 0 with probability `p` in training, and divides the others by `1 - p`, so that
/// their mean stays; the identity in inference (`torch.nn.Dropout`).
///
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
///
/// ```
/// use nn_layers::{Dropout, Network};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Network = Network::builder(100).layer(Dropout::new(0.5)?).build(&mut rng)?;
/// let x = Matrix::from_fn(1, 100, |_, _| 1.0);
/// assert_eq!(network.predict(&x)?, x);
///
/// let mut trace = network.trace();
/// trace.set_seed(7);
/// network.forward(x.view(), &mut trace)?;
/// let (y, _) = trace.output_and_gradient()?;
/// assert!(y.iter_columns().all(|y| y[0] == 0.0 || y[0] == 2.0));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    p: f64,
}

impl Default for Dropout {
    /// Half of the values.
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

impl Dropout {
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
}

identity_in_inference!(Dropout);

impl<T: Scalar> InTraining<T> for Dropout {
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
        // Where nothing is kept, nothing is scaled.
        let kept = if self.p < 1.0 { 1.0 / (1.0 - self.p) } else { 0.0 };
        draw(self.p, T::from_f64(kept), factors, randomness);
        scale_and_add("Dropout", input, output, factors, [T::ZERO; 2])
    }

    fn backward_training(&self, pass: Backward<'_, T>, factors: &[T]) -> Result<()> {
        scale_back("Dropout", pass, factors)
    }
}
