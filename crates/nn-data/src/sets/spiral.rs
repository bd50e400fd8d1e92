//! Arms of a spiral.

use nn_tensor::Scalar;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::draw::{draw, evenly, rows_of};
use crate::{Dataset, Result};

/// As many arms of a spiral as there are `classes`, each of `samples` points, one class after
/// another.
///
/// Along arm `c`, the radius `r` runs evenly from 0 to 1 and the angle `t` evenly from `4c` to
/// `4(c + 1)`, with normal noise of standard deviation 0.2 added to the angle; the point is
/// `(r·sin 2.5t, r·cos 2.5t)`. These are the data of the `nnfs` package (Kinsley and Kukieła,
/// "Neural networks from scratch in Python", 2020), after Karpathy's course notes for CS231n.
///
/// ```
/// use nn_data::{Dataset, spiral};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = spiral(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!((data.inputs().rows(), data.inputs().columns(), data.classes()), (300, 2, 3));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples or no classes, and a
/// shape error where there is no memory for them.
pub fn spiral<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    classes: usize,
    rng: &mut R,
) -> Result<Dataset<T>> {
    let (points, labels) = draw(rows_of(samples, classes)?, 2, |row| {
        let class = row / samples;
        let radius = evenly(row % samples, samples);
        let noise: f64 = rng.sample(StandardNormal);
        let angle = 4.0 * (class as f64 + radius) + 0.2 * noise;
        let (sin, cos) = libm::sincos(2.5 * angle);
        ([radius * sin, radius * cos], class)
    })?;
    Dataset::new(points, labels, classes)
}
