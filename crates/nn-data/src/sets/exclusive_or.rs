//! Points in the quadrants of the plane.

use nn_tensor::Scalar;
use rand::Rng;

use super::checkerboard;
use crate::{Dataset, Result};

/// `samples` points uniform in `[-1, 1)²`: class 1 where exactly one coordinate is negative, class 0
/// elsewhere.
///
/// After that, normal noise of standard deviation `noise` is added to both coordinates, so that some
/// points stray into another quadrant. This is the problem of exclusive or, which no network without
/// a hidden layer solves (Minsky and Papert, "Perceptrons", 1969), and the smallest [`checkerboard`].
///
/// ```
/// use nn_data::{Dataset, exclusive_or};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = exclusive_or(100, 0.0, &mut ChaCha8Rng::seed_from_u64(0))?;
/// for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
///     assert_eq!(*label == 1, (point[0] < 0.0) ^ (point[1] < 0.0));
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// As [`checkerboard`].
pub fn exclusive_or<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    checkerboard(samples, 2, noise, rng)
}
