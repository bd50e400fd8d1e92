//! Mish, `x·tanh(ln(1 + eˣ)) = x·n / (n + 2)` with `n = e·(e + 2)` and `e = eˣ`, and its slope,
//! `(n·(n + 2) + 4·x·e·(1 + e)) / (n + 2)²`.

use super::exp::{TINY, exp_pair, power_of_two};
use super::pair::Pair;
use super::{bounded, brief};

/// `e` and `n` for an `x` from -200, below which the function and its slope are 0, to 40, above which they
/// are `x` and 1.
#[inline(always)]
fn single_gate(x: f64) -> (f64, f64) {
    let e = brief::exp(x);
    (e, e * (e + 2.0))
}

/// `x·tanh(ln(1 + eˣ))`
#[inline(always)]
pub(crate) fn single(x: f32) -> f32 {
    let x = f64::from(x);
    let x = if x < -200.0 { -200.0 } else { x };
    let (_, n) = single_gate(if x > 40.0 { 40.0 } else { x });
    (x * (n / (n + 2.0))) as f32
}

/// The slope of [`single`].
#[inline(always)]
pub(crate) fn single_slope(x: f32) -> f32 {
    let x = bounded(f64::from(x), -200.0, 40.0);
    let (e, n) = single_gate(x);
    let d = n + 2.0;
    (n.mul_add(d, 4.0 * x * e * (1.0 + e)) / (d * d)) as f32
}

/// `x` between the bounds of `f64`, `e` and `n`, which are larger by 2¹⁰⁴, so that what may be subnormal is
/// rounded there at the end.
#[inline(always)]
fn double_gate(x: f64) -> (f64, Pair, Pair) {
    let x = bounded(x, -753.0, 40.0);
    let (k, e) = exp_pair(x.into());
    let e = e.times_power(power_of_two(k + 104.0));
    (x, e, e.times(unscaled_plus(e, 2.0)))
}

/// `2⁻¹⁰⁴·x + y`
#[inline(always)]
fn unscaled_plus(x: Pair, y: f64) -> Pair {
    x.times_power(TINY).plus_any(y.into())
}

/// `x·tanh(ln(1 + eˣ))`
#[inline(always)]
pub(crate) fn double(x: f64) -> f64 {
    let (bounded, _, n) = double_gate(x);
    let y = n.over(unscaled_plus(n, 2.0)).round_times(bounded) * TINY;
    if x > 40.0 { x } else { y.copysign(x) }
}

/// The slope of [`double`].
#[inline(always)]
pub(crate) fn double_slope(x: f64) -> f64 {
    let (x, e, n) = double_gate(x);
    let d = unscaled_plus(n, 2.0);
    let bend = e.times(unscaled_plus(e, 1.0)).times(Pair::from(4.0 * x));
    n.times(d).plus_any(bend).over(d.times(d)).round() * TINY
}
