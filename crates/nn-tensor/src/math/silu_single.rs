//! The sigmoid linear unit in `f32`, and what it has in common with the approximation of GELU.

use super::single::{DOWN, LN_2, exp_tail, fma, reduce_with_power};

/// `x·σ(x)`
#[inline(always)]
pub(crate) fn single(x: f32) -> f32 {
    // Beyond this bound x·σ(-x) is less than half of the smallest number.
    let a = if x.abs() > 110.0 { 110.0 } else { x.abs() };
    times_sigmoid(x, a, (a, 0.0))
}

/// `x·σ(±u)`, given `a`, which is `|x|` or a bound, and a `u ≥ 0` of some 150 at the most with its
/// error; the sign is that of `x`. For positive `x` it is taken as `x - x·σ(-u)`.
#[inline(always)]
pub(super) fn times_sigmoid(x: f32, a: f32, (u, u_error): (f32, f32)) -> f32 {
    // σ(-u) = 2ᵏ / (2ᵏ + 1 + r + w), of which r is exact.
    let (power, k, r) = reduce_with_power(-u);
    let r = -r;
    let rest = fma(k, LN_2.1, u_error);
    let w = exp_tail(r + rest, rest);
    let start = fma(power, DOWN, 1.0);
    let sum = start + (r + w);
    let error = (((start - sum) + r) + w) + fma(power, DOWN, 1.0 - start);
    // One step of Newton's brings in the error of the sum, and that of the division.
    let share = 1.0 / sum;
    let residual = fma(-share, error, fma(-share, sum, 1.0));
    let scaled = a * power;
    let product = scaled * share;
    let tail = product + fma(product, residual, fma(scaled, share, -product));
    fma(-tail, DOWN, if x < 0.0 { 0.0 } else { x })
}
