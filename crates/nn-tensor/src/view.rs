//! Borrowed matrices: a run of rows of a matrix, read or written without a copy.
//!
//! A view is a slice, a shape and the distance from one column to the next. Each of its columns is
//! one contiguous slice, which is all that a kernel needs to know about memory.

use std::ops::Range;

use crate::{
    Matrix, Scalar, Shape, ShapeError,
    shape::{count_values, expect_length},
};

/// A matrix that is only read: columns of `rows` values, `stride` apart.
#[derive(Debug, Clone, Copy)]
pub struct View<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    stride: usize,
}

/// A matrix that is written: columns of `rows` values, `stride` apart.
#[derive(Debug)]
pub struct ViewMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    columns: usize,
    stride: usize,
}

/// How many values a view spans, from its first to its last.
const fn span(rows: usize, columns: usize, stride: usize) -> usize {
    if rows == 0 || columns == 0 { 0 } else { (columns - 1) * stride + rows }
}

/// How many values such a matrix spans, where it fits into `available`.
fn strided_length(
    operation: &'static str,
    available: usize,
    rows: usize,
    columns: usize,
    stride: usize,
) -> Result<usize, ShapeError> {
    if stride < rows {
        return Err(ShapeError::Stride { rows, stride });
    }
    count_values(rows, columns)?;
    if rows == 0 || columns == 0 {
        return Ok(0);
    }
    let expected = (columns - 1).saturating_mul(stride).saturating_add(rows);
    if expected > available {
        return Err(ShapeError::Length { operation, expected, found: available });
    }
    Ok(expected)
}

/// Where the rows `range` of a view of `rows` rows begin and how many they are.
fn within(range: &Range<usize>, rows: usize) -> Result<usize, ShapeError> {
    if range.start <= range.end && range.end <= rows {
        Ok(range.end - range.start)
    } else {
        Err(ShapeError::RowRange { start: range.start, end: range.end, rows })
    }
}

impl<'a, T: Scalar> View<'a, T> {
    /// A matrix without gaps; the slice must hold `rows · columns` values.
    pub(crate) const fn packed(data: &'a [T], rows: usize, columns: usize) -> Self {
        Self { data, rows, columns, stride: rows }
    }

    /// Reads a slice that holds a matrix column by column.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the slice does not hold `rows · columns` values.
    pub fn from_slice(data: &'a [T], rows: usize, columns: usize) -> Result<Self, ShapeError> {
        expect_length("View::from_slice", count_values(rows, columns)?, data.len())?;
        Ok(Self::packed(data, rows, columns))
    }

    /// A slice as a matrix of one row.
    #[must_use]
    pub const fn from_row(row: &'a [T]) -> Self {
        Self { data: row, rows: 1, columns: row.len(), stride: 1 }
    }

