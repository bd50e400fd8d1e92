//! The functions that most networks spend their time in, in `f32` alone: four times as many values
//! to a vector of these as where `f64` is passed through, and still within 1 ulp.
//!
//! Where a rounding error would show, it is carried along: the fused multiplication and addition
//! gives the error of a product, and a sum's error is what is left when its parts are taken away.

pub(crate) use super::gelu_single::{gelu, gelu_slope};
pub(crate) use super::gelu_tanh_single::gelu_tanh;
use super::lanes::Lanes;
pub(crate) use super::normal_single::{normal_cdf, normal_density};

/// `a·b + c`, rounded once.
#[inline(always)]
pub(super) fn fma(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

/// `(eʳ - 1 - r) / r²` for `|r| ≤ ½·ln 2`: error 3.2e-9 in `eʳ`.
const EXP_TAIL: [f32; 5] = [0.5, 0.166_665_2, 0.041_666_403, 0.008_368_827, 0.001_394_064_7];

/// `(ln(1 + f) - f + ½f²) / f³` for `f` from `√½ - 1` to `√2 - 1`: error 2.9e-8.
const LN_TAIL: [f32; 9] = [
    0.333_333_3,
    -0.249_999_97,
    0.200_007_16,
    -0.166_678_02,
    0.142_490_4,
    -0.124_256_54,
    0.116_855_8,
    -0.114_800_68,
    0.069_715_75,
];

/// `(tanh a - a) / a³` in powers of `a²` for `a ≤ 0.64`: relative error 5.4e-9 in `tanh a`.
const TANH_NEAR: [f32; 5] =
    [-0.333_332_72, 0.133_311_44, -0.053_713_337, 0.020_549_217, -0.005_601_142];

/// `(e²ʳ - 1 - 2r) / r²` for `|r| ≤ ¼·ln 2`: error 3.2e-9 in `e²ʳ`.
const TANH_FAR: [f32; 5] = [2.0, 1.333_321_6, 0.666_662_45, 0.267_802_48, 0.089_220_144];

/// ln 2 in two parts, the first with nine trailing zeros, so that its product with `k` is exact.
pub(super) const LN_2: (f32, f32) = (0.693_145_75, 1.428_606_8e-6);

/// Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
pub(super) const ROUND: f32 = 12_582_912.0;

/// What may be subnormal is computed 2⁶⁴ times too large, so that it is rounded once, at the end.
pub(super) const UP: i32 = 64;
/// 2⁻⁶⁴
pub(super) const DOWN: f32 = 1.0 / 18_446_744_073_709_551_616.0;

/// `c₀ + c₁·x + c₂·x² + …`
#[inline(always)]
pub(super) fn polynomial<L: Lanes, const N: usize>(x: L, coefficients: &[f32; N]) -> L {
    let mut sum = x.all(coefficients[N - 1]);
    for &c in coefficients[..N - 1].iter().rev() {
        sum = sum.mul_add(x, x.all(c));
    }
    sum
}

/// 2ᵏ⁺ˢ for integers with `k + s` from -126 to 127.
#[inline(always)]
pub(super) fn power_of_two(k: f32, s: i32) -> f32 {
    f32::from_bits((k + ROUND).to_bits().wrapping_add((127 + s) as u32) << 23)
}

/// What rounds to an integer `k` as [`ROUND`] does, and leaves the exponent of `2ᵏ⁺ᵁᴾ` in the low bits.
const ROUND_UP: f32 = ROUND + (127 + UP) as f32;

/// As [`reduce`], with `2ᵏ⁺ᵁᴾ` before, for `k` from -190 to 63.
#[inline(always)]
pub(super) fn reduce_with_power<L: Lanes>(x: L) -> (L, L, L) {
    let sum = x.mul_add(x.all(std::f32::consts::LOG2_E), x.all(ROUND_UP));
    let k = sum - x.all(ROUND_UP);
    (sum.exponent_from_low_bits(), k, k.mul_add(x.all(-LN_2.0), x))
}

/// `x·2ᵏ⁺ˢ` for a normal `x` and a normal result: its exponent is added to.
#[inline(always)]
pub(super) fn scale(x: f32, k: f32, s: i32) -> f32 {
    let power = (k + ROUND).to_bits().wrapping_add(s as u32) << 23;
    f32::from_bits(x.to_bits().wrapping_add(power))
}

/// `k` and `r = x - k·L` with the first part `L` of ln 2, exactly; `|r|` is hardly above ½·ln 2.
#[inline(always)]
pub(super) fn reduce(x: f32) -> (f32, f32) {
    let k = fma(x, std::f32::consts::LOG2_E, ROUND) - ROUND;
    (k, fma(k, -LN_2.0, x))
}

/// `eʳ - 1 - r + c`
#[inline(always)]
pub(super) fn exp_tail<L: Lanes>(r: L, c: L) -> L {
    let [c0, c1, c2, c3, c4] = EXP_TAIL;
    let square = r * r;
    // In parts that do not wait for each other: the processor is held up by chains, not by work.
    let high = square.mul_add(r.all(c4), r.mul_add(r.all(c3), r.all(c2)));
    square.mul_add(high, r.mul_add(r.all(c1), r.all(c0))).mul_add(square, c)
}

/// `eˣ`
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these bounds the result is 0 or infinite anyway; a NaN passes both comparisons.
    let x = if x < -150.0 { -150.0 } else { x };
    let x = if x > 130.0 { 130.0 } else { x };
    let (k, r) = reduce(x);
    let rest = k * -LN_2.1;
    let t = r + exp_tail(r + rest, rest);
    // 2ᵏ in two factors: k goes below -126 for subnormal results, and up to 128.
    let half = fma(k, 0.5, ROUND) - ROUND;
    (1.0 + t) * power_of_two(half, 0) * power_of_two(k - half, 0)
}

