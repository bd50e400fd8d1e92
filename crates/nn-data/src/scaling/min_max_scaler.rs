//! Features between two bounds.

use std::ops::RangeInclusive;

use nn_tensor::{Matrix, Scalar};

use super::{fit_columns, map_columns};
use crate::Result;
use crate::error::check;

/// Shifts and scales each feature so that the data of the fit reach from one bound to the other:
/// `z = low + (high - low)·(x - min) / (max - min)`.
///
/// A feature that is the same in all samples is shifted to the lower bound and not scaled. Other data
/// may lie outside the bounds. This is scikit-learn's `MinMaxScaler`, with `low..=high` as its
/// `feature_range`.
///
/// ```
/// use nn_data::MinMaxScaler;
/// use nn_tensor::Matrix;
///
/// let inputs = Matrix::from([[10.0, -1.0], [20.0, 0.0], [30.0, 1.0]]);
/// let scaler = MinMaxScaler::fit(&inputs, 0.0..=1.0)?;
/// let scaled = scaler.transform(&inputs)?;
/// assert_eq!(scaled, Matrix::from([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]));
/// assert_eq!(scaler.inverse_transform(&scaled)?, inputs);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MinMaxScaler {
    low: f64,
    high: f64,
    columns: Vec<Column>,
}

/// The smallest and the largest value of a column.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    min: f64,
    max: f64,
}

impl Column {
    /// `None` where the distance between the two is infinite.
    fn measure<T: Scalar>(values: &[T]) -> Option<Self> {
        let values = || values.iter().map(|x| x.to_f64());
        let min = values().fold(f64::INFINITY, f64::min);
        let max = values().fold(f64::NEG_INFINITY, f64::max);
        (max - min).is_finite().then_some(Self { min, max })
    }

    fn divisor(&self) -> f64 {
        if self.max > self.min { self.max - self.min } else { 1.0 }
    }
}

impl MinMaxScaler {
    /// Finds the smallest and the largest value of each column, `n × features`.
    ///
    /// # Errors
    /// [`DataError::Parameter`](crate::DataError::Parameter) where the first bound is not below the
    /// second or their distance is not finite, [`DataError::Zero`](crate::DataError::Zero) where there are no rows,
    /// [`DataError::NotFinite`](crate::DataError::NotFinite) where a value is infinite or NaN,
    /// [`DataError::TooFarApart`](crate::DataError::TooFarApart) where the distance of two values is
    /// not finite in `f64`.
    pub fn fit<T: Scalar>(inputs: &Matrix<T>, bounds: RangeInclusive<f64>) -> Result<Self> {
        let (low, high) = bounds.into_inner();
        check(
            "the distance of the bounds",
            high - low,
            |distance| distance > 0.0,
            "finite and above 0",
        )?;
        Ok(Self { low, high, columns: fit_columns(inputs, Column::measure)? })
    }

    /// The inputs between the bounds.
    ///
    /// # Errors
    /// [`DataError::Shape`](crate::DataError::Shape) where there are not as many columns as in the
    /// fit, [`DataError::NotFinite`](crate::DataError::NotFinite) where a value is infinite or NaN or
    /// would become so.
    pub fn transform<T: Scalar>(&self, inputs: &Matrix<T>) -> Result<Matrix<T>> {
        map_columns("MinMaxScaler::transform", inputs, &self.columns, |column, x| {
            let share = (x - column.min) / column.divisor();
            // So written, it is exact at both bounds.
            (1.0 - share) * self.low + share * self.high
        })
    }

    /// The inputs that [`MinMaxScaler::transform`] makes these of.
    ///
    /// # Errors
    /// As [`MinMaxScaler::transform`].
    pub fn inverse_transform<T: Scalar>(&self, scaled: &Matrix<T>) -> Result<Matrix<T>> {
        map_columns("MinMaxScaler::inverse_transform", scaled, &self.columns, |column, z| {
            let share = (z - self.low) / (self.high - self.low);
            column.min + share * column.divisor()
        })
    }

    /// The smallest value of each column.
    pub fn minima(&self) -> impl Iterator<Item = f64> {
        self.columns.iter().map(|column| column.min)
    }

    /// The largest value of each column.
    pub fn maxima(&self) -> impl Iterator<Item = f64> {
        self.columns.iter().map(|column| column.max)
    }
}
