//! `x - tanh x`, which is `⅓·x³` where `x` is small.

use super::brief;
use super::exp::half_exp_m1;
use super::pair::Pair;
use super::polynomial;

/// `(x - tanh x) / x³` in `x²`, for `x ≤ 0.55`: error 3.2e-13.
const NEAR_SINGLE: [f64; 8] = [
    0.3333333333330133,
    -0.13333333319778815,
    0.05396824451257416,
    -0.02186923608915792,
    0.00885990445394119,
    -0.0035680076623922107,
    0.0013570987618154516,
    -0.00036903745235464236,
];

/// `((x - tanh x) / x³ - ⅓) / x²` in `x²`, for `x ≤ 0.55`: error 9.0e-20.
const NEAR: [f64; 12] = [
    -0.13333333333333333,
    0.05396825396825388,
    -0.02186948853614159,
    0.00886323552905868,
    -0.003592128009517538,
    0.001455833873713683,
    -0.0005900212441825362,
    0.00023907961114642766,
    -9.664935494850837e-05,
    3.832021089561296e-05,
    -1.3666525931522826e-05,
    3.1913231879770836e-06,
];

/// ⅓ and what `f64` leaves out of it.
const THIRD: Pair = Pair { high: 0.3333333333333333, low: 1.850371707708594e-17 };

/// `x - tanh x`
#[inline(always)]
pub(crate) fn single(x: f32) -> f32 {
    let a = f64::from(x.abs());
    let square = a * a;
    let near = a * square * polynomial(square, &NEAR_SINGLE);
    let e = brief::exp(if a > 40.0 { 80.0 } else { a + a });
    let far = (a - 1.0) + 2.0 / (e + 1.0);
    ((if a < 0.55 { near } else { far }) as f32).copysign(x)
}

/// `x - tanh x`
#[inline(always)]
pub(crate) fn double(x: f64) -> f64 {
    /// 2³⁰⁰, by which the cube is scaled, so that what may be subnormal is rounded once, at the end.
    const HUGE: f64 = (1_u128 << 100) as f64 * (1_u128 << 100) as f64 * (1_u128 << 100) as f64;
    let a = x.abs();
    let square = Pair::product(a, a);
    let factor = Pair::sum(THIRD.high, square.high * polynomial(square.high, &NEAR));
    let factor = Pair { high: factor.high, low: factor.low + THIRD.low };
    let near = factor.times(Pair::from(a * HUGE)).times(square).round() * (1.0 / HUGE);
    // tanh x = -h / (1 + h) with h = ½·(exp(-2x) - 1), as in `super::tanh`.
    let h = half_exp_m1(-2.0 * a);
    let far = Pair::from(a).plus(h.over(Pair::from(1.0).plus(h))).round();
    let far = if a > 1e20 { a } else { far };
    (if a < 0.55 { near } else { far }).copysign(x)
}
