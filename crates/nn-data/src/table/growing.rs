//! A matrix that grows by rows.

use nn_tensor::{Matrix, Scalar, Shape, ShapeError};

/// A matrix that grows by rows, in little more memory than its values take.
///
/// Rows are gathered in a block that stays in cache, and a full block goes to the columns.
#[derive(Debug)]
pub(super) struct Growing<T> {
    /// The rows that the columns do not have yet, one after another.
    block: Vec<T>,
    columns: Vec<Vec<T>>,
}

/// How many rows a block has.
const BLOCK: usize = 256;

impl<T: Scalar> Growing<T> {
    /// No rows of so many columns.
    pub(super) fn new(columns: usize) -> Self {
        Self { block: Vec::new(), columns: vec![Vec::new(); columns] }
    }

    /// Adds a row, unless one of its values is an error.
    pub(super) fn push_row<E>(&mut self, row: impl Iterator<Item = Result<T, E>>) -> Result<(), E> {
        let before = self.block.len();
        for value in row {
            match value {
                Ok(value) => self.block.push(value),
                Err(error) => {
                    self.block.truncate(before);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Whether it is time to [empty](Self::empty_block) the block.
    pub(super) fn is_block_full(&self) -> bool {
        self.block.len() >= BLOCK * self.columns.len()
    }

    /// Brings the block's rows to the columns.
    pub(super) fn empty_block(&mut self) -> Result<(), ShapeError> {
        let width = self.columns.len();
        for (j, column) in self.columns.iter_mut().enumerate() {
            let rows = self.block.chunks_exact(width);
            let shape = Shape { rows: column.len() + rows.len(), columns: width };
            column.try_reserve(rows.len()).map_err(|_| ShapeError::TooLarge { shape })?;
            column.extend(rows.map(|row| row[j]));
        }
        self.block.clear();
        Ok(())
    }

    /// The first `columns` columns as one matrix, and the others as a second.
    pub(super) fn split(mut self, columns: usize) -> Result<(Matrix<T>, Matrix<T>), ShapeError> {
        self.empty_block()?;
        let second = self.columns.split_off(columns);
        Ok((join(self.columns)?, join(second)?))
    }
}

/// The matrix of these columns, each of which is freed as soon as it is in place.
fn join<T: Scalar>(columns: Vec<Vec<T>>) -> Result<Matrix<T>, ShapeError> {
    let shape = Shape { rows: columns.first().map_or(0, Vec::len), columns: columns.len() };
    let mut columns = columns.into_iter();
    let mut values = columns.next().unwrap_or_default();
    let rest = shape.rows.saturating_mul(columns.len());
    values.try_reserve_exact(rest).map_err(|_| ShapeError::TooLarge { shape })?;
    for column in columns {
        values.extend_from_slice(&column);
    }
    Matrix::from_column_vec(shape.rows, shape.columns, values)
}
