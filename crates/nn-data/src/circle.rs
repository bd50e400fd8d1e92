//! Points inside and outside a circle.

use nn_tensor::{Matrix, Scalar};
use rand::{Rng, RngExt};

use crate::dataset::room_for;
use crate::error::at_least_one;
use crate::{Dataset, Result};

/// `samples` points uniform in `[-1.5, 1.5]²`: class 1 inside the unit circle, class 0 outside.
///
/// About 35 % of the points are inside. No straight line tells the classes apart.
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
    at_least_one("samples", samples)?;
    let mut points = Matrix::try_zeros(samples, 2)?;
    let mut labels = room_for(&points)?;
    for i in 0..samples {
        let point = [(); 2].map(|()| T::from_f64(3.0 * rng.random::<f64>() - 1.5));
        // By the point as it is stored, so that rounding never puts it on the other side.
        let [x, y] = point.map(T::to_f64);
        labels.push(usize::from(x * x + y * y < 1.0));
        [points[(i, 0)], points[(i, 1)]] = point;
    }
    Dataset::new(points, labels, 2)
}
