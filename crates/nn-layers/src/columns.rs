//! Memory for matrices whose columns begin where vectors of the widest instructions do.

use nn_tensor::{Scalar, Shape, ShapeError, View, ViewMut};

use crate::Result;

/// The bytes of the widest vectors, and of a line of cache.
const ALIGNMENT: usize = 64;

/// A matrix without a shape of its own, each column at an aligned place.
#[derive(Debug)]
pub(crate) struct Columns<T> {
    values: Vec<T>,
}

impl<T> Default for Columns<T> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<T> Columns<T> {
    /// Where the first aligned value is.
    fn start(&self) -> usize {
        self.values.as_ptr().align_offset(ALIGNMENT).min(self.values.len())
    }
}

/// The matrix is moved to the first aligned place, which is another in other memory.
impl<T: Clone> Clone for Columns<T> {
    fn clone(&self) -> Self {
        let mut clone = Self { values: self.values.clone() };
        let (from, to) = (self.start(), clone.start());
        if from < to {
            clone.values.rotate_right(to - from);
        } else {
            clone.values.rotate_left(from - to);
        }
        clone
    }
}

impl<T: Scalar> Columns<T> {
    /// Makes room for a matrix. What there is stays, so that one no larger than any before takes no
    /// memory.
    pub(crate) fn resize(&mut self, rows: usize, columns: usize) -> Result<()> {
        let too_large = ShapeError::TooLarge { shape: Shape { rows, columns } };
        let length = Self::stride(rows).saturating_mul(columns);
        let length = length.saturating_add(ALIGNMENT / size_of::<T>());
        let more = length.saturating_sub(self.values.len());
        if self.values.try_reserve_exact(more).is_err() {
            return Err(too_large.into());
        }
        self.values.resize(self.values.len() + more, T::ZERO);
        Ok(())
    }

    /// From one column to the next: to a whole number of vectors, and one more, since columns that
    /// are a power of two apart compete for the same places in cache. A single row has no gaps.
    const fn stride(rows: usize) -> usize {
        if rows == 1 {
            return 1;
        }
        let lanes = ALIGNMENT / size_of::<T>();
        rows.next_multiple_of(lanes) + lanes
    }

    /// A single row, with room made for it.
    #[inline]
    pub(crate) fn row_mut(&mut self, columns: usize) -> Result<&mut [T]> {
        if self.values.len() < columns {
            self.resize(1, columns)?;
        }
        Ok(&mut self.values[..columns])
    }

    /// The row that was written there.
    pub(crate) fn row(&self, columns: usize) -> &[T] {
        &self.values[..columns]
    }

    pub(crate) fn view(&self, rows: usize, columns: usize) -> Result<View<'_, T>> {
        let values = &self.values[self.start()..];
        Ok(View::with_stride(values, rows, columns, Self::stride(rows))?)
    }

    pub(crate) fn view_mut(&mut self, rows: usize, columns: usize) -> Result<ViewMut<'_, T>> {
        let start = self.start();
        Ok(ViewMut::with_stride(&mut self.values[start..], rows, columns, Self::stride(rows))?)
    }
}
