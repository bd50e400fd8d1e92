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
    let n = e.times(plus(e.times_power(TINY), 2.0));
    let y = n.over(plus(n.times_power(TINY), 2.0)).round_times(bounded) * TINY;
    if x > 40.0 { x } else { y.copysign(x) }
}

/// The slope, `(n·(n + 2) + 4·x·e·(1 + e)) / (n + 2)²` with `e = eˣ`.
#[inline(always)]
pub(crate) fn single_slope(x: f32) -> f32 {
    // Beyond these bounds it is 0 or 1.
    let x = f64::from(x);
    let x = if x < -200.0 { -200.0 } else { x };
    let x = if x > 40.0 { 40.0 } else { x };
    let e = brief::exp(x);
    let n = e * (e + 2.0);
    let d = n + 2.0;
    (n.mul_add(d, 4.0 * x * e * (1.0 + e)) / (d * d)) as f32
}

/// The slope, as [`single_slope`].
#[inline(always)]
pub(crate) fn double_slope(x: f64) -> f64 {
    let x = if x < -753.0 { -753.0 } else { x };
    let x = if x > 40.0 { 40.0 } else { x };
    // Numerators are larger by 2¹⁰⁴, as in `double`.
    let (k, e) = exp_pair(x.into());
    let scaled = e.times_power(power_of_two(k + 104.0));
    let e = scaled.times_power(TINY);
    let n = scaled.times(plus(e, 2.0));
    let d = plus(n.times_power(TINY), 2.0);
    let bend = scaled.times(plus(e, 1.0)).times(Pair::from(4.0 * x));
    let whole = n.times(d);
    let sum = Pair::sum_of_any(whole.high, bend.high);
    let sum = Pair { high: sum.high, low: sum.low + (whole.low + bend.low) };
    sum.over(d.times(d)).round() * TINY
}

/// `x + y` for a pair `x`.
#[inline(always)]
fn plus(x: Pair, y: f64) -> Pair {
    let sum = Pair::sum_of_any(x.high, y);
    Pair { high: sum.high, low: sum.low + x.low }
}
