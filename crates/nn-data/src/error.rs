//! What can go wrong in making or reading data.

use nn_tensor::{Matrix, Scalar, ShapeError};

/// A data set, a split or a scaling refuses what it was given.
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
    /// There are not as many weights as samples.
    #[error("{weights} weights for {samples} samples")]
    WeightCount {
        /// How many samples there are.
        samples: usize,
        /// The weights given.
        weights: usize,
    },
    /// The weight of a sample is negative, infinite or NaN.
    #[error("the weight of row {row} is {value}, but must be finite and at least 0")]
    Weight {
        /// The row, counted from 0.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// There is no such row.
    #[error("there is no row {row} among {rows}, counted from 0")]
    RowOutOfRange {
        /// The row asked for.
        row: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A count must be at least 1.
    #[error("{name} is 0, but must be at least 1")]
    Zero {
        /// What is counted.
        name: &'static str,
    },
    /// A parameter is out of range.
    #[error("{name} is {value}, but must be {allowed}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A value is infinite or NaN.
    #[error("the value in row {row} of column {column} is {value}")]
    NotFinite {
        /// The row, counted from 0.
        row: usize,
        /// The column, counted from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// The values of a column are so far apart that their distance is infinite.
    #[error("the values of column {column} are too far apart to scale")]
    TooFarApart {
        /// The column, counted from 0.
        column: usize,
    },
    /// One of the two parts of a split would be empty.
    #[error("{part} of {samples} samples cannot be a part: it and the rest need at least one each")]
    EmptyPart {
        /// How many samples the part would have.
        part: usize,
        /// How many there are.
        samples: usize,
    },
    /// Data cannot be cut into so many folds.
    #[error(
        "{folds} folds of {samples} samples: there must be at least 2, and no more than samples"
    )]
    Folds {
        /// The folds asked for.
        folds: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// A table cannot be read.
    #[cfg(feature = "csv")]
    #[error(transparent)]
    Table(Box<crate::TableError>),
}

/// A result whose error is a [`DataError`].
pub type Result<T, E = DataError> = std::result::Result<T, E>;

/// Refuses a count of 0.
pub(crate) fn at_least_one(name: &'static str, count: usize) -> Result<()> {
    if count == 0 { Err(DataError::Zero { name }) } else { Ok(()) }
}

/// Refuses a parameter that is not finite or is out of range.
pub(crate) fn check(
    name: &'static str,
    value: f64,
    in_range: impl Fn(f64) -> bool,
    allowed: &'static str,
) -> Result<()> {
    if value.is_finite() && in_range(value) {
        Ok(())
    } else {
        Err(DataError::Parameter { name, value, allowed })
    }
}

/// Refuses labels that name no class.
pub(crate) fn check_labels(labels: &[usize], classes: usize) -> Result<()> {
    match labels.iter().position(|&label| label >= classes) {
        Some(row) => Err(DataError::LabelOutOfRange { row, label: labels[row], classes }),
        None => Ok(()),
    }
}

/// Refuses a matrix that holds a value which is infinite or NaN.
pub(crate) fn check_finite<T: Scalar>(matrix: &Matrix<T>) -> Result<()> {
    if matrix.is_finite() {
        return Ok(());
    }
    for (column, values) in matrix.view().iter_columns().enumerate() {
        if let Some(row) = values.iter().position(|x| !x.is_finite()) {
            return Err(DataError::NotFinite { row, column, value: values[row].to_f64() });
        }
    }
    Ok(())
}
