//! What splits, folds and batches are made of.

use std::fmt;

use nn_tensor::{Matrix, Scalar, Shape, ShapeError, View};

use crate::{DataError, Result};

/// Samples that can be told apart by their row: a [`Dataset`](crate::Dataset), a
/// [`Regression`](crate::Regression), or a type of your own.
///
/// Whoever says how to copy some rows gets splits, folds and batches.
///
/// ```
/// use nn_data::{Regression, Samples};
/// use nn_tensor::Matrix;
///
/// let squares =
///     Regression::new(Matrix::from([[1.0], [2.0], [3.0]]), Matrix::from([[1.0], [4.0], [9.0]]))?;
/// let some = squares.select(&[2, 0])?;
/// assert_eq!(some.inputs(), &Matrix::from([[3.0], [1.0]]));
/// assert_eq!(some.targets(), &Matrix::from([[9.0], [1.0]]));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub trait Samples: Sized {
    /// Some samples, borrowed.
    type Batch<'a>;

    /// The memory that a batch lies in.
    type Buffer: Default + Clone + fmt::Debug;

    /// How many samples there are.
    fn count(&self) -> usize;

    /// Copies the samples in these rows, in this order, to a buffer that is used again and again.
    ///
    /// # Errors
    /// [`DataError::RowOutOfRange`] where there is no such row, and a shape error where there is no
    /// memory for so many.
    fn gather<'a>(&self, rows: &[usize], buffer: &'a mut Self::Buffer) -> Result<Self::Batch<'a>>;

    /// The samples in these rows, in this order.
    ///
    /// # Errors
    /// As [`Samples::gather`].
    fn select(&self, rows: &[usize]) -> Result<Self>;
}

/// Copies these rows of a matrix to a buffer.
pub(crate) fn gather_rows<'a, T: Scalar>(
    matrix: &Matrix<T>,
    rows: &[usize],
    buffer: &'a mut Vec<T>,
) -> Result<View<'a, T>> {
    if let Some(&row) = rows.iter().find(|&&row| row >= matrix.rows()) {
        return Err(DataError::RowOutOfRange { row, rows: matrix.rows() });
    }
    let shape = Shape { rows: rows.len(), columns: matrix.columns() };
    buffer.clear();
    make_room(buffer, shape)?;
    for column in matrix.view().iter_columns() {
        buffer.extend(rows.iter().map(|&row| column[row]));
    }
    Ok(View::from_slice(buffer, shape.rows, shape.columns)?)
}

/// These rows of a matrix.
pub(crate) fn select_rows<T: Scalar>(matrix: &Matrix<T>, rows: &[usize]) -> Result<Matrix<T>> {
    let mut values = Vec::new();
    gather_rows(matrix, rows, &mut values)?;
    Ok(Matrix::from_column_vec(rows.len(), matrix.columns(), values)?)
}

/// Makes room in an empty list for as many values as a matrix of this shape has.
pub(crate) fn make_room<T>(list: &mut Vec<T>, shape: Shape) -> Result<()> {
    match list.try_reserve_exact(shape.rows.saturating_mul(shape.columns)) {
        Ok(()) => Ok(()),
        Err(_) => Err(ShapeError::TooLarge { shape }.into()),
    }
}
