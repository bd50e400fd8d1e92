//! `exp` and `exp_m1`: x = k·ln 2 + r, and eˣ = 2ᵏ·eʳ with |r| ≤ ½·ln 2.

use super::pair::Pair;
use super::polynomial;

/// `(eʳ - 1 - r - ½r²) / r³` for `|r| ≤ ½·ln 2`: error 8.1e-18.
const EXP_CUBIC: [f64; 10] = [
    0.16666666666666669,
    0.041666666666666664,
    0.008333333333330062,
    0.0013888888888886552,
    0.00019841269863053618,
    2.4801587317144498e-05,
    2.7557268459997064e-06,
    2.755728296954995e-07,
    2.510038549551032e-08,
    2.0911236630261545e-09,
];

/// ln 2 and what `f64` leaves out of it.
pub(super) const LN_2: Pair = Pair { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };

/// Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2ᵏ for an integer `k` from -1022 to 1023.
#[inline(always)]
pub(super) fn power_of_two(k: f64) -> f64 {
    f64::from_bits((k + ROUND).to_bits().wrapping_add(1023) << 52)
}

/// 2⁻¹⁰⁴, the last factor of what may be subnormal.
pub(super) const TINY: f64 = f64::EPSILON * f64::EPSILON;

/// `y·2ᵏ` for an integer `k` from -1126 to 919, rounded once more only where that is subnormal.
#[inline(always)]
pub(super) fn scale(y: f64, k: f64) -> f64 {
    y * power_of_two(k + 104.0) * TINY
}

/// `k` and `eʳ - 1` of the reduction above, with `r` as the high part of the latter.
#[inline(always)]
fn reduce(x: Pair) -> (f64, Pair) {
    let k = x.high.mul_add(std::f64::consts::LOG2_E, ROUND) - ROUND;
    // The high part is exact: a multiple of 2⁻⁵⁴ below ½.
    let high = k.mul_add(-LN_2.high, x.high);
    let r = Pair::sum(high, k.mul_add(-LN_2.low, x.low));
    let square = Pair::product(r.high, r.high);
    let low = square.low.mul_add(0.5, r.low.mul_add(r.high, r.low));
    let low = (square.high * r.high).mul_add(polynomial(r.high, &EXP_CUBIC), low);
    (k, Pair { high: r.high, low: square.high.mul_add(0.5, low) })
}

/// `k` and `eʳ`.
#[inline(always)]
pub(super) fn exp_pair(x: Pair) -> (f64, Pair) {
    let (k, r) = reduce(x);
    (k, Pair::from(1.0).plus(r).normalized())
}

/// `exp(-|x|)`
#[inline(always)]
pub(crate) fn exp_minus_abs(x: f64) -> f64 {
    exp(-x.abs())
}

/// `½·(eˣ - 1)` for `x ≤ 710`: half, so that e⁷¹⁰ does not overflow early.
#[inline(always)]
pub(super) fn half_exp_m1(x: f64) -> Pair {
    // Below this, 1 is all that is left.
    let x = if x < -40.0 { -40.0 } else { x };
    let (k, r) = reduce(x.into());
    let power = power_of_two(k - 1.0);
    let (larger, smaller) = if k > 0.0 { (power, -0.5) } else { (-0.5, power) };
    Pair::sum(larger, smaller).plus(r.times_power(power)).normalized()
}

/// `eˣ`
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    // Beyond these bounds the result is 0 or infinite anyway; a NaN passes both comparisons.
    let x = if x < -800.0 { -800.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let (k, y) = exp_pair(x.into());
    // 2ᵏ in two factors: k goes below -1022 for subnormal results, and up to 1024.
    let half = k.mul_add(0.5, ROUND) - ROUND;
    y.high * power_of_two(half) * power_of_two(k - half)
}

/// `eˣ - 1`, accurate near 0 as well.
#[inline(always)]
pub(crate) fn exp_m1(x: f64) -> f64 {
    let bounded = if x > 710.0 { 710.0 } else { x };
    let y = 2.0 * half_exp_m1(bounded).high;
    // Below 2⁻⁵⁴ the result is x itself, of which the half scale could lose the last bit.
    if x.abs() < 5.6e-17 { x } else { y }
}
