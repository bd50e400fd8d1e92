//! A matrix in memory, as a blocked kernel wants it told.

use crate::{Scalar, View};

/// A matrix with a step to the next row and one to the next column.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Strided<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_step: usize,
    pub(super) column_step: usize,
}

impl<'a, T: Scalar> Strided<'a, T> {
    pub(crate) fn of(view: View<'a, T>) -> Self {
        Self {
            data: view.data(),
            rows: view.rows(),
            columns: view.columns(),
            row_step: 1,
            column_step: view.stride(),
        }
    }

    pub(crate) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            // A single column has no next one; this keeps it from looking cut from a larger matrix.
            column_step: if self.rows == 1 { self.columns.max(1) } else { self.row_step },
            ..self
        }
    }

    /// At most `rows` rows from row `i` on, of `columns` columns from column `j` on.
    #[inline(always)]
    pub(super) fn block(self, i: usize, j: usize, rows: usize, columns: usize) -> Self {
        let data = &self.data[i * self.row_step + j * self.column_step..];
        Self { data, rows: rows.min(self.rows - i), columns, ..self }
    }

    /// The first `J` columns, each from its first value to its last.
    #[inline(always)]
    pub(super) fn column_slices<const J: usize>(self) -> [&'a [T]; J] {
        let length = (self.rows - 1) * self.row_step + 1;
        let mut columns = [&self.data[..length]; J];
        for (j, column) in columns.iter_mut().enumerate() {
            *column = &self.data[j * self.column_step..][..length];
        }
        columns
    }
}
