//! `tanh` and the logistic function, both from exponentials that cannot overflow.

use super::exp::{TINY, exp_pair, half_exp_m1, power_of_two};
use super::pair::Pair;

/// `tanh x = -h / (1 + h)` with `h = ½·(exp(-2|x|) - 1)`, which is small where `x` is.
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let h = half_exp_m1(-2.0 * x.abs());
    (-h).over(Pair::from(1.0).plus(h)).round().copysign(x)
}

/// `2¹⁰⁴ / (1 + exp(-x))` for `x` from -754 to 600.
#[inline(always)]
pub(super) fn sigmoid_pair(x: Pair) -> Pair {
    // All is smaller by 2⁻¹⁰⁴, so that e⁷⁵⁴ does not overflow.
    let (k, e) = exp_pair(-x);
    let power = power_of_two(k - 104.0);
    let high = e.high * power;
    let (larger, smaller) = if high > TINY { (high, TINY) } else { (TINY, high) };
    let sum = Pair::sum(larger, smaller);
    Pair::from(1.0).over(Pair { high: sum.high, low: power.mul_add(e.low, sum.low) })
}

/// `1 / (1 + exp(-x))`
#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    // Beyond these bounds it is 0 or 1.
    let bounded = if x < -750.0 { -750.0 } else { x };
    let bounded = if bounded > 40.0 { 40.0 } else { bounded };
    sigmoid_pair(bounded.into()).round() * TINY
}