/// `exp(-|x|)`
#[inline(always)]
pub(crate) fn exp_minus_abs(x: f32) -> f32 {
    let a = if x.abs() > 110.0 { 110.0 } else { x.abs() };
    let (power, k, r) = reduce_with_power(-a);
    let rest = k * -LN_2.1;
    let t = r + exp_tail(r + rest, rest);
    fma(power, t, power) * DOWN
}

/// `1 / (1 + e⁻ˣ) = 2ᵏ / (2ᵏ + 1 + t)` with `e⁻ˣ = 2⁻ᵏ·(1 + t)`
#[inline(always)]
pub(crate) fn sigmoid<L: Lanes>(x: L) -> L {
    let x = x.at_least(-105.0).at_most(18.0);
    let (one, down) = (x.all(1.0), x.all(DOWN));
    let (power, k, r) = reduce_with_power(x);
    let r = k.mul_add(x.all(LN_2.1), -r);
    let t = exp_tail(r, r);
    let start = power.mul_add(down, one);
    let sum = start + t;
    let error = ((start - sum) + t) + power.mul_add(down, one - start);
    // One step of Newton's brings in the error of the sum, and that of the division.
    let y = one / sum;
    let residual = (-y).mul_add(error, (-y).mul_add(sum, one));
    y.mul_add(residual, y) * power * down
}

/// `tanh x`: `a + a³·near(a²)` for a small `a = |x|`, and `(e²ᵃ - 1) / (e²ᵃ + 1)` for a larger one,
/// where `e²ᵃ = 2ᵏ·(1 + r·(2 + r·far(r)))`. Both are worked: to choose coefficients would take longer.
#[inline(always)]
pub(crate) fn tanh<L: Lanes>(x: L) -> L {
    // The second would do from 0.55 on, but is off by more than a unit up to 0.6.
    const BORDER: f32 = 0.64;
    // From here on, 1 is within 1 ulp; this is what comes out at the bound itself.
    const BOUND: f32 = 8.664_34;
    let a = x.magnitude_up_to(BOUND);
    let sum = a.mul_add(x.all(2.0 * std::f32::consts::LOG2_E), x.all(ROUND));
    // k is so small that what ½·ln 2 is off by does not show.
    let r = (sum - x.all(ROUND)).mul_add(x.all(-0.5 * std::f32::consts::LN_2), a);
    let far = polynomial(r, &TANH_FAR);
    let power = sum.exponent_from_low_bits().add_bits(x.all(1.0), 0);
    let denominator = (power * r).mul_add(r.mul_add(far, x.all(2.0)), power + x.all(1.0));
    // The subtraction is exact wherever the result is not 1.
    let far = (denominator - x.all(2.0)) / denominator;
    let square = a * a;
    let near = (a * square).mul_add(polynomial(square, &TANH_NEAR), a);
    a.select_less(BORDER, near, far).copysign(x)
}

/// `ln x`; negative infinity at 0, NaN below.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let (k, f) = split(if subnormal { x * 33_554_432.0 } else { x });
    let k = if subnormal { k - 25.0 } else { k };
    limits(x, assemble(k, f, 0.0))
}

/// `ln(1 + x)`, accurate near 0; negative infinity at -1, NaN below.
#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let (k, f) = split(u);
    // What rounding 1 + x lost; where k is 0, f is x itself, with nothing lost.
    let lost = if x < 1.0 { x - (u - 1.0) } else { 1.0 - (u - x) };
    let near = k == 0.0;
    let y = assemble(k, if near { x } else { f }, if near { 0.0 } else { lost / u });
    if x == 0.0 { x } else { limits(u, y) }
}

/// `k` and `f` with `x = 2ᵏ·(1 + f)` and `1 + f` from √½ to √2, for a positive normal `x`.
#[inline(always)]
fn split(x: f32) -> (f32, f32) {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let bits = x.to_bits().wrapping_sub(SQRT_HALF);
    let k = ((bits as i32) >> 23) as f32;
    (k, f32::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF)) - 1.0)
}

/// `k·ln 2 + ln(1 + f) + c` for a small correction `c`.
#[inline(always)]
fn assemble(k: f32, f: f32, c: f32) -> f32 {
    let square = f * f;
    let tail = fma(polynomial(f, &LN_TAIL) * f, square, fma(k, LN_2.1, c));
    let whole = k * LN_2.0;
    let high = whole + f;
    let low = f - (high - whole);
    high + (low + fma(-0.5, square, tail))
}

/// `y` where `x` is positive and finite, and the limits of the logarithm elsewhere.
#[inline(always)]
fn limits(x: f32, y: f32) -> f32 {
    let y = if x == f32::INFINITY { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x >= 0.0 { y } else { f32::NAN }
}
