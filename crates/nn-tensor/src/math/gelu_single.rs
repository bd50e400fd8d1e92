//! `x·Φ(x)` in `f32`, by tables that fit into registers.
//!
//! With `a = |x|`, `x·Φ(x) = max(x, 0) - a·Φ(-a)` and `Φ(-a) = exp(-h·a²/2) · R(a)`. Tables hold both
//! factors at points that are so close to each other that a factor is its value at the nearest one and
//! a small share of it, of which rounding errors are smaller still: they need not be carried along.
//!
//! The points of the exponential are `a² = k·STEP`, where it is `2^(-k/16)`. For this with an `h` of 1,
//! the step would have to be `ln 2 / 8`, and `k` steps would not be exact. So the step is a number of
//! few digits near that, `h = ln 2 / (8·STEP)`, and `R(a) = exp(h·a²/2) · Φ(-a)` takes in the rest.

use super::lanes::{Blocks, Lanes};
use super::single::{DOWN, ROUND, UP};
use crate::simd::Simd;

/// Beyond this `x·Φ(-x)` is less than half of the smallest number.
const BOUND: f32 = 14.5;

/// `h` is 1.0082.
const STEP: f32 = 11.0 / 128.0;

/// `s·2^(j/16)` to 20 bits, with the scale `s` for which what this leaves out is the least.
const POWERS: [f32; 16] = [
    1.8066902, 1.8866787, 1.9702091, 2.057438, 2.148529, 2.2436523, 2.342987, 2.4467201, 2.555046,
    2.668167, 2.7862968, 2.9096565, 3.0384789, 3.1730042, 3.3134842, 3.460186,
];

/// What the powers leave out, as a share of them.
const POWER_ERRORS: [f32; 16] = [
    0.0, 2.81e-7, 2.69e-7, 1.89e-7, -8.99e-8, 6.72e-9, 1.17e-7, 5.04e-8, -1.08e-7, 8.79e-8,
    1.31e-7, 2.07e-7, -6.55e-8, -1.75e-7, 8.27e-8, -3.03e-7,
];

/// `(exp(-h·r/2) - 1) / r` for `|r| ≤ STEP / 2`: error 1.8e-9 in `exp(-h·r/2)`.
const REMAINDER: [f32; 3] = [-0.504_107_06, 0.127_065_96, -0.021_341_89];

/// The centre of each interval of `a`. There are four to each octave of `a + 1`, in the order of its
/// bits from `INTERVAL` on.
const CENTRES: [f32; 16] =
    [1.25, 1.75, 2.25, 2.75, 3.5, 4.5, 5.5, 6.5, 8.0, 10.0, 12.0, 14.0, 0.125, 0.375, 0.625, 0.875];

/// `R / s` at the centres, to 4 bits: its product with a power is exact.
const LEVELS: [f32; 16] = [
    0.125, 0.1015625, 0.0859375, 0.078125, 0.0625, 0.05078125, 0.04296875, 0.0390625, 0.03515625,
    0.03125, 0.03125, 0.03515625, 0.25, 0.203125, 0.171875, 0.15625,
];

/// The share by which `R / s` is larger than the level, in powers of the distance from the centre: error
/// 6.3e-9.
const SHARES: [[f32; 7]; 16] = [
    [0.028381854, -0.48184735, 0.205659, -0.0780024, 0.02724, -0.008953, 0.00275],
    [0.022258257, -0.39803988, 0.1483577, -0.0496057, 0.015479, -0.004582, 0.00128],
    [0.0104188435, -0.33133742, 0.1092999, -0.0324451, 0.0090982, -0.002436, 0.000619],
    [-0.044626895, -0.26672563, 0.07892042, -0.0209401, 0.0053084, -0.001292, 0.0003],
    [-0.009615376, -0.22050123, 0.05680677, -0.012882, 0.002839, -0.0006123, 0.000126],
    [0.004489405, -0.16810784, 0.03768663, -0.00704678, 0.0013164, -0.0002403, 4.24e-5],
    [0.025978949, -0.12951227, 0.02668089, -0.00415378, 0.0006742, -0.0001058, 1.62e-5],
    [0.01153477, -0.09499306, 0.01915675, -0.00247701, 0.00035898, -4.902e-5, 6.64e-6],
    [0.0058869924, -0.055983134, 0.01289372, -0.00121148, 0.00015883, -1.798e-5, 2.09e-6],
    [0.055123933, -0.016831793, 0.009450714, -0.000463435, 6.9211e-5, -5.512e-6, 5.69e-7],
    [0.05651965, 0.01727916, 0.008004345, -5.87873e-5, 3.8395e-5, -1.477e-6, 1.91e-7],
    [-0.0015969056, 0.044208787, 0.007551382, 0.000191177, 2.9063e-5, 1.314e-7, 9.42e-8],
    [0.0047596204, -0.7566856, 0.4583716, -0.236253, 0.10809, -0.04509, 0.0173],
    [0.03498731, -0.69640344, 0.388421, -0.18658, 0.080264, -0.03167, 0.0115],
    [0.042993233, -0.6295728, 0.3241196, -0.145269, 0.058804, -0.02195, 0.00761],
    [-0.0058225053, -0.5406088, 0.2576182, -0.10788, 0.04113, -0.01454, 0.00479],
];

