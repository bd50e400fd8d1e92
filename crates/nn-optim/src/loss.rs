//! What a loss is.

use std::fmt;

use nn_tensor::{Matrix, Scalar, Shape, View, ViewMut};

use crate::{OptimError, Result, Targets};

/// What becomes of the single losses (PyTorch's `reduction`).
///
/// The losses as they are, `reduction="none"`, is no loss to train by: [`Loss::unreduced`] gives them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduction {
    /// Their mean, over the samples, or over all outputs of all samples where each output has a loss
    /// of its own; the default.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Their sum, divided by the number of samples: where each output has a loss of its own, another
    /// figure than the mean (`"batchmean"` of `torch.nn.KLDivLoss`).
    BatchMean,
}

impl Reduction {
    /// By how much the sum over a batch of `rows` samples is divided, of which `count` is the number
    /// or the weight of the losses that a mean is over.
    ///
    /// # Errors
    /// [`OptimError::NothingCounted`] where that mean is over nothing.
    pub(crate) fn divisor(self, count: f64, rows: usize) -> Result<f64> {
        match self {
            Self::Mean if count == 0.0 => Err(OptimError::NothingCounted),
            Self::Mean => Ok(count),
            Self::Sum => Ok(1.0),
            Self::BatchMean => Ok(rows as f64),
        }
    }
}

/// How far a network's outputs are from their targets, and in which direction to change them.
///
/// A loss is the sum over the samples of a batch, divided once: by how much, [`Loss::divisor`] says
/// for the whole batch, so that a batch worked in parts has one definition. Losses are `f64`
/// whatever the precision of the network, and so a sum of many samples keeps its digits.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[2.0, 0.0], [0.0, 0.0]]);
/// let (loss, gradient) = CrossEntropy::default().value_and_gradient(&logits, &[0, 1])?;
/// assert_eq!(format!("{loss:.12}"), "0.410037595801"); // (ln(1 + e⁻²) + ln 2) / 2
/// assert_eq!(format!("{gradient:.4}"), "[[-0.0596  0.0596]\n [ 0.2500 -0.2500]]");
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
pub trait Loss<T: Scalar>: fmt::Debug + Send + Sync {
    /// By how much the sum over the samples of a whole batch is divided.
    ///
    /// # Errors
    /// Where the targets do not fit outputs of that shape.
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64>;

    /// The sum of the losses of some samples, and `scale` times its gradient with respect to their
    /// outputs, written to `gradient`, `n × outputs`.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs, or the gradient has not their shape.
    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64>;

    /// The loss of a batch and its gradient with respect to the outputs.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs.
    fn value_and_gradient<'a>(
        &self,
        outputs: &Matrix<T>,
        targets: impl Into<Targets<'a, T>>,
    ) -> Result<(f64, Matrix<T>)>
    where
        Self: Sized,
    {
        let targets = targets.into();
        let divisor = self.divisor(outputs.shape(), targets)?;
        let mut gradient = Matrix::try_zeros(outputs.rows(), outputs.columns())?;
        let scale = T::from_f64(1.0 / divisor);
        let sum = self.sum_into(outputs.view(), targets, scale, gradient.view_mut())?;
        Ok((sum / divisor, gradient))
    }

    /// The loss of a batch.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs.
    fn value<'a>(&self, outputs: &Matrix<T>, targets: impl Into<Targets<'a, T>>) -> Result<f64>
    where
        Self: Sized,
    {
        Ok(self.value_and_gradient(outputs, targets)?.0)
    }

    /// The losses before any reduction (`reduction="none"`), in `f64`: `n × 1`, one a sample, or
    /// `n × outputs` where each output has a loss of its own.
    ///
    /// ```
    /// use nn_optim::{CrossEntropy, Loss, MeanSquaredError};
    /// use nn_tensor::Matrix;
    ///
    /// let y = Matrix::from([[1.0, 2.0], [0.0, 0.0]]);
    /// let squares = MeanSquaredError::default().unreduced(&y, &Matrix::from([[0.0, 2.0], [3.0, 1.0]]))?;
    /// assert_eq!(squares, Matrix::from([[1.0, 0.0], [9.0, 1.0]]));
    /// let entropies = CrossEntropy::default().unreduced(&y, &[1, 0])?;
    /// assert_eq!(format!("{entropies:.4}"), "[[0.3133]\n [0.6931]]");
    /// # Ok::<(), nn_optim::OptimError>(())
    /// ```
    ///
    /// # Errors
    /// Where the targets do not fit the outputs.
    fn unreduced<'a>(
        &self,
        outputs: &Matrix<T>,
        targets: impl Into<Targets<'a, T>>,
    ) -> Result<Matrix<f64>>
    where
        Self: Sized,
    {
        let targets = targets.into();
        match self.divisor(outputs.shape(), targets) {
            Ok(_) | Err(OptimError::NothingCounted) => {}
            Err(error) => return Err(error),
        }
        let mut losses = Matrix::try_zeros(outputs.rows(), 1)?;
        let mut gradient = Matrix::try_zeros(1, outputs.columns())?;
        for (row, loss) in losses.as_mut_slice().iter_mut().enumerate() {
            let (output, target) =
                (outputs.row_range(row..row + 1)?, targets.row_range(row..row + 1)?);
            let result = self.sum_into(output, target, T::ONE, gradient.view_mut());
            *loss = result.map_err(|error| error.after_rows(row))?;
        }
        Ok(losses)
    }
}