    /// The values of a single row without gaps.
    #[must_use]
    pub fn as_row(&self) -> Option<&'a [T]> {
        (self.rows == 1 && self.stride == 1).then_some(self.data)
    }

    /// Reads a slice that holds a matrix column by column, each `stride` after the one before.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the slice ends before the matrix does, [`ShapeError::Stride`]
    /// where the columns would overlap.
    pub fn with_stride(
        data: &'a [T],
        rows: usize,
        columns: usize,
        stride: usize,
    ) -> Result<Self, ShapeError> {
        let length = strided_length("View::with_stride", data.len(), rows, columns, stride)?;
        let data = &data[..length];
        Ok(Self { data, rows, columns, stride })
    }

    /// How many rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Rows and columns.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape { rows: self.rows, columns: self.columns }
    }

    /// The distance in memory from a value to its neighbour in the next column.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// The memory from the first value to the last, the gaps between columns included.
    #[must_use]
    pub const fn data(&self) -> &'a [T] {
        self.data
    }

    /// Column `j`, or `None` where there is no such column.
    #[inline(always)]
    #[must_use]
    pub fn column(&self, j: usize) -> Option<&'a [T]> {
        (j < self.columns).then(|| self.column_at(j))
    }

    /// Column `j`. Panics where there is no such column.
    #[inline(always)]
    pub(crate) fn column_at(&self, j: usize) -> &'a [T] {
        if self.rows == 0 { &[] } else { &self.data[j * self.stride..][..self.rows] }
    }

    /// The columns before column `j`, and those from it on. Panics where there are fewer.
    pub(crate) fn split_columns(self, j: usize) -> (Self, Self) {
        let (first, second) = self.data.split_at((j * self.stride).min(self.data.len()));
        let columns = self.columns - j;
        (Self { data: first, columns: j, ..self }, Self { data: second, columns, ..self })
    }

    /// A single row without gaps as a column: the same values one after another.
    pub(crate) fn row_as_column(&self) -> Option<View<'a, T>> {
        let (rows, columns) = (self.columns, 1);
        (self.rows == 1 && self.stride == 1).then_some(View {
            rows,
            columns,
            stride: rows,
            ..*self
        })
    }

    /// The value in row `i` of column `j`, or `None` where there is none.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<T> {
        self.column(j)?.get(i).copied()
    }

    /// The columns from left to right, each a contiguous slice.
    pub fn iter_columns(&self) -> impl ExactSizeIterator<Item = &'a [T]> + use<'a, T> {
        let (data, rows, stride) = (self.data, self.rows, self.stride);
        (0..self.columns).map(move |j| if rows == 0 { &[] } else { &data[j * stride..][..rows] })
    }

    /// The rows `range` of this view.
    ///
    /// # Errors
    /// [`ShapeError::RowRange`] where the range does not lie within the view.
    pub fn row_range(&self, range: Range<usize>) -> Result<View<'a, T>, ShapeError> {
        let rows = within(&range, self.rows)?;
        let span = span(rows, self.columns, self.stride);
        let data = if span == 0 { &[] } else { &self.data[range.start..][..span] };
        Ok(View { data, rows, columns: self.columns, stride: self.stride })
    }

    /// A matrix of its own with the same values.
    #[must_use]
    pub fn to_matrix(&self) -> Matrix<T> {
        let mut matrix = Matrix::zeros(self.rows, self.columns);
        for (copy, column) in matrix.view_mut().iter_columns_mut().zip(self.iter_columns()) {
            copy.copy_from_slice(column);
        }
        matrix
    }
}

impl<'a, T: Scalar> ViewMut<'a, T> {
    /// A matrix without gaps; the slice must hold `rows · columns` values.
    pub(crate) const fn packed(data: &'a mut [T], rows: usize, columns: usize) -> Self {
        Self { data, rows, columns, stride: rows }
    }

    /// Writes to a slice that holds a matrix column by column.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the slice does not hold `rows · columns` values.
    pub fn from_slice(data: &'a mut [T], rows: usize, columns: usize) -> Result<Self, ShapeError> {
        expect_length("ViewMut::from_slice", count_values(rows, columns)?, data.len())?;
        Ok(Self::packed(data, rows, columns))
    }

    /// A slice as a matrix of one row.
    #[must_use]
    pub const fn from_row(row: &'a mut [T]) -> Self {
        let columns = row.len();
        Self { data: row, rows: 1, columns, stride: 1 }
    }

    /// The values of a single row without gaps.
    #[must_use]
    pub fn as_row_mut(&mut self) -> Option<&mut [T]> {
        if self.rows == 1 && self.stride == 1 { Some(self.data) } else { None }
    }

    /// Writes to a slice that holds a matrix column by column, each `stride` after the one before.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the slice ends before the matrix does, [`ShapeError::Stride`]
    /// where the columns would overlap.
    pub fn with_stride(
        data: &'a mut [T],
        rows: usize,
        columns: usize,
        stride: usize,
    ) -> Result<Self, ShapeError> {
        let length = strided_length("ViewMut::with_stride", data.len(), rows, columns, stride)?;
        let data = &mut data[..length];
        Ok(Self { data, rows, columns, stride })
    }

