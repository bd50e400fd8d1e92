use nn_tensor::{Matrix, Scalar};

use crate::{Loss, MeanAbsoluteError, Result};

/// The mean of `|y - t|` over all outputs of all samples (`sklearn.metrics.mean_absolute_error`): the
/// loss [`MeanAbsoluteError`], without its gradient.
///
/// # Errors
/// [`EmptyBatch`](crate::OptimError::EmptyBatch) where there are no values,
/// [`Shape`](crate::OptimError::Shape) where there are not as many targets as outputs.
pub fn mean_absolute_error<T: Scalar>(outputs: &Matrix<T>, targets: &Matrix<T>) -> Result<f64> {
    MeanAbsoluteError::default().value(outputs, targets)
}
