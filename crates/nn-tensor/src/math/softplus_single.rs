//! Softplus in `f32`, `ln(1 + eˣ) = max(x, 0) + ln(1 + exp(-|x|))`.

use super::single::{DOWN, LN_2, exp_tail, fma, polynomial, reduce_with_power};

/// `(ln((1 + s) / (1 - s)) - 2s) / s³` in `s²`, for `s ≤ ⅓`: error 7.2e-9.
const LN_TAIL: [f32; 5] = [0.666_666_7, 0.399_997_06, 0.285_923_57, 0.217_065_75, 0.232_243_3];

/// 2⁶⁴
const POWER_UP: f32 = 1.0 / DOWN;

/// `ln(1 + exp(beta·x)) / beta`
#[inline(always)]
pub(crate) fn single(x: f32, beta: f64) -> f32 {
    let (reciprocal, reciprocal_error) = split(1.0 / beta);
    let (beta, beta_error) = split(beta);
    let product = x * beta;
    // Beyond this bound it is 0 for all but the smallest beta, and beyond 40 it is x.
    let far = product.abs() > 120.0;
    let error = fma(x, beta_error, fma(x, beta, -product));
    let product = if far { 120.0_f32.copysign(product) } else { product };
    let error = if far { 0.0 } else { error };
    let (positive, positive_error) = if product > 0.0 { (product, error) } else { (0.0, 0.0) };
    let (a, a_error) = if product > 0.0 { (product, error) } else { (-product, -error) };
    let (logarithm, rest) = scaled_ln_1p_exp(a, a_error);
    let positive = positive * POWER_UP;
    let (larger, smaller) =
        if positive > logarithm { (positive, logarithm) } else { (logarithm, positive) };
    let high = larger + smaller;
    let low = (smaller - (high - larger)) + fma(positive_error, POWER_UP, rest);
    let y = fma(high, reciprocal, fma(high, reciprocal_error, low * reciprocal)) * DOWN;
    if product > 40.0 { x } else { y }
}

/// The nearest `f32`, and what it leaves out.
#[inline(always)]
pub(super) fn split(x: f64) -> (f32, f32) {
    (x as f32, (x - f64::from(x as f32)) as f32)
}

/// `2⁶⁴·ln(1 + e⁻ᵃ)` and its error for `a` from 0 to 120 with an error of its own, as
/// `ln((1 + s) / (1 - s))` with `s = 1 / (1 + 2eᵃ)`.
#[inline(always)]
fn scaled_ln_1p_exp(a: f32, a_error: f32) -> (f32, f32) {
    // s = 2ᵏ / (2ᵏ + 2 + 2r + 2w), of which r is exact.
    let (power, k, r) = reduce_with_power(-a);
    let r = -r;
    let rest = fma(k, LN_2.1, a_error);
    let w = exp_tail(r + rest, rest);
    let start = fma(power, DOWN, 2.0);
    let sum = fma(2.0, r + w, start);
    let error = fma(2.0, w, fma(2.0, r, start - sum)) + fma(power, DOWN, 2.0 - start);
    // One step of Newton's brings in the error of the sum, and that of the division.
    let reciprocal = 1.0 / sum;
    let residual = fma(-reciprocal, error, fma(-reciprocal, sum, 1.0));
    let s = power * reciprocal;
    let root = s * DOWN;
    let square = root * root;
    let low = fma(s * square, polynomial(square, &LN_TAIL), 2.0 * s * residual);
    (2.0 * s, low)
}
