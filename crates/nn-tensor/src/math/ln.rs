//! `ln` and `ln_1p`: x = 2ᵏ·(1 + f), and ln(1 + f) = ln((1 + s) / (1 - s)) with s = f / (2 + f).

use super::exp::{LN_2, ROUND};
use super::polynomial;

/// `(ln((1 + s) / (1 - s)) - 2s) / s³` in `s²`: error 2.1e-18.
const LN_TAIL: [f64; 8] = [
    0.6666666666666666,
    0.4000000000000088,
    0.2857142857080285,
    0.22222222391887064,
    0.18181795621632782,
    0.15386240708969665,
    0.13268746195596595,
    0.13086907887965027,
];

/// `k·ln 2 + ln(1 + f) + c` for a small correction `c`.
#[inline(always)]
fn assemble(k: f64, f: f64, c: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let tail = s * z.mul_add(polynomial(z, &LN_TAIL), half_square);
    let sum = LN_2.times(k.into()).plus(f.into());
    // The square is not rounded before it is taken away.
    let low = (-0.5 * f).mul_add(f, tail + c);
    sum.high + (sum.low + low)
}

/// `x = 2ᵏ·m` with `m` from √½ to √2, for a positive normal `x`.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    let bits = x.to_bits().wrapping_sub(SQRT_HALF);
    // The exponent becomes a float by way of the low bits of 1.5·2⁵².
    let exponent = ((bits as i64) >> 52) as u64;
    let k = f64::from_bits(ROUND.to_bits().wrapping_add(exponent)) - ROUND;
    (k, f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(SQRT_HALF)))
}

/// `ln x`; negative infinity at 0, NaN below.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    let subnormal = x < f64::MIN_POSITIVE;
    let (k, m) = split(if subnormal { x * 18_014_398_509_481_984.0 } else { x });
    let y = assemble(if subnormal { k - 54.0 } else { k }, m - 1.0, 0.0);
    limits(x, y)
}

/// `ln(1 + x)`, accurate near 0 as well; negative infinity at -1, NaN below.
#[inline(always)]
pub(crate) fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let (k, m) = split(u);
    // What rounding 1 + x lost, relative to u.
    let lost = if x < 1.0 { x - (u - 1.0) } else { 1.0 - (u - x) };
    let exact = k == 0.0;
    let f = if exact { x } else { m - 1.0 };
    let y = assemble(k, f, if exact { 0.0 } else { lost / u });
    if x == 0.0 { x } else { limits(u, y) }
}

/// `y` where `x` is positive and finite, and the limits of the logarithm elsewhere.
#[inline(always)]
fn limits(x: f64, y: f64) -> f64 {
    let y = if x == f64::INFINITY { x } else { y };
    let y = if x == 0.0 { f64::NEG_INFINITY } else { y };
    if x >= 0.0 { y } else { f64::NAN }
}
