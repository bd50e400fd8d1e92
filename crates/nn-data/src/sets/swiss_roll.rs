//! A Swiss roll, seen from the side.

use std::f64::consts::PI;

use nn_tensor::Scalar;
use rand::{Rng, RngExt};

use super::draw::draw_regression;
use super::noise::Noise;
use crate::{Regression, Result};

/// `samples` points `(t·cos t, t·sin t)` of a roll in the plane; the target is the place `t` along it,
/// uniform from 1.5π to 4.5π.
///
/// Normal noise of standard deviation `noise` is added to both coordinates. This is scikit-learn's
/// `make_swiss_roll` without the axis along which the roll does not change.
///
/// ```
/// use nn_data::{Regression, swiss_roll};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Regression<f64> = swiss_roll(100, 0.0, &mut ChaCha8Rng::seed_from_u64(0))?;
/// for (point, target) in data.inputs().iter_rows().zip(data.targets().as_slice()) {
///     assert!((point[0].hypot(point[1]) - target).abs() < 1e-14);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `noise` is not finite and at least 0,
/// and a shape error where there is no memory for them.
pub fn swiss_roll<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Regression<T>> {
    let noise = Noise::new("noise", noise)?;
    draw_regression(samples, |_| {
        let t = 1.5 * PI * (1.0 + 2.0 * rng.random::<f64>());
        let (sin, cos) = libm::sincos(t);
        (noise.around([t * cos, t * sin], rng), t)
    })
}
