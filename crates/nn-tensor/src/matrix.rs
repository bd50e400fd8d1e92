//! The matrix that owns its values.

use std::fmt;
use std::ops::{Index, IndexMut, Range};

use nalgebra::DMatrix;

use crate::{
    Scalar, Shape, ShapeError, View, ViewMut, product,
    reduce::all_finite,
    shape::{count_values, expect_length, expect_shape},
};

/// A dense matrix over nalgebra's storage, column by column in memory.
///
/// A batch has one row per sample, so that a column is one feature over the whole batch, and
/// contiguous. nalgebra's own methods are there through [`Matrix::as_nalgebra`]; the methods here
/// return a [`ShapeError`] where nalgebra's would panic.
///
/// ```
/// use nn_tensor::Matrix;
///
/// let x = Matrix::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// let w = Matrix::from([[1.0, 0.0, -1.0], [0.5, 1.0, 2.0]]);
/// assert_eq!(x.matmul(&w)?, Matrix::from([[2.0, 2.0, 3.0], [5.0, 4.0, 5.0], [8.0, 6.0, 7.0]]));
/// # Ok::<(), nn_tensor::ShapeError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Matrix<T = f32> {
    values: DMatrix<T>,
}

impl<T: Scalar> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Panics
    /// Where there is no memory for `rows · columns` values; [`Matrix::try_zeros`] returns an error.
    #[must_use]
    #[expect(clippy::panic, reason = "as vec! does; try_zeros does not")]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self::try_zeros(rows, columns).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A matrix of zeros, whatever sizes come in.
    ///
    /// # Errors
    /// [`ShapeError::TooLarge`] where there is no memory for `rows · columns` values.
    pub fn try_zeros(rows: usize, columns: usize) -> Result<Self, ShapeError> {
        let count = count_values(rows, columns)?;
        let mut values = Vec::new();
        if values.try_reserve_exact(count).is_err() {
            return Err(ShapeError::TooLarge { shape: Shape { rows, columns } });
        }
        values.resize(count, T::ZERO);
        Ok(Self { values: DMatrix::from_vec(rows, columns, values) })
    }

    /// A matrix whose value in row `i` of column `j` is `value(i, j)`.
    ///
    /// # Panics
    /// As [`Matrix::zeros`].
    #[must_use]
    pub fn from_fn(rows: usize, columns: usize, mut value: impl FnMut(usize, usize) -> T) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for j in 0..columns {
            for i in 0..rows {
                matrix.values[(i, j)] = value(i, j);
            }
        }
        matrix
    }

    /// A matrix from a list that holds it row by row, as NumPy and PyTorch do.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the list does not hold `rows · columns` values.
    pub fn from_row_slice(rows: usize, columns: usize, values: &[T]) -> Result<Self, ShapeError> {
        expect_length("Matrix::from_row_slice", count_values(rows, columns)?, values.len())?;
        Ok(Self { values: DMatrix::from_row_slice(rows, columns, values) })
    }

    /// A matrix from a list that holds it column by column.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where the list does not hold `rows · columns` values.
    pub fn from_column_vec(
        rows: usize,
        columns: usize,
        values: Vec<T>,
    ) -> Result<Self, ShapeError> {
        expect_length("Matrix::from_column_vec", count_values(rows, columns)?, values.len())?;
        Ok(Self { values: DMatrix::from_vec(rows, columns, values) })
    }

    /// A matrix from its rows.
    ///
    /// # Errors
    /// [`ShapeError::Ragged`] where the rows are not all of one length.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Result<Self, ShapeError> {
        let rows: Vec<&[T]> = rows.iter().map(AsRef::as_ref).collect();
        let expected = rows.first().map_or(0, |row| row.len());
        match rows.iter().position(|row| row.len() != expected) {
            Some(row) => Err(ShapeError::Ragged { row, expected, found: rows[row].len() }),
            None => Ok(Self::from_fn(rows.len(), expected, |i, j| rows[i][j])),
        }
    }

    /// How many rows: one a sample.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.nrows()
    }

    /// How many columns: one a feature.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.values.ncols()
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape { rows: self.rows(), columns: self.columns() }
    }

    /// The value in row `i` of column `j`, or `None` where there is none.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<T> {
        self.values.get((i, j)).copied()
    }

    /// All values, column by column.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self.values.as_slice()
    }

    /// All values, column by column.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.values.as_mut_slice()
    }

    /// All values, row by row.
    pub fn iter_rows(&self) -> impl Iterator<Item = Vec<T>> + '_ {
        (0..self.rows()).map(|i| (0..self.columns()).map(|j| self[(i, j)]).collect())
    }

    /// The whole matrix, to be read.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        View::packed(self.as_slice(), self.rows(), self.columns())
    }

    /// The whole matrix, to be written.
    #[must_use]
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        let (rows, columns) = (self.rows(), self.columns());
        ViewMut::packed(self.as_mut_slice(), rows, columns)
    }

    /// The rows `range`, to be read without a copy.
    ///
    /// # Errors
    /// [`ShapeError::RowRange`] where the range does not lie within the matrix.
    pub fn row_range(&self, range: Range<usize>) -> Result<View<'_, T>, ShapeError> {
        self.view().row_range(range)
    }

    /// `f` of each value.
    #[must_use]
    pub fn map(&self, f: impl FnMut(T) -> T) -> Self {
        Self { values: self.values.map(f) }
    }

    /// `f` of each pair of values that stand in the same place.
    ///
    /// # Errors
    /// [`ShapeError::Mismatch`] where `other` has another shape.
    pub fn zip_map(&self, other: &Self, f: impl FnMut(T, T) -> T) -> Result<Self, ShapeError> {
        expect_shape("zip_map", "a second matrix", self.shape(), other.shape())?;
        Ok(Self { values: self.values.zip_map(&other.values, f) })
    }

    /// The product `self · other`: `n × k` by `k × m` gives `n × m`.
    ///
    /// # Errors
    /// [`ShapeError::Mismatch`] where `other` has not as many rows as `self` has columns.
    pub fn matmul(&self, other: &Self) -> Result<Self, ShapeError> {
        let mut result = Self::try_zeros(self.rows(), other.columns())?;
        product::matmul(self.view(), other.view(), result.view_mut())?;
        Ok(result)
    }

    /// Rows and columns exchanged.
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self { values: self.values.transpose() }
    }

    /// The values at another precision, each rounded once.
    ///
    /// # Panics
    /// As [`Matrix::zeros`].
    #[must_use]
    pub fn cast<U: Scalar>(&self) -> Matrix<U> {
        let mut cast = Matrix::zeros(self.rows(), self.columns());
        cast.copy_cast_from(self);
        cast
    }

    /// Takes over as many values of another matrix as there are in both, column by column, each
    /// rounded once.
    fn copy_cast_from<U: Scalar>(&mut self, other: &Matrix<U>) {
        for (to, from) in self.as_mut_slice().iter_mut().zip(other.as_slice()) {
            *to = T::from_f64(from.to_f64());
        }
    }

    /// [`Matrix::cast`], whatever the size.
    ///
    /// # Errors
    /// [`ShapeError::TooLarge`] where there is no memory for it.
    pub fn try_cast<U: Scalar>(&self) -> Result<Matrix<U>, ShapeError> {
        let mut cast = Matrix::try_zeros(self.rows(), self.columns())?;
        cast.copy_cast_from(self);
        Ok(cast)
    }

    /// Whether no value is infinite or NaN.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        all_finite(self.as_slice())
    }

    /// nalgebra's matrix underneath.
    #[must_use]
    pub const fn as_nalgebra(&self) -> &DMatrix<T> {
        &self.values
    }

    /// nalgebra's matrix underneath.
    #[must_use]
    pub fn into_nalgebra(self) -> DMatrix<T> {
        self.values
    }
}

