use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use crate::{Loss, Reduction, Result, Targets};

/// The squared error, `(y - t)²` of each output, its mean taken over all outputs of all samples
/// (`torch.nn.MSELoss`).
///
/// ```
/// use nn_optim::{Loss, MeanSquaredError};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[1.0, 2.0]]), Matrix::from([[0.0, 4.0]]));
/// let (loss, gradient) = MeanSquaredError::default().value_and_gradient(&y, &t)?;
/// assert_eq!((loss, gradient), (2.5, Matrix::from([[1.0, -2.0]])));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "MSELoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeanSquaredError {
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

impl<T: Scalar> Loss<T> for MeanSquaredError {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        targets.values("MeanSquaredError", outputs)?;
        Ok(match self.reduction {
            Reduction::Mean => outputs.rows as f64 * outputs.columns as f64,
            Reduction::Sum => 1.0,
        })
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        let targets = targets.values("MeanSquaredError", outputs.shape())?;
        expect_shape("MeanSquaredError", "a gradient", outputs.shape(), gradient.shape())?;
        Ok(dispatch(Squares { outputs, targets, scale, gradient }))
    }
}

/// `Σ (y - t)²`, and writes `∂y = scale·2·(y - t)`.
struct Squares<'a, T> {
    outputs: View<'a, T>,
    targets: View<'a, T>,
    scale: T,
    gradient: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Squares<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) -> f64 {
        let mut sums = [0.0; 16];
        let twice = self.scale + self.scale;
        let read = self.outputs.iter_columns().zip(self.targets.iter_columns());
        for (dy, (y, t)) in self.gradient.iter_columns_mut().zip(read) {
            let columns = dy.chunks_mut(16).zip(y.chunks(16).zip(t.chunks(16)));
            for (dy, (y, t)) in columns {
                let read = y.iter().zip(t).zip(&mut sums);
                for (dy, ((&y, &t), sum)) in dy.iter_mut().zip(read) {
                    let error = y - t;
                    *dy = twice * error;
                    *sum += error.to_f64() * error.to_f64();
                }
            }
        }
        sums.iter().sum()
    }
}
