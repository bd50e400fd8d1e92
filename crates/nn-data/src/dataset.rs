//! Inputs and their labels.

use std::ops::Range;

use nn_tensor::{Matrix, Scalar, Shape, View};

use crate::error::check_labels;
use crate::samples::{make_room, select_rows, select_rows_into, select_values_into};
use crate::{DataError, Result, Samples};

/// Samples and the class of each: inputs of `n × features`, and `n` labels from 0 to `classes - 1`.
///
/// Where each sample has numbers to be predicted instead, it is a
/// [`Regression`](crate::Regression).
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

/// Some samples and the class of each.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a, T> {
    /// The samples, `n × features`.
    pub inputs: View<'a, T>,
    /// The class of each sample.
    pub labels: &'a [usize],
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
        check_labels(&labels, classes)?;
        Ok(Self { inputs, labels, classes })
    }

    /// The same labels with other inputs, such as scaled ones.
    ///
    /// # Errors
    /// [`DataError::LabelCount`] where there are not as many rows as labels.
    pub fn with_inputs(&self, inputs: Matrix<T>) -> Result<Self> {
        Self::new(inputs, self.labels.clone(), self.classes)
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

    /// How many samples each class has.
    ///
    /// # Errors
    /// A shape error where there is no memory for one count a class.
    pub fn class_counts(&self) -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        make_room(&mut counts, Shape { rows: 1, columns: self.classes })?;
        counts.resize(self.classes, 0);
        for &label in &self.labels {
            counts[label] += 1;
        }
        Ok(counts)
    }

    /// A weight for each class with which the classes count the same, however many samples each has:
    /// `n / (k·nᵢ)` for a class of `nᵢ` samples, where `k` classes have any, and 0 for one that has none
    /// (`class_weight="balanced"` of scikit-learn). Losses such as the cross-entropy take them as
    /// `class_weights`.
    ///
    /// ```
    /// use nn_data::Dataset;
    /// use nn_tensor::Matrix;
    ///
    /// let data = Dataset::new(Matrix::from([[1.0], [2.0], [3.0], [4.0]]), vec![0, 0, 0, 1], 2)?;
    /// assert_eq!(data.balanced_class_weights()?, [4.0 / 6.0, 2.0]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Dataset::class_counts`].
    pub fn balanced_class_weights(&self) -> Result<Vec<f64>> {
        let counts = self.class_counts()?;
        let present = counts.iter().filter(|&&count| count > 0).count();
        let share = self.len() as f64 / present as f64;
        let weight = |count| if count == 0 { 0.0 } else { share / count as f64 };
        Ok(counts.into_iter().map(weight).collect())
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

impl<T: Scalar> Samples for Dataset<T> {
    type Batch<'a> = Batch<'a, T>;

    fn count(&self) -> usize {
        self.len()
    }

    fn row_range(&self, rows: Range<usize>) -> Result<Batch<'_, T>> {
        let inputs = self.inputs.row_range(rows.clone())?;
        Ok(Batch { inputs, labels: &self.labels[rows] })
    }

    fn select(&self, rows: &[usize]) -> Result<Self> {
        let inputs = select_rows(&self.inputs, rows)?;
        let labels = rows.iter().map(|&row| self.labels[row]).collect();
        Ok(Self { inputs, labels, classes: self.classes })
    }

    fn select_into(&self, rows: &[usize], to: &mut Self) -> Result<()> {
        select_rows_into(&self.inputs, rows, &mut to.inputs)?;
        select_values_into(&self.labels, rows, &mut to.labels);
        to.classes = self.classes;
        Ok(())
    }
}
