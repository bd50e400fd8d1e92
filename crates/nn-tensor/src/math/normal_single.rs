//! The normal distribution for `f32`, in `f64` with no more terms than `f32` can show.

use super::exp::{ROUND, power_of_two};

/// `Φ(-x)·exp(x²/2)·(x + 4)` in `t = (x - 4) / (x + 4)` for `x` from 0 to 15: relative error 2.9e-9.
const TAIL_SCALED: [f64; 11] = [
    0.7552851306230107,
    -0.6078966590908522,
    0.3871373679985599,
    -0.18652128140252128,
    0.06039753308782922,
    -0.00754526826571505,
    -0.003489317276115056,
    0.001645219297359636,
    0.00017105461158686258,
    -0.0002317986783423407,
    -5.1556593298561416e-05,
];

/// `(eʳ - 1 - r) / r²` for `|r| ≤ ½·ln 2`: error 1.5e-9.
const EXP_TAIL: [f64; 6] = [
    0.500000001353873,
    0.16666666681704215,
    0.04166646419740569,
    0.008333310844647862,
    0.0013933730715792083,
    0.00019891080463998843,
];

/// `c₀ + c₁·x + c₂·x² + …`
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    for &c in coefficients[..N - 1].iter().rev() {
        sum = sum.mul_add(x, c);
    }
    sum
}

/// Beyond this, `x·Φ(-x)` is below half of the smallest number.
const FAR: f64 = 15.0;

/// `exp(-x²/2)` and `Φ(-x)` for `0 ≤ x ≤ 15`. The square of an `f32` is exact.
#[inline(always)]
fn density_and_tail(x: f64) -> (f64, f64) {
    let y = -0.5 * x * x;
    let k = y.mul_add(std::f64::consts::LOG2_E, ROUND) - ROUND;
    let r = k.mul_add(-std::f64::consts::LN_2, y);
    let density = (1.0 + polynomial(r, &EXP_TAIL).mul_add(r * r, r)) * power_of_two(k);

    let share = 1.0 / (x + 4.0);
    let scaled = polynomial((x - 4.0) * share, &TAIL_SCALED) * share;
    (density, density * scaled)
}

/// `|x|` where it is not far out; a NaN passes.
#[inline(always)]
fn bounded(x: f32) -> f64 {
    let magnitude = f64::from(x.abs());
    if magnitude > FAR { FAR } else { magnitude }
}

/// `Φ(x)`
#[inline(always)]
pub(crate) fn normal_cdf(x: f32) -> f32 {
    let (_, tail) = density_and_tail(bounded(x));
    (if x < 0.0 { tail } else { 1.0 - tail }) as f32
}

/// `exp(-x²/2) / √(2π)`
#[inline(always)]
pub(crate) fn normal_density(x: f32) -> f32 {
    let (density, _) = density_and_tail(bounded(x));
    (density * 0.398_942_280_401_432_7) as f32
}

/// `x·Φ(x)`
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    let magnitude = bounded(x);
    let (_, tail) = density_and_tail(magnitude);
    let product = magnitude * tail;
    (if x < 0.0 { -product } else { f64::from(x) - product }) as f32
}
