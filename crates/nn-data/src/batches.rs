//! A data set in parts.

use nn_tensor::{Scalar, View, ViewMut};
use rand::Rng;
use rand::seq::SliceRandom;

use crate::error::at_least_one;
use crate::{Dataset, Result};

/// A data set in batches of so many rows, in order or shuffled; the last holds what is left.
///
/// The batches are copied into one buffer, so that an epoch takes no memory after the first batch.
///
/// ```
/// use nn_data::{Batches, Dataset, circle};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data: Dataset = circle(100, &mut rng)?;
/// let mut batches = Batches::new(&data, 32)?;
/// for _epoch in 0..2 {
///     batches.shuffle(&mut rng);
///     let mut sizes = Vec::new();
///     while let Some(batch) = batches.next_batch()? {
///         sizes.push(batch.inputs.rows());
///     }
///     assert_eq!(sizes, [32, 32, 32, 4]);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batches<'a, T> {
    data: &'a Dataset<T>,
    size: usize,
    /// The rows of the data set in the order in which they come.
    order: Vec<usize>,
    /// How many of them have come.
    position: usize,
    inputs: Vec<T>,
    labels: Vec<usize>,
}

/// Some samples and the class of each.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a, T> {
    /// The samples, `n × features`.
    pub inputs: View<'a, T>,
    /// The class of each sample.
    pub labels: &'a [usize],
}

impl<'a, T: Scalar> Batches<'a, T> {
    /// Batches of `size` rows, in the order of the data until [`Batches::shuffle`] changes it.
    ///
    /// # Errors
    /// [`DataError::Zero`](crate::DataError::Zero) where `size` is 0.
    pub fn new(data: &'a Dataset<T>, size: usize) -> Result<Self> {
        at_least_one("batch size", size)?;
        let order = (0..data.len()).collect();
        Ok(Self { data, size, order, position: 0, inputs: Vec::new(), labels: Vec::new() })
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len().div_ceil(self.size)
    }

    /// Whether an epoch has no batches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Starts an epoch in a new order.
    pub fn shuffle<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        self.order.shuffle(rng);
        self.rewind();
    }

    /// Starts an epoch in the same order.
    pub const fn rewind(&mut self) {
        self.position = 0;
    }

    /// The next batch, or `None` at the end of an epoch.
    ///
    /// # Errors
    /// Never, but for a fault of this crate.
    pub fn next_batch(&mut self) -> Result<Option<Batch<'_, T>>> {
        let rest = &self.order[self.position..];
        let rows = &rest[..rest.len().min(self.size)];
        if rows.is_empty() {
            return Ok(None);
        }
        self.position += rows.len();

        let source = self.data.inputs();
        self.inputs.resize(rows.len() * source.columns(), T::ZERO);
        let mut inputs = ViewMut::from_slice(&mut self.inputs, rows.len(), source.columns())?;
        for (to, from) in inputs.iter_columns_mut().zip(source.view().iter_columns()) {
            for (to, &row) in to.iter_mut().zip(rows) {
                *to = from[row];
            }
        }
        self.labels.clear();
        self.labels.extend(rows.iter().map(|&row| self.data.labels()[row]));

        let inputs = View::from_slice(&self.inputs, rows.len(), source.columns())?;
        Ok(Some(Batch { inputs, labels: &self.labels }))
    }
}
