//! A period of the sine.

use std::f64::consts::TAU;

use nn_tensor::Scalar;
use rand::Rng;

use super::draw::draw_regression;
use super::noise::Noise;
use crate::{Regression, Result};

/// `samples` points of one period of the sine: the `i`th input is `x = i/samples`, its target
/// `sin 2πx`.
///
/// Normal noise of standard deviation `noise` is added to the targets. With a noise of 0 these are
/// the sine data of the `nnfs` package (Kinsley and Kukieła, "Neural networks from scratch in
/// Python", 2020).
///
/// ```
/// use nn_data::{Regression, sine};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data: Regression = sine(1000, 0.0, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!((data.inputs()[(250, 0)], data.targets()[(250, 0)]), (0.25, 1.0));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `noise` is not finite and at least 0,
/// and a shape error where there is no memory for them.
pub fn sine<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Regression<T>> {
    let noise = Noise::new("noise", noise)?;
    draw_regression(samples, |i| {
        let x = i as f64 / samples as f64;
        ([x], libm::sin(TAU * x) + noise.draw(rng))
    })
}
