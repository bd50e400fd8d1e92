//! The exact values, to far more digits than an `f32` has.
//!
//! They are composed of pxfm's functions in `f64`, which are within a rounding or so of exact: one
//! part in half a thousand million of what is counted here. Where such a rounding comes before an
//! exponential it is multiplied by the exponent, which is at most 110: still nothing. Nowhere is a
//! difference taken of what is nearly equal; where a slope has a zero, its roundings stay as small
//! beside 1 as they were.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use pxfm::{f_erfc, f_exp, f_expm1, f_log1p, f_tanh};

/// `λ` and `λ·α`, of SELU.
const SELU: [f64; 2] = [1.0507009873554805, 1.7580993408473768];

pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + f_exp(-x))
}

pub(crate) fn sigmoid_slope(x: f64) -> f64 {
    sigmoid(x) * sigmoid(-x)
}

pub(crate) fn log_sigmoid(x: f64) -> f64 {
    -softplus(-x)
}

pub(crate) fn tanh_slope(x: f64) -> f64 {
    4.0 * sigmoid_slope(2.0 * x)
}

/// `Φ(x)`, by the complementary error function, which does not cancel where `Φ` is small.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    0.5 * f_erfc(-x * FRAC_1_SQRT_2)
}

pub(crate) fn normal_density(x: f64) -> f64 {
    0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * f_exp(-0.5 * x * x)
}

/// `x·g` where `g` vanishes faster than `x` grows.
fn times_vanishing(x: f64, g: f64) -> f64 {
    if g == 0.0 { 0.0 } else { x * g }
}

pub(crate) fn gelu(x: f64) -> f64 {
    times_vanishing(x, normal_cdf(x))
}

pub(crate) fn gelu_slope(x: f64) -> f64 {
    normal_cdf(x) + times_vanishing(x, normal_density(x))
}

/// What `σ` is applied to, with its slope: `½·(1 + tanh u)` is `σ(2u)` without a cancellation.
fn gelu_tanh_gate(x: f64) -> [f64; 2] {
    let factor = FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * 2.0;
    let slope = factor * (1.0 + 3.0 * 0.044_715 * x * x);
    [factor * (x + 0.044_715 * x * x * x), slope]
}

pub(crate) fn gelu_tanh(x: f64) -> f64 {
    times_vanishing(x, sigmoid(gelu_tanh_gate(x)[0]))
}

pub(crate) fn gelu_tanh_slope(x: f64) -> f64 {
    let [u, slope] = gelu_tanh_gate(x);
    let bend = sigmoid_slope(u);
    sigmoid(u) + if bend == 0.0 { 0.0 } else { x * slope * bend }
}

pub(crate) fn silu(x: f64) -> f64 {
    times_vanishing(x, sigmoid(x))
}

pub(crate) fn silu_slope(x: f64) -> f64 {
    sigmoid(x) + times_vanishing(x, sigmoid_slope(x))
}

/// `n` with `tanh(ln(1 + eˣ)) = n / (n + 2)`, kept finite.
fn mish_gate(x: f64) -> f64 {
    let e = f_exp(if x > 300.0 { 300.0 } else { x });
    e * (e + 2.0)
}

pub(crate) fn mish(x: f64) -> f64 {
    let n = mish_gate(x);
    times_vanishing(x, n / (n + 2.0))
}

pub(crate) fn mish_slope(x: f64) -> f64 {
    let n = mish_gate(x);
    // The slope of tanh u is 1 - tanh² u, here as a product without a cancellation.
    let bend = 4.0 * (n + 1.0) / ((n + 2.0) * (n + 2.0)) * sigmoid(x);
    n / (n + 2.0) + times_vanishing(x, bend)
}

pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + f_log1p(f_exp(-x)) } else { f_log1p(f_exp(x)) }
}

pub(crate) fn softsign(x: f64) -> f64 {
    if x.is_infinite() { x.signum() } else { x / (1.0 + x.abs()) }
}

pub(crate) fn softsign_slope(x: f64) -> f64 {
    1.0 / ((1.0 + x.abs()) * (1.0 + x.abs()))
}

/// Near 0 by its series.
pub(crate) fn tanhshrink(x: f64) -> f64 {
    let z = x * x;
    let series = 62.0 / 2835.0 - z * (1382.0 / 155_925.0);
    let series = x * z * (1.0 / 3.0 - z * (2.0 / 15.0 - z * (17.0 / 315.0 - z * series)));
    if x.abs() < 0.02 { series } else { x - f_tanh(x) }
}

pub(crate) fn tanhshrink_slope(x: f64) -> f64 {
    f_tanh(x) * f_tanh(x)
}

pub(crate) fn elu(x: f64) -> f64 {
    if x > 0.0 { x } else { f_expm1(x) }
}

pub(crate) fn elu_slope(x: f64) -> f64 {
    if x > 0.0 { 1.0 } else { f_exp(x) }
}

pub(crate) fn selu(x: f64) -> f64 {
    if x > 0.0 { SELU[0] * x } else { SELU[1] * f_expm1(x) }
}

pub(crate) fn selu_slope(x: f64) -> f64 {
    if x > 0.0 { SELU[0] } else { SELU[1] * f_exp(x) }
}

/// Between two bounds; a NaN stays one.
pub(crate) fn clamp(x: f64, least: f64, most: f64) -> f64 {
    if x < least {
        least
    } else if x > most {
        most
    } else {
        x
    }
}

pub(crate) fn hardswish(x: f64) -> f64 {
    if x < -3.0 { 0.0 } else { x * (clamp(x + 3.0, 0.0, 6.0) / 6.0) }
}

pub(crate) fn hardswish_slope(x: f64) -> f64 {
    let slope = if x < 3.0 { (2.0 * x + 3.0) / 6.0 } else { 1.0 };
    if x <= -3.0 { 0.0 } else { slope }
}

/// `x` where it is further from 0 than ½, less `off` of that.
pub(crate) fn shrink(x: f64, off: f64) -> f64 {
    if x.abs() <= 0.5 { 0.0 } else { x - off.copysign(x) }
}
