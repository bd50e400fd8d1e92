//! A matrix that grows by rows.

use nn_tensor::{Matrix, Scalar, Shape, ShapeError};

/// A matrix that grows by rows, in at most half as much memory again as its values take.
///
/// Rows are gathered in a block that stays in cache, and a full block goes to the columns.
#[derive(Debug)]
pub(super) struct Growing<T> {
    /// The rows that the columns do not have yet, one after another.
    block: Vec<T>,
    /// The columns, one after another, each of `room` rows of which the first `rows` are there.
    values: Vec<T>,
    columns: usize,
    rows: usize,
    room: usize,
}

/// How many rows a block has.
const BLOCK: usize = 256;

impl<T: Scalar> Growing<T> {
    /// No rows of so many columns.
    pub(super) const fn new(columns: usize) -> Self {
        Self { block: Vec::new(), values: Vec::new(), columns, rows: 0, room: 0 }
    }

    /// Adds a row, unless one of its values is an error.
    #[inline]
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
    pub(super) const fn is_block_full(&self) -> bool {
        self.block.len() >= BLOCK * self.columns
    }

    /// Brings the block's rows to the columns.
    pub(super) fn empty_block(&mut self) -> Result<(), ShapeError> {
        if self.block.is_empty() {
            return Ok(());
        }
        let end = self.rows + self.block.len() / self.columns;
        if end > self.room {
            self.make_room(end.max(self.room + self.room / 2))?;
        }
        for (j, column) in self.values.chunks_exact_mut(self.room).enumerate() {
            let rows = self.block.chunks_exact(self.columns);
            for (value, row) in column[self.rows..end].iter_mut().zip(rows) {
                *value = row[j];
            }
        }
        self.rows = end;
        self.block.clear();
        Ok(())
    }

    /// Gives each column room for more rows.
    fn make_room(&mut self, room: usize) -> Result<(), ShapeError> {
        let too_large =
            || ShapeError::TooLarge { shape: Shape { rows: room, columns: self.columns } };
        let count = room.checked_mul(self.columns).ok_or_else(too_large)?;
        let more = count - self.values.len();
        self.values.try_reserve_exact(more).map_err(|_| too_large())?;
        self.values.resize(count, T::ZERO);
        for j in (1..self.columns).rev() {
            self.values.copy_within(j * self.room..j * self.room + self.rows, j * room);
        }
        self.room = room;
        Ok(())
    }

    /// The first `columns` columns as one matrix, and the others as a second.
    pub(super) fn split(mut self, columns: usize) -> Result<(Matrix<T>, Matrix<T>), ShapeError> {
        self.empty_block()?;
        let Self { mut values, rows, room, .. } = self;
        for j in 1..self.columns {
            values.copy_within(j * room..j * room + rows, j * rows);
        }
        values.truncate(self.columns * rows);
        let second = values.split_off(columns * rows);
        values.shrink_to_fit();
        let second = Matrix::from_column_vec(rows, self.columns - columns, second)?;
        Ok((Matrix::from_column_vec(rows, columns, values)?, second))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use nn_tensor::{Matrix, ShapeError};

    use super::{BLOCK, Growing};

    #[test]
    fn rows_stay_rows_however_many_there_are() -> Result<(), ShapeError> {
        for count in [1, BLOCK, BLOCK + 1, 20 * BLOCK + 3] {
            let mut growing = Growing::new(3);
            for row in 0..count {
                let values = [0, 1, 2].map(|column| Ok::<_, Infallible>((3 * row + column) as f64));
                let Ok(()) = growing.push_row(values.into_iter());
                if growing.is_block_full() {
                    growing.empty_block()?;
                }
            }
            let (first, second) = growing.split(2)?;
            let expected = |i, j| (3 * i + j) as f64;
            assert_eq!(first, Matrix::from_fn(count, 2, expected));
            assert_eq!(second, Matrix::from_fn(count, 1, |i, _| expected(i, 2)));
        }
        Ok(())
    }
}
