//! `exp` and `exp_m1`: x = k·ln 2 + r, and eˣ = 2ᵏ·eʳ with |r| ≤ ½·ln 2.

use super::polynomial;

/// `(eʳ - 1 - r) / r²` for `|r| ≤ ½·ln 2`: error 1.4e-18.
const EXP_TAIL: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326136,
    0.0013888888888883748,
    0.00019841269874820627,
    2.4801587325547743e-05,
    2.7557255400206422e-06,
    2.75572736431103e-07,
    2.5105217004720745e-08,
    2.0914686968086876e-09,
];

/// ln 2 in two parts, the first with 21 trailing zeros, so that its product with `k` is exact.
pub(super) const LN_2: (f64, f64) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);

/// Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits.
pub(super) const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2ᵏ for an integer `k` from -1022 to 1023.
#[inline(always)]
pub(super) fn power_of_two(k: f64) -> f64 {
    f64::from_bits((k + ROUND).to_bits().wrapping_add(1023) << 52)
}

/// `k` and `eʳ - 1` of the reduction above.
#[inline(always)]
fn reduce(x: f64) -> (f64, f64) {
    let k = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    let high = x - k * LN_2.0;
    let low = k * LN_2.1;
    let r = high - low;
    (k, high - (low - r * r * polynomial(r, &EXP_TAIL)))
}

/// `eˣ`
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    exp_times(x, 1.0)
}

/// `eˣ·factor` for a moderate factor, rounded to a subnormal only once.
#[inline(always)]
pub(super) fn exp_times(x: f64, factor: f64) -> f64 {
    // Beyond these bounds the result is 0 or infinite anyway; a NaN passes both comparisons.
    let x = if x < -800.0 { -800.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let (k, tail) = reduce(x);
    // 2ᵏ in two factors: k goes below -1022 for subnormal results, and up to 1024.
    let half = (0.5 * k + ROUND) - ROUND;
    (1.0 + tail) * factor * power_of_two(half) * power_of_two(k - half)
}

/// `eˣ - 1`, exact to the last bit or two near 0 as well.
#[inline(always)]
pub(crate) fn exp_m1(x: f64) -> f64 {
    let clamped = if x < -40.0 { -40.0 } else { x };
    let clamped = if clamped > 710.0 { 710.0 } else { clamped };
    let (k, tail) = reduce(clamped);
    // 2ᵏ·(1 + tail) - 1, at half scale so that k = 1024 does not overflow early.
    let half_power = power_of_two(k - 1.0);
    let y = 2.0 * (half_power * tail + (half_power - 0.5));
    // Below 2⁻⁵⁴ the result is x itself, of which the half scale could lose the last bit.
    if x.abs() < 5.6e-17 { x } else { y }
}
