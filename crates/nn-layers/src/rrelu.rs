//! A leaky ReLU whose slope is drawn.

use nn_tensor::{Scalar, Shape, View, ViewMut, expect_length, expect_shape};
use rand::RngExt;

use crate::in_training::{InTraining, Randomness};
use crate::random_factors::scale_back;
use crate::{Backward, Layer, LayerError, LeakyRelu, Result};

/// The randomised leaky ReLU, `f(x) = x` for `x ≥ 0`, else `a·x` (`torch.nn.RReLU`): in training, `a`
/// is drawn anew for each value, uniform from `lower` to `upper`; in inference it is their mean.
///
/// Xu, Wang, Chen and Li, "Empirical evaluation of rectified activations in convolutional network",
/// 2015.
///
/// ```
/// use nn_layers::{Layer, RRelu};
/// use nn_tensor::Matrix;
///
/// let layer = RRelu::new(0.1, 0.3)?;
/// assert_eq!(layer.forward(&Matrix::from([[-1.0, 2.0]]))?, Matrix::from([[-0.2, 2.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "RReLU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RRelu {
    lower: f64,
    upper: f64,
}

impl Default for RRelu {
    /// From ⅛ to ⅓.
    fn default() -> Self {
        Self { lower: 1.0 / 8.0, upper: 1.0 / 3.0 }
    }
}

impl RRelu {
    /// A layer whose slope is from `lower` to `upper`.
    ///
    /// # Errors
    /// [`LayerError::Hyperparameter`] where one is not finite, or `upper` is below `lower`.
    pub fn new(lower: f64, upper: f64) -> Result<Self> {
        let allowed = "finite";
        for (name, value) in [("lower", lower), ("upper", upper)] {
            if !value.is_finite() {
                return Err(LayerError::Hyperparameter { name, value, allowed });
            }
        }
        if upper < lower || !(upper - lower).is_finite() {
            let (name, value, allowed) =
                ("upper", upper, "at least lower, and not infinitely far above");
            return Err(LayerError::Hyperparameter { name, value, allowed });
        }
        Ok(Self { lower, upper })
    }

    /// What the slope is in inference.
    fn mean(&self) -> LeakyRelu {
        LeakyRelu { negative_slope: f64::midpoint(self.lower, self.upper) }
    }
}

impl<T: Scalar> Layer<T> for RRelu {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        self.mean().forward_into(input, output)
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        self.mean().backward_into(pass)
    }

    fn in_training(&self) -> Option<&dyn InTraining<T>> {
        Some(self)
    }
}

impl<T: Scalar> InTraining<T> for RRelu {
    /// The slope at each value.
    fn remembers(&self, input: Shape) -> usize {
        input.rows.saturating_mul(input.columns)
    }

    fn forward_training(
        &self,
        input: View<'_, T>,
        mut output: ViewMut<'_, T>,
        slopes: &mut [T],
        randomness: Randomness,
    ) -> Result<()> {
        expect_shape("RRelu", "an output", input.shape(), output.shape())?;
        expect_length("RRelu", input.rows() * input.columns(), slopes.len())?;
        let mut rng = randomness.rng();
        let columns = output.iter_columns_mut().zip(input.iter_columns());
        for ((y, x), slopes) in columns.zip(slopes.chunks_exact_mut(input.rows().max(1))) {
            for ((y, &x), slope) in y.iter_mut().zip(x).zip(slopes) {
                // Drawn for every value, so that the stream does not depend on them.
                let drawn = self.lower + (self.upper - self.lower) * rng.random::<f64>();
                *slope = if x <= T::ZERO { T::from_f64(drawn) } else { T::ONE };
                *y = *slope * x;
            }
        }
        Ok(())
    }

    fn backward_training(&self, pass: Backward<'_, T>, slopes: &[T]) -> Result<()> {
        scale_back("RRelu", pass, slopes)
    }
}
