//! Softplus, `ln(1 + eˣ) = max(x, 0) + ln(1 + exp(-|x|))`.

use super::exp::{TINY, exp_pair, power_of_two};
use super::pair::Pair;
use super::polynomial;
pub(crate) use super::softplus_single::single;

/// `(ln((1 + s) / (1 - s)) - 2s) / s³` in `s²`, for `s ≤ ⅓`: error 6.7e-20.
const LN_TAIL: [f64; 12] = [
    0.6666666666666666,
    0.40000000000000013,
    0.2857142857142194,
    0.22222222223331986,
    0.18181818086005655,
    0.15384620253804163,
    0.13333176949138179,
    0.11767997767241035,
    0.10480399234365274,
    0.09942024896554735,
    0.06334110851770246,
    0.15231262619428984,
];

/// 2¹⁰⁴
const HUGE: f64 = 1.0 / TINY;

/// `ln(1 + exp(beta·x)) / beta`
#[inline(always)]
pub(crate) fn double(x: f64, beta: f64) -> f64 {
    let product = Pair::product(x, beta);
    // Beyond -775 it is 0 for all but the smallest beta, and beyond 40 it is x.
    let far = product.high > 40.0;
    let u = if product.high < -775.0 { Pair::from(-775.0) } else { product };
    let u = if far { Pair::from(40.0) } else { u };
    // All is larger by 2¹⁰⁴, so that what may be subnormal is rounded there at the end.
    let (positive, negative) =
        if u.high > 0.0 { (u.times_power(HUGE), -u) } else { (Pair::from(0.0), u) };
    let logarithm = scaled_ln_1p_exp(negative);
    let (larger, smaller) =
        if positive.high > logarithm.high { (positive, logarithm) } else { (logarithm, positive) };
    let y = larger.plus(smaller).over(beta.into()).round() * TINY;
    if far { x } else { y }
}

/// `2¹⁰⁴·ln(1 + eˣ)` for `x` from -775 to 0, as `ln((1 + s) / (1 - s))` with `s = eˣ / (2 + eˣ)`.
#[inline(always)]
fn scaled_ln_1p_exp(x: Pair) -> Pair {
    let (k, e) = exp_pair(x);
    let scaled = e.times_power(power_of_two(k + 104.0));
    let s = scaled.over(Pair::from(2.0).plus(scaled.times_power(TINY)));
    let root = s.high * TINY;
    let square = root * root;
    let low = (s.high * square).mul_add(polynomial(square, &LN_TAIL), 2.0 * s.low);
    Pair { high: 2.0 * s.high, low }.normalized()
}
