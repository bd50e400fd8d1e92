//! Points inside and outside a circle.

use nn_tensor::Scalar;
use rand::{Rng, RngExt};

use super::draw::draw;
use crate::{Dataset, Result};

/// `samples` points uniform in `[-1.5, 1.5]²`: class 1 inside the unit circle, class 0 outside.
///
/// About 35 % of the points are inside. No straight line tells the classes apart. Two circles, one
/// within the other, are [`circles`](super::circles).
///
/// ```
/// use nn_data::{Dataset, circle};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Dataset = circle(1000, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!((data.inputs().rows(), data.inputs().columns(), data.classes()), (1000, 2, 2));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples, and a shape error
/// where there is no memory for them.
pub fn circle<T: Scalar, R: Rng + ?Sized>(samples: usize, rng: &mut R) -> Result<Dataset<T>> {
    let (points, labels) = draw(samples, 2, |_| {
        // As the point is stored, so that rounding never puts it on the other side.
        let [x, y] = [(); 2].map(|()| T::from_f64(3.0 * rng.random::<f64>() - 1.5).to_f64());
        ([x, y], usize::from(x * x + y * y < 1.0))
    })?;
    Dataset::new(points, labels, 2)
}
