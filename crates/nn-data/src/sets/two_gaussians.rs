//! Two clouds.

use nn_tensor::Scalar;
use rand::Rng;

use super::blobs;
use crate::{Dataset, Result};

/// `samples` points in two normal clouds in turn: class 0 around `(-2, -2)`, class 1 around `(2, 2)`.
///
/// `deviation` is the standard deviation of the clouds in each coordinate. A straight line tells them
/// apart as well as anything can. In the TensorFlow playground, whose data these are, a noise of 0 is
/// a deviation of √½, and the largest noise one of 2.
///
/// ```
/// use nn_data::{Dataset, two_gaussians};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = two_gaussians(100, 0.5, &mut ChaCha8Rng::seed_from_u64(0))?;
/// for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
///     assert_eq!(*label == 1, point[0] + point[1] > 0.0);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// As [`blobs`].
pub fn two_gaussians<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    deviation: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    blobs(samples, [[-2.0, -2.0], [2.0, 2.0]], deviation, rng)
}
