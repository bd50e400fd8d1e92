//! The normal distribution in `f32`.
//!
//! For `a ≥ 0`, `Φ(-a) = exp(-a²/2) · P(t) / (a + 4)`, where `t = (a - 4) / (a + 4)`, as in
//! [`super::gauss_integral`]. Of a rounding error no more than a tenth of a unit may be left in the end, as the
//! last operation rounds as well. So every number that matters goes with what its rounding left out:
//! that is what the names with `error` are.

use super::single::{DOWN, LN_2, UP, exp_tail, fma, polynomial, power_of_two, reduce, scale};

/// The first two coefficients of `P`, and what `f32` leaves out of the first.
const START: [f32; 3] = [0.755_285_14, -0.607_896_6, -1.270_456_3e-8];

/// The other coefficients of `P`: relative error 2.5e-9.
const REST: [f32; 9] = [
    0.387_137_32,
    -0.186_522_1,
    0.060_397_975,
    -0.007_539_459,
    -0.003_489_591,
    0.001_628_973_8,
    0.000_165_556_02,
    -0.000_216_048_17,
    -4.164_578e-5,
];

/// `1 / √(2π)`, and what `f32` leaves out of it.
const DENSITY_AT_0: (f32, f32) = (0.398_942_3, -1.133_517_3e-8);

/// `|x|` where it is not far out; a NaN passes. Beyond the bound `x·Φ(-x)` is less than half of the
/// smallest number.
#[inline(always)]
fn bounded(x: f32) -> f32 {
    if x.abs() > 15.0 { 15.0 } else { x.abs() }
}

/// `k`, `r` and `w` with `exp(-a²/2) = 2ᵏ·(1 + r + w)`, of which `r` is exact.
#[inline(always)]
fn gaussian(a: f32) -> (f32, f32, f32) {
    let half = -0.5 * a;
    let square = half * a;
    let (k, r) = reduce(square);
    let rest = fma(k, -LN_2.1, fma(half, a, -square));
    (k, r, exp_tail(r + rest, rest))
}

/// `p·(1 + r + w)` and its error, for `p` with an error of its own.
#[inline(always)]
fn times_exp((p, p_error): (f32, f32), r: f32, w: f32) -> (f32, f32) {
    let product = fma(p, r, p);
    let error = fma(p, w, fma(p, r, p - product));
    (product, fma(p_error, 1.0 + (r + w), error))
}

/// `1 / (a + 4)` rounded, and the `P` and its error by which it is to be multiplied.
#[inline(always)]
fn scaled_tail(a: f32) -> (f32, (f32, f32)) {
    let sum = a + 4.0;
    let reciprocal = 1.0 / sum;
    let t = fma(-8.0, reciprocal, 1.0);
    let [c0, c1, c0_error] = START;
    let rest = polynomial(t, &REST);
    let q = fma(t, rest, c1);
    let p = fma(t, q, c0);
    let p_error = fma(t, fma(t, rest, c1 - q), fma(t, q, c0 - p) + c0_error);
    // P so far is that of the a for which `reciprocal` and `t` are exact. With R(a) = P / (a + 4), whose
    // derivative is a·R - φ(0), a step of first order leads from there to this a.
    let step = fma(-sum, fma(-reciprocal, sum, 1.0), a - (sum - 4.0));
    let derivative = fma(a, p - DENSITY_AT_0.0, -4.0 * DENSITY_AT_0.0);
    (reciprocal, (p, fma(step, derivative, p_error)))
}

/// `Φ(x)`
#[inline(always)]
pub(crate) fn normal_cdf(x: f32) -> f32 {
    let a = bounded(x);
    let (k, r, w) = gaussian(a);
    let (reciprocal, p) = scaled_tail(a);
    let (product, error) = times_exp(p, r, w);
    let reciprocal = scale(reciprocal, k, UP);
    let tail = fma(reciprocal, product, reciprocal * error);
    if x < 0.0 { tail * DOWN } else { fma(-tail, DOWN, 1.0) }
}

/// `exp(-x²/2) / √(2π)`
#[inline(always)]
pub(crate) fn normal_density(x: f32) -> f32 {
    let (k, r, w) = gaussian(bounded(x));
    let (product, error) = times_exp(DENSITY_AT_0, r, w);
    (product + error) * power_of_two(k, UP) * DOWN
}
