//! Inputs and the numbers to be predicted from them.

use std::ops::Range;

use nn_tensor::{Expected, Matrix, Scalar, View, expect_shape};

use crate::samples::{select_rows, select_rows_into};
use crate::{Result, Samples};

/// Samples and the numbers to be predicted for each: inputs of `n × features`, and targets of
/// `n × outputs`.
///
/// ```
/// use nn_data::Regression;
/// use nn_tensor::Matrix;
///
/// let celsius = Matrix::from([[0.0], [37.0], [100.0]]);
/// let fahrenheit = celsius.map(|degrees| 1.8 * degrees + 32.0);
/// let data = Regression::new(celsius, fahrenheit)?;
/// assert_eq!((data.len(), data.targets().columns()), (3, 1));
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Regression<T = f32> {
    inputs: Matrix<T>,
    targets: Matrix<T>,
}

/// Some samples and the targets of each.
#[derive(Debug, Clone, Copy)]
pub struct RegressionBatch<'a, T> {
    /// The samples, `n × features`.
    pub inputs: View<'a, T>,
    /// The numbers to be predicted, `n × outputs`.
    pub targets: View<'a, T>,
}

impl<T: Scalar> Regression<T> {
    /// A data set of these inputs and targets.
    ///
    /// # Errors
    /// [`DataError::Shape`](crate::DataError::Shape) where the targets have not as many rows as the
    /// inputs.
    pub fn new(inputs: Matrix<T>, targets: Matrix<T>) -> Result<Self> {
        let expected = Expected::rows(inputs.rows());
        expect_shape("Regression::new", "targets", expected, targets.shape())?;
        Ok(Self { inputs, targets })
    }

    /// The same targets with other inputs, such as scaled ones.
    ///
    /// # Errors
    /// As [`Regression::new`].
    pub fn with_inputs(&self, inputs: Matrix<T>) -> Result<Self> {
        Self::new(inputs, self.targets.clone())
    }

    /// The same inputs with other targets, such as scaled ones.
    ///
    /// # Errors
    /// As [`Regression::new`].
    pub fn with_targets(&self, targets: Matrix<T>) -> Result<Self> {
        Self::new(self.inputs.clone(), targets)
    }

    /// The samples, `n × features`.
    #[must_use]
    pub const fn inputs(&self) -> &Matrix<T> {
        &self.inputs
    }

    /// The numbers to be predicted, `n × outputs`.
    #[must_use]
    pub const fn targets(&self) -> &Matrix<T> {
        &self.targets
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.rows()
    }

    /// Whether there are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Scalar> Samples for Regression<T> {
    type Batch<'a> = RegressionBatch<'a, T>;

    fn count(&self) -> usize {
        self.len()
    }

    fn row_range(&self, rows: Range<usize>) -> Result<RegressionBatch<'_, T>> {
        let inputs = self.inputs.row_range(rows.clone())?;
        Ok(RegressionBatch { inputs, targets: self.targets.row_range(rows)? })
    }

    fn select(&self, rows: &[usize]) -> Result<Self> {
        Self::new(select_rows(&self.inputs, rows)?, select_rows(&self.targets, rows)?)
    }

    fn select_into(&self, rows: &[usize], to: &mut Self) -> Result<()> {
        select_rows_into(&self.inputs, rows, &mut to.inputs)?;
        select_rows_into(&self.targets, rows, &mut to.targets)
    }
}
