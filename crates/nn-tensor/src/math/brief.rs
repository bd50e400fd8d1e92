//! `eˣ` in `f64`, with as many digits as a result in `f32` asks for.
//!
//! Twice the digits are enough to forget about rounding, so that formulas stand here as in a book,
//! and this takes a third of the work of the function that is exact in `f64`.

use super::exp::{LN_2, ROUND, power_of_two};
use super::polynomial;

/// `(eʳ - 1 - r) / r²` for `|r| ≤ ½·ln 2`: error 1.4e-9.
const EXP_TAIL: [f64; 6] = [
    0.500000001346581,
    0.16666666681623232,
    0.041666464925285904,
    0.0083333109254809,
    0.0013933649996309251,
    0.00019890990824673654,
];

/// 2ᵏ and `t` with `eˣ = 2ᵏ·(1 + t)` for `x` from -700 to 700.
#[inline(always)]
pub(super) fn exp_parts(x: f64) -> (f64, f64) {
    let k = x.mul_add(std::f64::consts::LOG2_E, ROUND) - ROUND;
    let r = k.mul_add(-LN_2.high, x);
    (power_of_two(k), (r * r).mul_add(polynomial(r, &EXP_TAIL), r))
}

/// `eˣ` for `x` from -700 to 700.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    let (power, t) = exp_parts(x);
    power.mul_add(t, power)
}
