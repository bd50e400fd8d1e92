//! Mish, `x·tanh(ln(1 + eˣ)) = x·n / (n + 2)` with `n = eˣ·(eˣ + 2)`.

use super::brief;
use super::exp::{TINY, exp_pair, power_of_two};
use super::pair::Pair;

/// `x·tanh(ln(1 + eˣ))`
#[inline(always)]
pub(crate) fn single(x: f32) -> f32 {
    // Beyond -200 it is 0, and beyond 40 it is x.
    let x = f64::from(x);
    let x = if x < -200.0 { -200.0 } else { x };
    let e = brief::exp(if x > 40.0 { 40.0 } else { x });
    let n = e * (e + 2.0);
    (x * (n / (n + 2.0))) as f32
}

/// `x·tanh(ln(1 + eˣ))`
#[inline(always)]
pub(crate) fn double(x: f64) -> f64 {
    // Beyond -753 it is 0, and beyond 40 it is x.
    let bounded = if x < -753.0 { -753.0 } else { x };
    let bounded = if bounded > 40.0 { 40.0 } else { bounded };
    // Numerators are larger by 2¹⁰⁴, so that what may be subnormal is rounded there at the end.
    let (k, e) = exp_pair(bounded.into());
    let e = e.times_power(power_of_two(k + 104.0));
    let n = e.times(plus_2(e.times_power(TINY)));
    let y = n.over(plus_2(n.times_power(TINY))).round_times(bounded) * TINY;
    if x > 40.0 { x } else { y.copysign(x) }
}

/// `x + 2` for a positive `x`.
#[inline(always)]
fn plus_2(x: Pair) -> Pair {
    let (larger, smaller) = if x.high > 2.0 { (x.high, 2.0) } else { (2.0, x.high) };
    let sum = Pair::sum(larger, smaller);
    Pair { high: sum.high, low: sum.low + x.low }
}
