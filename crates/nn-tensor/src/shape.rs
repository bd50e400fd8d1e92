//! What shape a matrix has, and what is said when it is another than was needed.

use std::fmt;

/// The rows and columns of a matrix; prints as `300 × 2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How many rows: one a sample.
    pub rows: usize,
    /// How many columns: one a feature.
    pub columns: usize,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.rows, self.columns)
    }
}

/// The shape that an operation asks for; prints as `n × 2` where any number of rows will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Expected {
    /// The rows asked for, or `None` for any number.
    pub rows: Option<usize>,
    /// The columns asked for, or `None` for any number.
    pub columns: Option<usize>,
}

impl Expected {
    /// Any number of rows, and so many columns.
    #[must_use]
    pub const fn columns(columns: usize) -> Self {
        Self { rows: None, columns: Some(columns) }
    }

    /// So many rows, and any number of columns.
    #[must_use]
    pub const fn rows(rows: usize) -> Self {
        Self { rows: Some(rows), columns: None }
    }

    /// Whether `shape` is as asked for.
    #[must_use]
    pub fn fits(self, shape: Shape) -> bool {
        self.rows.is_none_or(|rows| rows == shape.rows)
            && self.columns.is_none_or(|columns| columns == shape.columns)
    }
}

impl From<Shape> for Expected {
    fn from(shape: Shape) -> Self {
        Self { rows: Some(shape.rows), columns: Some(shape.columns) }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows {
            Some(rows) => write!(f, "{rows} × ")?,
            None => write!(f, "n × ")?,
        }
        match self.columns {
            Some(columns) => write!(f, "{columns}"),
            None => write!(f, "m"),
        }
    }
}

/// A matrix, or a list that should become one, has the wrong shape.
///
/// ```
/// use nn_tensor::Matrix;
///
/// let x = Matrix::<f64>::zeros(300, 2);
/// let w = Matrix::<f64>::zeros(3, 4);
/// let error = x.matmul(&w).unwrap_err();
/// assert_eq!(error.to_string(), "matmul: expected a right-hand side of 2 × m, found 3 × 4");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// A matrix has another shape than the operation needs.
    #[error("{operation}: expected {what} of {expected}, found {found}")]
    Mismatch {
        /// The operation that refused.
        operation: &'static str,
        /// Which of its matrices is meant, with its article: "an input".
        what: &'static str,
        /// The shape it needs.
        expected: Expected,
        /// The shape it was given.
        found: Shape,
    },
    /// A matrix, of whatever number of rows, has another width than the operation needs.
    #[error("{operation}: expected {what} of n × {expected}, found n × {found}")]
    Width {
        /// The operation that refused.
        operation: &'static str,
        /// Which of its matrices is meant, with its article: "an input".
        what: &'static str,
        /// The columns it needs.
        expected: usize,
        /// The columns it was given.
        found: usize,
    },
    /// A list has another length than the operation needs.
    #[error("{operation}: expected {expected} values, found {found}")]
    Length {
        /// The operation that refused.
        operation: &'static str,
        /// The length it needs.
        expected: usize,
        /// The length it was given.
        found: usize,
    },
    /// The rows of a matrix are not all as long as its first.
    #[error("row {row} has {found} values, row 0 has {expected}")]
    Ragged {
        /// The first row of another length, counted from 0.
        row: usize,
        /// The length of row 0.
        expected: usize,
        /// The length of that row.
        found: usize,
    },
    /// A range of rows does not lie within the matrix.
    #[error("rows {start}..{end} do not lie within a matrix of {rows} rows")]
    RowRange {
        /// The first row asked for.
        start: usize,
        /// One past the last row asked for.
        end: usize,
        /// The rows there are.
        rows: usize,
    },
    /// The columns of a view would overlap.
    #[error("columns of {rows} rows cannot be {stride} values apart")]
    Stride {
        /// The rows of each column.
        rows: usize,
        /// The distance asked for.
        stride: usize,
    },
    /// There is no memory for a matrix of this shape.
    #[error("there is no memory for a matrix of {shape}")]
    TooLarge {
        /// The shape asked for.
        shape: Shape,
    },
}

/// No matrix has a side, or as many values, as this: it would not fit into memory, and a loop over
/// one that is empty but for its endless side would not end.
const LIMIT: usize = if usize::BITS > 40 { 1 << 40 } else { usize::MAX >> 2 };

/// How many values a matrix of this shape holds.
///
/// # Errors
/// [`ShapeError::TooLarge`] where they are more than memory could ever hold.
pub(crate) fn count_values(rows: usize, columns: usize) -> Result<usize, ShapeError> {
    match rows.max(1).checked_mul(columns.max(1)) {
        Some(count) if count <= LIMIT => Ok(rows * columns),
        _ => Err(ShapeError::TooLarge { shape: Shape { rows, columns } }),
    }
}

/// Checks `found` against `expected`, and names `operation` and `what` where they differ.
///
/// # Errors
/// [`ShapeError::Mismatch`] where `found` is not as expected.
pub fn expect_shape(
    operation: &'static str,
    what: &'static str,
    expected: impl Into<Expected>,
    found: Shape,
) -> Result<(), ShapeError> {
    let expected = expected.into();
    if expected.fits(found) {
        Ok(())
    } else {
        Err(ShapeError::Mismatch { operation, what, expected, found })
    }
}

/// Checks the length of a list.
///
/// # Errors
/// [`ShapeError::Length`] where `found` is not `expected`.
pub fn expect_length(
    operation: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), ShapeError> {
    if expected == found { Ok(()) } else { Err(ShapeError::Length { operation, expected, found }) }
}
