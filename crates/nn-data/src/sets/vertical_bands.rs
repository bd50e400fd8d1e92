//! Clouds side by side.

use nn_tensor::Scalar;
use rand::Rng;

use super::draw::{draw, rows_of};
use super::noise::Noise;
use crate::{Dataset, Result};

/// As many clouds side by side as there are `classes`, each of `samples` points, one class after
/// another.
///
/// The points of class `c` are normal around `(c/3, ½)` with standard deviation 0.1 in each
/// coordinate. These are the vertical data of the `nnfs` package (Kinsley and Kukieła, "Neural
/// networks from scratch in Python", 2020).
///
/// ```
/// use nn_data::{Dataset, vertical_bands};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = vertical_bands(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(data.class_counts()?, [100, 100, 100]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples or no classes, and a
/// shape error where there is no memory for them.
pub fn vertical_bands<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    classes: usize,
    rng: &mut R,
) -> Result<Dataset<T>> {
    let noise = Noise::new("noise", 0.1)?;
    let (points, labels) = draw(rows_of(samples, classes)?, 2, |row| {
        let class = row / samples;
        (noise.around([class as f64 / 3.0, 0.5], rng), class)
    })?;
    Dataset::new(points, labels, classes)
}
