use nn_tensor::{Matrix, Scalar};

use crate::Result;
use crate::targets::check_labels;

/// The share of rows whose largest output is that of the label, from 0 to 1
/// (`(logits.argmax(1) == labels).float().mean()`).
///
/// Where several outputs are the largest, the first counts, as in NumPy and PyTorch. A row that
/// holds a NaN counts as wrong.
///
/// ```
/// use nn_optim::accuracy;
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.1, 0.9], [2.0, -1.0], [0.3, 0.2], [0.0, 1.0]]);
/// assert_eq!(accuracy(&logits, &[1, 0, 1, 1])?, 0.75);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`EmptyBatch`](crate::OptimError::EmptyBatch) where there are no rows,
/// [`LabelCount`](crate::OptimError::LabelCount) and
/// [`LabelOutOfRange`](crate::OptimError::LabelOutOfRange) where the labels do not fit.
pub fn accuracy<T: Scalar>(outputs: &Matrix<T>, labels: &[usize]) -> Result<f64> {
    check_labels(labels, outputs.shape())?;
    let predicted = outputs.argmax_rows();
    let right = predicted.iter().zip(labels).filter(|(place, label)| **place == Some(**label));
    Ok(right.count() as f64 / labels.len() as f64)
}
