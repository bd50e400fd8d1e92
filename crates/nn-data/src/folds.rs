//! Cross-validation: each sample is validated once, and trained on in all other rounds.

use nn_tensor::Scalar;
use rand::Rng;

use crate::split::{by_class, select_both, shuffled};
use crate::{DataError, Dataset, Result, Samples};

/// The rounds of a cross-validation, each a part to train on and a part to validate with, in that
/// order, and each made when it is asked for; from [`k_folds`] or [`stratified_k_folds`].
#[derive(Debug, Clone)]
pub struct Folds<'a, D> {
    data: &'a D,
    count: usize,
    /// In which round each row is validated.
    round_of: Vec<usize>,
    round: usize,
}

/// Cuts data at random into `folds` parts whose sizes differ by at most one, each of which is
/// validated once.
///
/// Within a part, the samples keep their order. The meaning is that of scikit-learn's
/// `KFold(n_splits=folds, shuffle=True)`.
///
/// ```
/// use nn_data::{Regression, k_folds, sine};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data: Regression = sine(100, 0.1, &mut rng)?;
/// for fold in k_folds(&data, 5, &mut rng)? {
///     let (train, validation) = fold?;
///     assert_eq!((train.len(), validation.len()), (80, 20));
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Folds`] where there are to be fewer than 2 folds, or more than samples.
pub fn k_folds<'a, D: Samples, R: Rng + ?Sized>(
    data: &'a D,
    folds: usize,
    rng: &mut R,
) -> Result<Folds<'a, D>> {
    deal(data, &shuffled(data.count(), rng)?, folds)
}

/// [`k_folds`] that keep the share of each class: how many of a class are in each part also differs
/// by at most one.
///
/// The meaning is that of scikit-learn's `StratifiedKFold(n_splits=folds, shuffle=True)`.
///
/// ```
/// use nn_data::{Dataset, iris, stratified_k_folds};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = iris()?.data;
/// for fold in stratified_k_folds(&data, 10, &mut ChaCha8Rng::seed_from_u64(0))? {
///     let (_, validation) = fold?;
///     assert_eq!(validation.class_counts()?, [5, 5, 5]);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// As [`k_folds`].
pub fn stratified_k_folds<'a, T: Scalar, R: Rng + ?Sized>(
    data: &'a Dataset<T>,
    folds: usize,
    rng: &mut R,
) -> Result<Folds<'a, Dataset<T>>> {
    deal(data, &by_class(data, rng)?, folds)
}

/// Deals the rows to the folds in turn, like cards, so that any run of them is spread evenly.
fn deal<'a, D: Samples>(data: &'a D, order: &[usize], folds: usize) -> Result<Folds<'a, D>> {
    if folds < 2 || folds > order.len() {
        return Err(DataError::Folds { folds, samples: order.len() });
    }
    let mut round_of = vec![0; order.len()];
    for (place, &row) in order.iter().enumerate() {
        round_of[row] = place % folds;
    }
    Ok(Folds { data, count: folds, round_of, round: 0 })
}

impl<D: Samples> Iterator for Folds<'_, D> {
    type Item = Result<(D, D)>;

    fn next(&mut self) -> Option<Self::Item> {
        let round = self.round;
        if round == self.count {
            return None;
        }
        self.round += 1;
        let (validation, train): (Vec<usize>, Vec<usize>) =
            (0..self.round_of.len()).partition(|&row| self.round_of[row] == round);
        Some(select_both(self.data, &train, &validation))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.count - self.round;
        (left, Some(left))
    }
}

impl<D: Samples> ExactSizeIterator for Folds<'_, D> {}
