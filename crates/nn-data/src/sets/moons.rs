//! Two moons.

use std::f64::consts::PI;

use nn_tensor::Scalar;
use rand::Rng;

use super::draw::{draw, evenly};
use super::noise::Noise;
use crate::{Dataset, Result};

/// Two half circles that reach into each other: `samples / 2` points on the upper one, class 0, then
/// the others on the lower one, class 1.
///
/// The angle `t` runs evenly from 0 to π. The points are `(cos t, sin t)` of the upper moon and
/// `(1 - cos t, ½ - sin t)` of the lower, and normal noise of standard deviation `noise` is added to
/// both coordinates. This is scikit-learn's `make_moons`, not shuffled.
///
/// ```
/// use nn_data::{Dataset, moons};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = moons(100, 0.1, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(data.class_counts()?, [50, 50]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `noise` is not finite and at least 0,
/// and a shape error where there is no memory for them.
pub fn moons<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    let noise = Noise::new("noise", noise)?;
    let upper = samples / 2;
    let (points, labels) = draw(samples, 2, |row| {
        let (point, class) = if row < upper {
            let (sin, cos) = libm::sincos(PI * evenly(row, upper));
            ([cos, sin], 0)
        } else {
            let (sin, cos) = libm::sincos(PI * evenly(row - upper, samples - upper));
            ([1.0 - cos, 0.5 - sin], 1)
        };
        (noise.around(point, rng), class)
    })?;
    Dataset::new(points, labels, 2)
}
