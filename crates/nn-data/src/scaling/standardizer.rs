//! Features of mean 0 and standard deviation 1.

use nn_tensor::{Matrix, Scalar};

use super::{fit_columns, map_columns};
use crate::Result;

/// Shifts and scales each feature to mean 0 and standard deviation 1 over the data of the fit:
/// `z = (x - mean) / deviation`.
///
/// The deviation is that of the population, `√(Σ(x - mean)² / n)`. A feature that is the same in all
/// samples is shifted to 0 and not scaled. This is scikit-learn's `StandardScaler`. Sums are taken in
/// `f64`, and twice, so that a large mean costs a small deviation no digits (Chan, Golub and LeVeque,
/// "Algorithms for computing the sample variance", 1983).
///
/// ```
/// use nn_data::Standardizer;
/// use nn_tensor::Matrix;
///
/// let train = Matrix::from([[1.0, 500.0], [3.0, 500.0]]);
/// let scaler = Standardizer::fit(&train)?;
/// assert_eq!(scaler.transform(&train)?, Matrix::from([[-1.0, 0.0], [1.0, 0.0]]));
/// let test = Matrix::from([[4.0, 501.0]]);
/// assert_eq!(scaler.transform(&test)?, Matrix::from([[2.0, 1.0]]));
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Standardizer {
    columns: Vec<Column>,
}

/// The mean and the standard deviation of a column.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    /// The mean, rounded.
    mean: f64,
    /// What the mean is more than that.
    rest: f64,
    deviation: f64,
}

impl Column {
    /// `None` where the distance of some value from the others is infinite.
    fn measure<T: Scalar>(values: &[T]) -> Option<Self> {
        let values = || values.iter().map(|x| x.to_f64());
        let first = values().next()?;
        let mean = first + mean_of(values().map(|x| x - first));
        let rest = mean_of(values().map(|x| x - mean));
        let distances = || values().map(|x| (x - mean - rest).abs());
        // In parts of the largest distance, whose squares neither overflow nor vanish.
        let largest = distances().fold(0.0, f64::max);
        let unit = if largest > 0.0 { largest } else { 1.0 };
        let deviation = unit * mean_of(distances().map(|x| (x / unit).powi(2))).sqrt();
        (mean + rest + deviation).is_finite().then_some(Self { mean, rest, deviation })
    }

    fn divisor(&self) -> f64 {
        if self.deviation > 0.0 { self.deviation } else { 1.0 }
    }
}

fn mean_of(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

impl Standardizer {
    /// Finds the mean and the standard deviation of each column, `n × features`.
    ///
    /// # Errors
    /// [`DataError::Zero`](crate::DataError::Zero) where there are no rows,
    /// [`DataError::NotFinite`](crate::DataError::NotFinite) where a value is infinite or NaN,
    /// [`DataError::TooFarApart`](crate::DataError::TooFarApart) where the distance of two values is
    /// not finite in `f64`.
    pub fn fit<T: Scalar>(inputs: &Matrix<T>) -> Result<Self> {
        Ok(Self { columns: fit_columns(inputs, Column::measure)? })
    }

    /// The inputs on the scale of mean 0 and standard deviation 1.
    ///
    /// # Errors
    /// [`DataError::Shape`](crate::DataError::Shape) where there are not as many columns as in the
    /// fit, [`DataError::NotFinite`](crate::DataError::NotFinite) where a value is infinite or NaN or
    /// would become so.
    pub fn transform<T: Scalar>(&self, inputs: &Matrix<T>) -> Result<Matrix<T>> {
        map_columns("Standardizer::transform", inputs, &self.columns, |column, x| {
            (x - column.mean - column.rest) / column.divisor()
        })
    }

    /// The inputs that [`Standardizer::transform`] makes these of.
    ///
    /// # Errors
    /// As [`Standardizer::transform`].
    pub fn inverse_transform<T: Scalar>(&self, scaled: &Matrix<T>) -> Result<Matrix<T>> {
        map_columns("Standardizer::inverse_transform", scaled, &self.columns, |column, z| {
            column.mean + (column.rest + z * column.divisor())
        })
    }

    /// The mean of each column.
    pub fn means(&self) -> impl Iterator<Item = f64> {
        self.columns.iter().map(|column| column.mean + column.rest)
    }

    /// The standard deviation of each column.
    pub fn deviations(&self) -> impl Iterator<Item = f64> {
        self.columns.iter().map(|column| column.deviation)
    }
}
