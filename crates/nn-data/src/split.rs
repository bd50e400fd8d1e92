//! Data for training and data for testing.

use rand::Rng;
use rand::seq::SliceRandom;

use nn_tensor::Scalar;

use crate::error::check;
use crate::samples::all_rows;
use crate::{DataError, Dataset, Result, Samples};

/// How large a part of the data is: `0.25` is a share of it, `50` a number of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// A share between 0 and 1, rounded to the nearest number of samples.
    Share(f64),
    /// A number of samples.
    Count(usize),
}

impl From<f64> for Part {
    fn from(share: f64) -> Self {
        Self::Share(share)
    }
}

impl From<usize> for Part {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl Part {
    /// How many that is, where it and the rest have at least one sample each.
    fn of(self, samples: usize) -> Result<usize> {
        let part = match self {
            Self::Count(count) => count,
            Self::Share(share) => {
                check("the share", share, |share| 0.0 < share && share < 1.0, "between 0 and 1")?;
                (share * samples as f64).round() as usize
            }
        };
        let parts = 1..samples;
        if parts.contains(&part) { Ok(part) } else { Err(DataError::EmptyPart { part, samples }) }
    }
}

/// Splits data at random into a part to train on and a part to test on, in that order.
///
/// The meaning is that of scikit-learn's `train_test_split(test_size=test)`, but for the rounding
/// of a share, which there is upwards.
///
/// ```
/// use nn_data::{Dataset, circle, train_test_split};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data: Dataset = circle(200, &mut rng)?;
/// let (train, test) = train_test_split(&data, 0.25, &mut rng)?;
/// assert_eq!((train.len(), test.len()), (150, 50));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Parameter`] where a share is not between 0 and 1, [`DataError::EmptyPart`] where one
/// of the two parts would have no samples, and a shape error where there is no memory for them.
pub fn train_test_split<D: Samples, R: Rng + ?Sized>(
    data: &D,
    test: impl Into<Part>,
    rng: &mut R,
) -> Result<(D, D)> {
    let count = test.into().of(data.count())?;
    let order = shuffled(data.count(), rng)?;
    let (test, train) = order.split_at(count);
    select_both(data, train, test)
}

/// [`train_test_split`] that keeps the share of each class, to within one sample.
///
/// Of a class of `m` among `n` samples, `m·test/n` are tested. Where that is not a whole number, it
/// is rounded so that the whole is as asked for: up for the largest remainders, the first class first
/// where they are equal.
///
/// ```
/// use nn_data::{Dataset, iris, stratified_split};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = iris()?.data;
/// let (train, test) = stratified_split(&data, 0.2, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(train.class_counts()?, [40, 40, 40]);
/// assert_eq!(test.class_counts()?, [10, 10, 10]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// As [`train_test_split`].
pub fn stratified_split<T: Scalar, R: Rng + ?Sized>(
    data: &Dataset<T>,
    test: impl Into<Part>,
    rng: &mut R,
) -> Result<(Dataset<T>, Dataset<T>)> {
    let count = test.into().of(data.len())?;
    let order = by_class(data, rng)?;
    let classes: Vec<&[usize]> =
        order.chunk_by(|&a, &b| data.labels()[a] == data.labels()[b]).collect();
    let sizes: Vec<usize> = classes.iter().map(|rows| rows.len()).collect();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (rows, tested) in classes.iter().zip(apportion(count, &sizes)) {
        test.extend(&rows[..tested]);
        train.extend(&rows[tested..]);
    }
    train.shuffle(rng);
    test.shuffle(rng);
    select_both(data, &train, &test)
}

/// The samples in two lists of rows.
pub(crate) fn select_both<D: Samples>(
    data: &D,
    first: &[usize],
    second: &[usize],
) -> Result<(D, D)> {
    Ok((data.select(first)?, data.select(second)?))
}

/// The rows in a random order.
pub(crate) fn shuffled<R: Rng + ?Sized>(rows: usize, rng: &mut R) -> Result<Vec<usize>> {
    let mut order = all_rows(rows)?;
    order.shuffle(rng);
    Ok(order)
}

/// The rows by class, in a random order within each.
pub(crate) fn by_class<T: Scalar, R: Rng + ?Sized>(
    data: &Dataset<T>,
    rng: &mut R,
) -> Result<Vec<usize>> {
    let mut order = shuffled(data.len(), rng)?;
    order.sort_by_key(|&row| data.labels()[row]);
    Ok(order)
}

/// `seats` divided in proportion to `sizes`, whose sum is not 0, by largest remainders.
fn apportion(seats: usize, sizes: &[usize]) -> Vec<usize> {
    let whole: usize = sizes.iter().sum();
    let quotas = sizes.iter().map(|&size| size as u128 * seats as u128);
    let (mut shares, remainders): (Vec<usize>, Vec<u128>) =
        quotas.map(|quota| ((quota / whole as u128) as usize, quota % whole as u128)).unzip();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(remainders[class]));
    let left = seats - shares.iter().sum::<usize>();
    for &class in &by_remainder[..left] {
        shares[class] += 1;
    }
    shares
}
