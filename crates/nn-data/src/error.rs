//! What can go wrong in making or reading data.

use nn_tensor::ShapeError;

/// A data set refuses what it was given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A matrix has the wrong shape, or there is no memory for it.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// There are not as many labels as rows.
    #[error("{labels} labels for {rows} rows")]
    LabelCount {
        /// The rows of the inputs.
        rows: usize,
        /// The labels given.
        labels: usize,
    },
    /// A label names no class.
    #[error("row {row} has label {label}, but there are {classes} classes, counted from 0")]
    LabelOutOfRange {
        /// The row, counted from 0.
        row: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A count must be at least 1.
    #[error("{name} is 0, but must be at least 1")]
    Zero {
        /// What is counted.
        name: &'static str,
    },
}

/// A result whose error is a [`DataError`].
pub type Result<T, E = DataError> = std::result::Result<T, E>;

/// Refuses a count of 0.
pub(crate) fn at_least_one(name: &'static str, count: usize) -> Result<()> {
    if count == 0 { Err(DataError::Zero { name }) } else { Ok(()) }
}
