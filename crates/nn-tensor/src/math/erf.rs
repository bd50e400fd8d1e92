//! The error function, its complement, and the distribution function of the normal law.
//!
//! Away from 0, `erfc x = exp(-x²) · P(t) / (1 + 2x)`, where `t = (x - 4) / (x + 4)` folds all of
//! `[0, ∞]` into `[-1, 1]` and one polynomial serves (after Shepherd and Laframboise, "Chebyshev
//! approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", Mathematics of Computation 36, 1981).

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

use super::exp::exp_times;
use super::{exact_product, polynomial};

/// `erf x / x - 1` in `x²` for `|x| ≤ 1`: error 7.4e-18.
const ERF_TAIL: [f64; 12] = [
    0.12837916709551256,
    -0.37612638903183543,
    0.11283791670945006,
    -0.02686617064323777,
    0.0052239776071164225,
    -0.0008548325975389692,
    0.00012055294904839707,
    -1.492473690741966e-05,
    1.6447424703317362e-06,
    -1.6208483801871705e-07,
    1.3720064546777686e-08,
    -7.795898827002142e-10,
];

/// `(1 + 2x)·exp(x²)·erfc x` in `t = (x - 4) / (x + 4)` for `x ≥ 0`: error 1.8e-18.
const ERFC_SCALED: [f64; 26] = [
    1.2329951186255526,
    -0.1396211168405625,
    0.01537965210261959,
    0.0680970542546913,
    -0.1010390660362999,
    0.0937328349984105,
    -0.06633036581219905,
    0.03716751553632399,
    -0.01619773405968329,
    0.0050319699895242515,
    -0.000757773262030915,
    -0.00019925676026410458,
    0.00015062149237837335,
    -2.43989944557621e-05,
    -1.1221292615314274e-05,
    5.709314113532492e-06,
    2.9198219084548256e-07,
    -8.25078338681245e-07,
    7.74606863568198e-08,
    1.1025271999000152e-07,
    -2.05545313698593e-08,
    -1.4806988146925795e-08,
    3.1672611119361695e-09,
    1.825695118953907e-09,
    -2.655726616312575e-10,
    -1.4311318470928162e-10,
];

/// `exp(-s·x²)·factor` for `s` a power of two: the rounding error of `x²` is carried, as it would
/// otherwise be multiplied by `s·x²`.
#[inline(always)]
fn exp_of_square(s: f64, x: f64, factor: f64) -> f64 {
    let (square, error) = exact_product(x, x);
    exp_times(-s * square, factor * (1.0 - s * error))
}

/// `erf x` for `|x| ≤ 1`.
#[inline(always)]
fn erf_small(x: f64) -> f64 {
    x + x * polynomial(x * x, &ERF_TAIL)
}

/// `erfc x` for `x ≥ 0`. Beyond 28 it is 0.
#[inline(always)]
fn erfc_positive(x: f64) -> f64 {
    let x = if x > 28.0 { 28.0 } else { x };
    let t = (x - 4.0) / (x + 4.0);
    exp_of_square(1.0, x, polynomial(t, &ERFC_SCALED) / (1.0 + 2.0 * x))
}

/// `erf x = 2/√π ∫₀ˣ exp(-t²) dt`
#[inline(always)]
pub(crate) fn erf(x: f64) -> f64 {
    let magnitude = x.abs();
    let far = (1.0 - erfc_positive(magnitude)).copysign(x);
    if magnitude < 1.0 { erf_small(x) } else { far }
}

/// `erfc x = 1 - erf x`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn erfc(x: f64) -> f64 {
    let far = erfc_positive(x.abs());
    let far = if x < 0.0 { 2.0 - far } else { far };
    if x.abs() < 0.5 { 1.0 - erf_small(x) } else { far }
}

/// `Φ(x) = ½·erfc(-x/√2)`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let tail = normal_tail(x.abs(), 1.0);
    let far = if x < 0.0 { tail } else { 1.0 - tail };
    if x.abs() < 0.7 { normal_cdf_small(x) } else { far }
}

/// `x·Φ(x)`, of which a tiny value is rounded to a subnormal only once.
#[inline(always)]
pub(crate) fn gelu(x: f64) -> f64 {
    let magnitude = if x.abs() > 39.0 { 39.0 } else { x.abs() };
    let tail = normal_tail(magnitude, magnitude);
    let far = if x < 0.0 { -tail } else { x - tail };
    if x.abs() < 0.7 { x * normal_cdf_small(x) } else { far }
}

/// `Φ(x)` for `|x| ≤ 0.7`.
#[inline(always)]
fn normal_cdf_small(x: f64) -> f64 {
    0.5 + 0.5 * erf_small(x * FRAC_1_SQRT_2)
}

/// `factor·Φ(-x)` for `x ≥ 0`. Beyond 39 it is 0.
#[inline(always)]
fn normal_tail(x: f64, factor: f64) -> f64 {
    let x = if x > 39.0 { 39.0 } else { x };
    let t = (x - 4.0 * SQRT_2) / (x + 4.0 * SQRT_2);
    let scaled = polynomial(t, &ERFC_SCALED) / (1.0 + SQRT_2 * x);
    exp_of_square(0.5, x, 0.5 * factor * scaled)
}

/// `φ(x) = exp(-x²/2) / √(2π)`
#[inline(always)]
pub(crate) fn normal_density(x: f64) -> f64 {
    const SCALE: f64 = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
    let magnitude = if x.abs() > 39.0 { 39.0 } else { x.abs() };
    exp_of_square(0.5, magnitude, SCALE)
}
