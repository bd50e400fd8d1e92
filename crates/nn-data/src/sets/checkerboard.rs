//! The squares of a checkerboard.

use nn_tensor::Scalar;
use rand::Rng;

use super::draw::{draw, point_in_square};
use super::noise::Noise;
use crate::error::at_least_one;
use crate::{Dataset, Result};

/// `samples` points uniform in `[-1, 1)²`, on a board of `squares × squares`: class 0 in the square at
/// `(-1, -1)`, and the other class in each square beside one.
///
/// The square of a point `(x, y)` is `(⌊s·(x + 1)/2⌋, ⌊s·(y + 1)/2⌋)`, where `s` is `squares`, and its
/// class is 0 where the sum of the two is even. After that, normal noise of standard deviation `noise`
/// is added to both coordinates, so that some points stray into the squares beside theirs.
///
/// ```
/// use nn_data::{Dataset, checkerboard};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = checkerboard(1000, 4, 0.0, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!((data.len(), data.classes()), (1000, 2));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples or no squares,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `noise` is not finite and at least 0,
/// and a shape error where there is no memory for them.
pub fn checkerboard<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    squares: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    at_least_one("squares", squares)?;
    let noise = Noise::new("noise", noise)?;
    let (points, labels) = draw(samples, 2, |_| {
        let point = point_in_square(rng);
        let [column, row] = point.map(|x| (squares as f64 * ((x + 1.0) / 2.0)) as usize % 2);
        (noise.around(point, rng), column ^ row)
    })?;
    Dataset::new(points, labels, 2)
}
