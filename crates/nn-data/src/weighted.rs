//! Samples that do not all count the same.

use std::ops::Range;

use nn_tensor::{Scalar, ShapeError};

use crate::samples::select_values_into;
use crate::{DataError, Result, Samples};

/// Samples with a weight each, by which the loss of each is multiplied (`sample_weight` of Keras and
/// scikit-learn).
///
/// A mean loss stays the mean over all samples, as with the `weight` of PyTorch's `BCELoss`: weights
/// whose mean is 1 keep its scale.
///
/// ```
/// use nn_data::{Batches, Dataset, Weighted};
/// use nn_tensor::Matrix;
///
/// let data = Dataset::new(Matrix::from([[1.0], [2.0], [3.0]]), vec![0, 1, 0], 2)?;
/// let data = Weighted::new(data, vec![0.5, 2.0, 0.5])?;
/// let mut batches = Batches::new(&data, 2)?;
/// if let Some((batch, weights)) = batches.next_batch()? {
///     assert_eq!((batch.labels, weights), (&[0, 1][..], &[0.5, 2.0][..]));
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted<D, T = f32> {
    data: D,
    weights: Vec<T>,
}

impl<D: Samples, T: Scalar> Weighted<D, T> {
    /// These samples with these weights.
    ///
    /// # Errors
    /// [`DataError::WeightCount`] where there are not as many weights as samples,
    /// [`DataError::Weight`] where one is negative, infinite or NaN.
    pub fn new(data: D, weights: Vec<T>) -> Result<Self> {
        if weights.len() != data.count() {
            let (samples, weights) = (data.count(), weights.len());
            return Err(DataError::WeightCount { samples, weights });
        }
        match weights.iter().position(|w| !(w.is_finite() && *w >= T::ZERO)) {
            Some(row) => Err(DataError::Weight { row, value: weights[row].to_f64() }),
            None => Ok(Self { data, weights }),
        }
    }

    /// The samples.
    #[must_use]
    pub const fn data(&self) -> &D {
        &self.data
    }

    /// The weight of each sample.
    #[must_use]
    pub fn weights(&self) -> &[T] {
        &self.weights
    }
}

impl<D: Samples, T: Scalar> Samples for Weighted<D, T> {
    type Batch<'a>
        = (D::Batch<'a>, &'a [T])
    where
        D: 'a;

    fn count(&self) -> usize {
        self.data.count()
    }

    fn row_range(&self, rows: Range<usize>) -> Result<Self::Batch<'_>> {
        let batch = self.data.row_range(rows.clone())?;
        match self.weights.get(rows.clone()) {
            Some(weights) => Ok((batch, weights)),
            None => {
                let Range { start, end } = rows;
                Err(ShapeError::RowRange { start, end, rows: self.weights.len() }.into())
            }
        }
    }

    fn select(&self, rows: &[usize]) -> Result<Self> {
        let data = self.data.select(rows)?;
        Ok(Self { data, weights: rows.iter().map(|&row| self.weights[row]).collect() })
    }

    fn select_into(&self, rows: &[usize], to: &mut Self) -> Result<()> {
        self.data.select_into(rows, &mut to.data)?;
        select_values_into(&self.weights, rows, &mut to.weights);
        Ok(())
    }
}
