//! Gradients kept within bounds.

use std::ops::Add;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Real, Scalar};

use crate::{OptimError, Result};

/// Shrinks the gradients to a norm of at most `max_norm`, in their direction, and returns the norm
/// that they had (`torch.nn.utils.clip_grad_norm_`).
///
/// ```text
/// norm = (Σ |gᵢ|ᵖ)^(1/p)                       p = norm_type; max |gᵢ| where p is infinite
/// g ← g·min(1, max_norm / (norm + 1e-6))
/// ```
///
/// The norm is worked out in `f64`, and from `g / max |gᵢ|` where a power would overflow or vanish.
/// With an infinite `max_norm` the norm is only measured.
///
/// ```
/// use nn_layers::Network;
/// use nn_optim::{CrossEntropy, Optimizer, Sgd, clip_grad_norm, value_and_gradient};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut network = Network::<f64>::builder(2).dense(2).build(&mut rng)?;
/// let mut optimizer = Optimizer::new(Sgd::default(), &network)?;
/// let mut trace = network.trace();
/// let inputs = Matrix::from([[50.0, -50.0], [100.0, 200.0]]);
///
/// value_and_gradient(&network, &CrossEntropy::default(), &inputs, &[0, 1], &mut trace)?;
/// let norm = clip_grad_norm(trace.gradients_mut(), 1.0, 2.0)?;
/// optimizer.step(&mut network, &trace)?;
/// assert!(norm > 1.0);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`OptimError::Hyperparameter`] where `max_norm` is negative or NaN, or `norm_type` not above 0;
/// [`OptimError::NonFiniteNorm`] where the norm is infinite or NaN, as with PyTorch's
/// `error_if_nonfinite=True`: scaling by it would leave nothing but 0 and NaN. The gradients are then
/// as they were.
pub fn clip_grad_norm<T: Scalar>(
    gradients: &mut [T],
    max_norm: f64,
    norm_type: f64,
) -> Result<f64> {
    check_bound("max_norm", max_norm)?;
    if norm_type.is_nan() || norm_type <= 0.0 {
        let (name, allowed) = ("norm_type", "above 0");
        return Err(OptimError::Hyperparameter { name, value: norm_type, allowed });
    }
    let norm = norm(gradients, norm_type);
    if !norm.is_finite() {
        return Err(OptimError::NonFiniteNorm { norm });
    }
    let share = max_norm / (norm + 1e-6);
    if share < 1.0 {
        dispatch(Map { gradients, f: |g: T| T::from_f64(share * g.to_f64()) });
    }
    Ok(norm)
}

/// Brings each gradient to within `-clip_value` and `clip_value`
/// (`torch.nn.utils.clip_grad_value_`).
///
/// Infinite gradients are clipped as well; a NaN stays one, for
/// [`Optimizer::step`](crate::Optimizer::step) to refuse.
///
/// ```
/// use nn_optim::clip_grad_value;
///
/// let mut gradients = [0.1, -3.0, f32::INFINITY];
/// clip_grad_value(&mut gradients, 0.5)?;
/// assert_eq!(gradients, [0.1, -0.5, 0.5]);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`OptimError::Hyperparameter`] where `clip_value` is negative or NaN. The gradients are then as
/// they were.
pub fn clip_grad_value<T: Scalar>(gradients: &mut [T], clip_value: f64) -> Result<()> {
    check_bound("clip_value", clip_value)?;
    let bound = T::from_f64(clip_value);
    dispatch(Map { gradients, f: |g: T| g.maximum(-bound).minimum(bound) });
    Ok(())
}

/// Refuses what is below 0 or NaN.
fn check_bound(name: &'static str, value: f64) -> Result<()> {
    if value >= 0.0 {
        return Ok(());
    }
    Err(OptimError::Hyperparameter { name, value, allowed: "at least 0" })
}

/// `(Σ |gᵢ|ᵖ)^(1/p)`
fn norm<T: Scalar>(gradients: &[T], p: f64) -> f64 {
    let largest = || fold(gradients, |largest, g| Real::maximum(g.abs(), largest), Real::maximum);
    if p.is_infinite() {
        return largest();
    }
    let root = |sum: f64| if p == 2.0 { sum.sqrt() } else { libm::pow(sum, 1.0 / p) };
    let sum = power_sum(gradients, p, 1.0);
    if (1e-200..1e200).contains(&sum) {
        return root(sum);
    }
    // A power has overflowed, or those that count have vanished.
    let largest = largest();
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let scale = 1.0 / largest.max(f64::MIN_POSITIVE);
    root(power_sum(gradients, p, scale)) / scale
}

/// `Σ |scale·gᵢ|ᵖ`
fn power_sum<T: Scalar>(gradients: &[T], p: f64, scale: f64) -> f64 {
    if p == 2.0 {
        fold(gradients, |sum, g| sum + (scale * g) * (scale * g), Add::add)
    } else {
        fold(gradients, |sum, g| sum + libm::pow((scale * g).abs(), p), Add::add)
    }
}

/// Adds each gradient to one of several results from 0, which are then joined.
fn fold<T: Scalar>(
    gradients: &[T],
    add: impl Fn(f64, f64) -> f64,
    join: impl Fn(f64, f64) -> f64,
) -> f64 {
    dispatch(Fold { gradients, add }).into_iter().fold(0.0, join)
}

/// Enough results side by side for the widest vectors not to wait for the last.
const LANES: usize = 32;

struct Fold<'a, T, F> {
    gradients: &'a [T],
    add: F,
}

impl<T: Scalar, F: Fn(f64, f64) -> f64> Kernel<T> for Fold<'_, T, F> {
    type Output = [f64; LANES];

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) -> Self::Output {
        let mut lanes = [0.0; LANES];
        let (chunks, rest) = self.gradients.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, g) in lanes.iter_mut().zip(chunk) {
                *lane = (self.add)(*lane, g.to_f64());
            }
        }
        for (lane, g) in lanes.iter_mut().zip(rest) {
            *lane = (self.add)(*lane, g.to_f64());
        }
        lanes
    }
}

/// `g ← f(g)`
struct Map<'a, T, F> {
    gradients: &'a mut [T],
    f: F,
}

impl<T: Scalar, F: Fn(T) -> T> Kernel<T> for Map<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        for g in self.gradients {
            *g = (self.f)(*g);
        }
    }
}