impl<T: Scalar> TryFrom<DMatrix<T>> for Matrix<T> {
    type Error = ShapeError;

    /// nalgebra's matrix as one of this crate.
    ///
    /// # Errors
    /// [`ShapeError::TooLarge`] for an empty one with a side longer than any memory.
    fn try_from(values: DMatrix<T>) -> Result<Self, ShapeError> {
        count_values(values.nrows(), values.ncols())?;
        Ok(Self { values })
    }
}

impl<T: Scalar, const ROWS: usize, const COLUMNS: usize> From<[[T; COLUMNS]; ROWS]> for Matrix<T> {
    fn from(rows: [[T; COLUMNS]; ROWS]) -> Self {
        Self::from_fn(ROWS, COLUMNS, |i, j| rows[i][j])
    }
}

/// Row and column, counted from 0. Panics outside the matrix, as a slice does;
/// [`Matrix::get`] does not.
impl<T: Scalar> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    fn index(&self, place: (usize, usize)) -> &T {
        &self.values[place]
    }
}

impl<T: Scalar> IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, place: (usize, usize)) -> &mut T {
        &mut self.values[place]
    }
}

/// The shape, then the values row by row with all their digits.
impl<T: fmt::Debug> fmt::Debug for Matrix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matrix({} × {}) ", self.values.nrows(), self.values.ncols())?;
        write_rows(f, &self.values, |x| format!("{x:?}"))
    }
}

/// Row by row in brackets with eight significant digits, much as NumPy prints; `{:.4}` sets the
/// number of decimals instead.
impl<T: Scalar> fmt::Display for Matrix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.precision() {
            Some(decimals) => write_rows(f, &self.values, |x| format!("{x:.decimals$}")),
            None => write_rows(f, &self.values, |x| {
                let rounded = format!("{x:.7e}").parse().unwrap_or(x.to_f64());
                format!("{rounded:?}")
            }),
        }
    }
}

/// Rows in brackets, their values in columns as wide as the widest.
fn write_rows<T>(
    f: &mut fmt::Formatter<'_>,
    values: &DMatrix<T>,
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    let width = values.as_slice().iter().map(|x| text(x).len()).max().unwrap_or(0);
    f.write_str("[")?;
    for i in 0..values.nrows() {
        f.write_str(if i == 0 { "[" } else { "\n [" })?;
        for j in 0..values.ncols() {
            let gap = if j == 0 { "" } else { " " };
            let text = text(&values[(i, j)]);
            // Not by `{:>width$}`, whose width is at most 65,535.
            write!(f, "{gap}{}{text}", " ".repeat(width - text.len()))?;
        }
        f.write_str("]")?;
    }
    f.write_str("]")
}
