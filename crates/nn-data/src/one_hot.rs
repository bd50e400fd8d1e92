//! Labels as rows of a matrix.

use nn_tensor::{Matrix, Scalar};

use crate::Result;
use crate::error::check_labels;

/// Each label as a row of `classes` values: 1 in the column of that label, 0 in the others.
///
/// The meaning is that of `torch.nn.functional.one_hot`. The way back is
/// [`Matrix::argmax_rows`].
///
/// ```
/// use nn_data::one_hot;
/// use nn_tensor::Matrix;
///
/// let rows = one_hot(&[2, 0], 3)?;
/// assert_eq!(rows, Matrix::from([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
/// assert_eq!(rows.argmax_rows(), [Some(2), Some(0)]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::LabelOutOfRange`](crate::DataError::LabelOutOfRange) where a label is not below
/// `classes`, and a shape error where there is no memory for the matrix.
pub fn one_hot<T: Scalar>(labels: &[usize], classes: usize) -> Result<Matrix<T>> {
    check_labels(labels, classes)?;
    let mut rows = Matrix::try_zeros(labels.len(), classes)?;
    for (row, &label) in labels.iter().enumerate() {
        rows[(row, label)] = T::ONE;
    }
    Ok(rows)
}
