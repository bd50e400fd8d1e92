//! What splits, folds and batches are made of.

use std::ops::Range;

use nn_tensor::{Matrix, Scalar, Shape, ShapeError};

use crate::{DataError, Result};

/// Samples that can be told apart by their row: a [`Dataset`](crate::Dataset), a
/// [`Regression`](crate::Regression), or a type of your own.
///
/// Whoever says how to copy some rows, and how to look at a range of them, gets splits, folds and batches.
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
/// assert_eq!(squares.row_range(1..3)?.targets.get(0, 0), Some(4.0));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub trait Samples: Sized {
    /// Some samples, borrowed.
    type Batch<'a>
    where
        Self: 'a;

    /// How many samples there are.
    fn count(&self) -> usize;

    /// The samples in these rows, where they are.
    ///
    /// # Errors
    /// [`ShapeError::RowRange`] where there are no such rows.
    fn row_range(&self, rows: Range<usize>) -> Result<Self::Batch<'_>>;

    /// A copy of the samples in these rows, in this order.
    ///
    /// # Errors
    /// [`DataError::RowOutOfRange`] where there is no such row, and a shape error where there is no
    /// memory for so many.
    fn select(&self, rows: &[usize]) -> Result<Self>;

    /// The same in the place of other samples, whose memory may be used again.
    ///
    /// # Errors
    /// As [`Samples::select`]; what `to` then holds is not said.
    fn select_into(&self, rows: &[usize], to: &mut Self) -> Result<()> {
        *to = self.select(rows)?;
        Ok(())
    }
}

/// These rows of a matrix.
pub(crate) fn select_rows<T: Scalar>(matrix: &Matrix<T>, rows: &[usize]) -> Result<Matrix<T>> {
    let mut selected = Matrix::zeros(0, 0);
    select_rows_into(matrix, rows, &mut selected)?;
    Ok(selected)
}

/// Puts these rows of a matrix in the place of another, column by column: even of a large matrix, a
/// column stays in the cache while its values are picked.
pub(crate) fn select_rows_into<T: Scalar>(
    matrix: &Matrix<T>,
    rows: &[usize],
    to: &mut Matrix<T>,
) -> Result<()> {
    if let Some(&row) = rows.iter().find(|&&row| row >= matrix.rows()) {
        return Err(DataError::RowOutOfRange { row, rows: matrix.rows() });
    }
    let shape = Shape { rows: rows.len(), columns: matrix.columns() };
    if to.shape() != shape {
        *to = Matrix::try_zeros(shape.rows, shape.columns)?;
    }
    for (column, to) in matrix.view().iter_columns().zip(to.view_mut().iter_columns_mut()) {
        for (to, &row) in to.iter_mut().zip(rows) {
            *to = column[row];
        }
    }
    Ok(())
}

/// Puts these values of a list in the place of others.
pub(crate) fn select_values_into<T: Copy>(values: &[T], rows: &[usize], to: &mut Vec<T>) {
    to.clear();
    to.extend(rows.iter().map(|&row| values[row]));
}

/// All rows of so many, in order.
pub(crate) fn all_rows(count: usize) -> Result<Vec<usize>> {
    let mut rows = Vec::new();
    make_room(&mut rows, Shape { rows: count, columns: 1 })?;
    rows.extend(0..count);
    Ok(rows)
}

/// Makes room in an empty list for as many values as a matrix of this shape has.
pub(crate) fn make_room<T>(list: &mut Vec<T>, shape: Shape) -> Result<()> {
    match list.try_reserve_exact(shape.rows.saturating_mul(shape.columns)) {
        Ok(()) => Ok(()),
        Err(_) => Err(ShapeError::TooLarge { shape }.into()),
    }
}
