//! `tanh` and the logistic function, both from exponentials that cannot overflow.

use super::exp::{exp_pair, half_exp_m1, power_of_two, scale};
use super::pair::Pair;

/// `tanh x = -h / (1 + h)` with `h = ½·(exp(-2|x|) - 1)`, which is small where `x` is.
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let h = half_exp_m1(-2.0 * x.abs());
    let sum = Pair::sum(1.0, h.high);
    let divisor = Pair { high: sum.high, low: sum.low + h.low };
    (-h).over(divisor).round().copysign(x)
}

/// `k` and `y` with `1 / (1 + exp(-x)) = y·2ᵏ`.
#[inline(always)]
pub(super) fn sigmoid_pair(x: Pair) -> (f64, Pair) {
    // e^(-|x|) ≤ 1, so neither form overflows, and the small one keeps its relative accuracy.
    let negative = x.high < 0.0;
    let (k, e) = exp_pair(if negative { x } else { -x });
    // Whatever is far below the last place of 1 serves in its stead.
    let power = power_of_two(if k < -200.0 { -200.0 } else { k });
    let sum = Pair::sum(1.0, power * e.high);
    let divisor = Pair { high: sum.high, low: power.mul_add(e.low, sum.low) };
    let one = Pair::from(1.0);
    let (k, dividend) = if negative { (k, e) } else { (0.0, one) };
    (k, dividend.over(divisor))
}

/// `1 / (1 + exp(-x))`
#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    let bounded = if x < -800.0 { -800.0 } else { x };
    let bounded = if bounded > 40.0 { 40.0 } else { bounded };
    let (k, y) = sigmoid_pair(bounded.into());
    scale(y.round(), k)
}
