//! A circle within a circle.

use std::f64::consts::TAU;

use nn_tensor::Scalar;
use rand::Rng;

use super::draw::draw;
use super::noise::Noise;
use crate::error::check;
use crate::{Dataset, Result};

/// Two circles around the origin: `samples / 2` points on the unit circle, class 0, then the others
/// on one of radius `factor`, class 1.
///
/// Of `n` points on a circle, the `i`th is at the angle `2πi/n`; normal noise of standard deviation
/// `noise` is added to both coordinates. This is scikit-learn's `make_circles`, not shuffled.
///
/// ```
/// use nn_data::{Dataset, circles};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = circles(100, 0.5, 0.05, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(data.class_counts()?, [50, 50]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `factor` is not at least 0 and below
/// 1 or `noise` is not finite and at least 0, and a shape error where there is no memory for them.
pub fn circles<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    factor: f64,
    noise: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    check("factor", factor, |factor| (0.0..1.0).contains(&factor), "at least 0 and below 1")?;
    let noise = Noise::new("noise", noise)?;
    let outside = samples / 2;
    let (points, labels) = draw(samples, 2, |row| {
        let (i, count, radius, class) = if row < outside {
            (row, outside, 1.0, 0)
        } else {
            (row - outside, samples - outside, factor, 1)
        };
        let (sin, cos) = libm::sincos(TAU * (i as f64 / count as f64));
        (noise.around([radius * cos, radius * sin], rng), class)
    })?;
    Dataset::new(points, labels, 2)
}
