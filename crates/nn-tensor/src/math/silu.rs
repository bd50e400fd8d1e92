//! The sigmoid linear unit, `x / (1 + e⁻ˣ)`.

use super::exp::TINY;
use super::single::{DOWN, LN_2, UP, exp_tail, fma, power_of_two, reduce};
use super::tanh::sigmoid_pair;

/// `x·σ(x)`; for positive `x` as `x - x·σ(-x)`.
#[inline(always)]
pub(crate) fn single(x: f32) -> f32 {
    // Beyond this bound x·σ(-x) is less than half of the smallest number.
    let a = if x.abs() > 110.0 { 110.0 } else { x.abs() };
    // σ(-a) = 2⁻ᵏ / (2⁻ᵏ + 1 + r + w), of which r is exact.
    let (k, r) = reduce(a);
    let rest = k * -LN_2.1;
    let w = exp_tail(r + rest, rest);
    let power = power_of_two(-k, UP);
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

/// `x·σ(x)`
#[inline(always)]
pub(crate) fn double(x: f64) -> f64 {
    // Beyond -753 it is 0, and beyond 40 it is x.
    let bounded = if x < -753.0 { -753.0 } else { x };
    let bounded = if bounded > 40.0 { 40.0 } else { bounded };
    let y = sigmoid_pair(bounded.into()).round_times(bounded) * TINY;
    if x > 40.0 { x } else { y.copysign(x) }
}