    /// How many rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Rows and columns.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape { rows: self.rows, columns: self.columns }
    }

    /// The distance in memory from a value to its neighbour in the next column.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// The memory from the first value to the last, the gaps between columns included.
    #[must_use]
    pub const fn data_mut(&mut self) -> &mut [T] {
        self.data
    }

    /// The same matrix, only to be read.
    #[must_use]
    pub const fn as_view(&self) -> View<'_, T> {
        View { data: self.data, rows: self.rows, columns: self.columns, stride: self.stride }
    }

    /// Whether this is a single row without gaps, which is also a column.
    pub(crate) const fn is_packed_row(&self) -> bool {
        self.rows == 1 && self.stride == 1
    }

    /// Rows and columns exchanged, where [`ViewMut::is_packed_row`] holds.
    pub(crate) fn row_into_column(self) -> ViewMut<'a, T> {
        let rows = self.columns;
        ViewMut { data: self.data, rows, columns: 1, stride: rows }
    }

    /// The same matrix, borrowed for a shorter time.
    #[must_use]
    pub const fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { data: self.data, rows: self.rows, columns: self.columns, stride: self.stride }
    }

    /// Column `j`, or `None` where there is no such column.
    #[inline(always)]
    #[must_use]
    pub fn column_mut(&mut self, j: usize) -> Option<&mut [T]> {
        let start = if self.rows == 0 { 0 } else { j.checked_mul(self.stride)? };
        if j < self.columns { self.data.get_mut(start..start + self.rows) } else { None }
    }

    /// The columns from left to right, each a contiguous slice.
    ///
    /// A view without rows has no columns to write, and yields none.
    pub fn iter_columns_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        let rows = self.rows;
        self.data.chunks_mut(self.stride.max(1)).map(move |column| &mut column[..rows])
    }

    /// The rows `range` of this view.
    ///
    /// # Errors
    /// [`ShapeError::RowRange`] where the range does not lie within the view.
    pub fn row_range(self, range: Range<usize>) -> Result<ViewMut<'a, T>, ShapeError> {
        let rows = within(&range, self.rows)?;
        let span = span(rows, self.columns, self.stride);
        let data = if span == 0 { &mut [] } else { &mut self.data[range.start..][..span] };
        Ok(ViewMut { data, rows, columns: self.columns, stride: self.stride })
    }

    /// The columns before column `j`, and those from it on. Panics where there are fewer.
    pub(crate) fn split_columns(self, j: usize) -> (Self, Self) {
        let (first, second) = self.data.split_at_mut((j * self.stride).min(self.data.len()));
        let (rows, stride) = (self.rows, self.stride);
        let columns = self.columns - j;
        (
            Self { data: first, rows, columns: j, stride },
            Self { data: second, rows, columns, stride },
        )
    }

    /// The `J` columns from `j` on. Panics where there are fewer.
    #[inline(always)]
    pub(crate) fn columns_from<const J: usize>(&mut self, j: usize) -> [&mut [T]; J] {
        let mut columns = no_columns();
        if self.rows == 0 {
            return columns;
        }
        let mut others = &mut self.data[j * self.stride..];
        for column in &mut columns {
            let (values, after) = others.split_at_mut(self.rows);
            *column = values;
            let gap = (self.stride - self.rows).min(after.len());
            others = &mut after[gap..];
        }
        columns
    }

    /// Sets every value to `value`.
    pub fn fill(&mut self, value: T) {
        for column in self.iter_columns_mut() {
            column.fill(value);
        }
    }
}

/// Empty columns, to be replaced. A function of its own, as what it makes is as much to compile as a
/// kernel that would make it.
pub(crate) fn no_columns<'a, T, const J: usize>() -> [&'a mut [T]; J] {
    std::array::from_fn(|_| <&mut [T]>::default())
}

impl<'a, T: Scalar> From<&'a Matrix<T>> for View<'a, T> {
    fn from(matrix: &'a Matrix<T>) -> Self {
        matrix.view()
    }
}

impl<'a, T: Scalar> From<&'a mut Matrix<T>> for ViewMut<'a, T> {
    fn from(matrix: &'a mut Matrix<T>) -> Self {
        matrix.view_mut()
    }
}