/// The shares of one power of the distance, one below the other.
const SHARE_COLUMNS: [[f32; 16]; 7] = {
    let mut columns = [[0.0; 16]; 7];
    let mut i = 0;
    while i < 16 * 7 {
        columns[i % 7][i / 7] = SHARES[i / 7][i % 7];
        i += 1;
    }
    columns
};

/// The powers, less the `j/16` that are added to their exponents together with the rest of `k/16`.
const POWERS_LESS_PLACES: [f32; 16] = {
    let mut powers = POWERS;
    let mut j = 0;
    while j < 16 {
        powers[j] = f32::from_bits(powers[j].to_bits() - ((j as u32) << SIXTEENTH));
        j += 1;
    }
    powers
};

/// The first of the four bits of `a + 1` by which its interval is found.
const INTERVAL: u32 = 21;

/// The bit that counts for a sixteenth of the exponent's first.
const SIXTEENTH: u32 = 19;

/// What rounds to an integer `k`, and leaves `k + 16·UP` in the low bits.
const ROUND_UP: f32 = ROUND + (16 * UP) as f32;

/// `x·Φ(x)`
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    gelu_of_lanes(x)
}

/// `x·Φ(x)` of all values in some blocks.
#[inline(always)]
pub(super) fn gelu_of_blocks<S: Simd<f32>, const N: usize>(
    simd: S,
    vectors: [S::Vector; N],
) -> [S::Vector; N] {
    gelu_of_lanes(Blocks { simd, vectors }).vectors
}

#[inline(always)]
fn gelu_of_lanes<L: Lanes>(x: L) -> L {
    let a = x.magnitude_up_to(BOUND);
    // exp(-h·a²/2) = 2^(k/16) · exp(-h·r/2) = power · (1 + e), with k negative and k·STEP exact.
    let sum = (a * a).mul_add(x.all(-1.0 / STEP), x.all(ROUND_UP));
    let k = sum - x.all(ROUND_UP);
    let r = a.mul_add(a, k * x.all(STEP));
    let power = sum.lookup(&POWERS_LESS_PLACES, 0).add_bits(sum, SIXTEENTH);
    let [c0, c1, c2] = REMAINDER;
    let e = r.mul_add(x.all(c2), x.all(c1));
    let e = r.mul_add(r.mul_add(e, x.all(c0)), sum.lookup(&POWER_ERRORS, 0));
    // R(a) = level · (1 + f)
    let place = a + x.all(1.0);
    let t = a - place.lookup(&CENTRES, INTERVAL);
    let [others @ .., last] = &SHARE_COLUMNS;
    let mut f = place.lookup(last, INTERVAL);
    for shares in others.iter().rev() {
        f = t.mul_add(f, place.lookup(shares, INTERVAL));
    }
    // a·m·(1 + e)·(1 + f), where m is exact, and f is larger than e.
    let m = power * place.lookup(&LEVELS, INTERVAL);
    let product = a * m;
    let tail = a.mul_add(m, product.mul_add(f, product * e.mul_add(f, e)));
    tail.mul_add(x.all(-DOWN), x.positive_part())
}
