//! Inputs and their labels.

use nn_tensor::{Matrix, Scalar, ShapeError};

use crate::{DataError, Result};

/// Samples and the class of each: inputs of `n × features`, and `n` labels from 0 to `classes - 1`.
///
/// ```
/// use nn_data::Dataset;
/// use nn_tensor::Matrix;
///
/// let exclusive_or = Dataset::new(
///     Matrix::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
///     vec![0, 1, 1, 0],
///     2,
/// )?;
/// assert_eq!((exclusive_or.len(), exclusive_or.classes()), (4, 2));
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T = f32> {
    inputs: Matrix<T>,
    labels: Vec<usize>,
    classes: usize,
}

impl<T: Scalar> Dataset<T> {
    /// A data set of these inputs and labels.
    ///
    /// # Errors
    /// [`DataError::LabelCount`] where there are not as many labels as rows,
    /// [`DataError::LabelOutOfRange`] where a label is not below `classes`.
    pub fn new(inputs: Matrix<T>, labels: Vec<usize>, classes: usize) -> Result<Self> {
        if labels.len() != inputs.rows() {
            return Err(DataError::LabelCount { rows: inputs.rows(), labels: labels.len() });
        }
        match labels.iter().position(|&label| label >= classes) {
            Some(row) => Err(DataError::LabelOutOfRange { row, label: labels[row], classes }),
            None => Ok(Self { inputs, labels, classes }),
        }
    }

    /// The samples, `n × features`.
    #[must_use]
    pub const fn inputs(&self) -> &Matrix<T> {
        &self.inputs
    }

    /// The class of each sample.
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// How many classes there are.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.classes
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// An empty list with room for the label of each row.
pub(crate) fn room_for<T: Scalar>(inputs: &Matrix<T>) -> Result<Vec<usize>> {
    let mut labels = Vec::new();
    match labels.try_reserve_exact(inputs.rows()) {
        Ok(()) => Ok(labels),
        Err(_) => Err(ShapeError::TooLarge { shape: inputs.shape() }.into()),
    }
}
