//! `x·Φ(x)` in `f32` and its slope `Φ(x) + x·φ(x)`, by tables that fit into registers.
//!
//! With `a = |x|`, `x·Φ(x) = max(x, 0) - a·Φ(-a)` and `Φ(-a) = exp(-h·a²/2) · R(a)`. Tables hold both
//! factors at points that are so close to each other that a factor is its value at the nearest one and
//! a small share of it, of which rounding errors are smaller still: they need not be carried along.
//!
//! The points of the exponential are `a² = k·STEP`, where it is `2^(-k/16)`. For this with an `h` of 1,
//! the step would have to be `ln 2 / 8`, and `k` steps would not be exact. So the step is a number of
//! few digits near that, `h = ln 2 / (8·STEP)`, and `R(a) = exp(h·a²/2) · Φ(-a)` takes in the rest.
//!
//! The slope is `1 - S` where `x` is positive and `S` elsewhere, with `S = Φ(-a) - a·φ(a)`, which is the same
//! exponential and an `R` of its own.

use super::lanes::Lanes;
use super::single::{DOWN, ROUND, UP};

/// Beyond this `x·Φ(-x)` is less than half of the smallest number.
const BOUND: f32 = 14.5;

/// Beyond this `Φ(-x) - x·φ(x)` is.
const SLOPE_BOUND: f32 = 14.6;

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
const RELATIVE_RESTS: [[f32; 7]; 16] = [
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
    [-0.0015969054, 0.044208787, 0.007551382, 0.000191178, 2.9063e-5, 1.298e-7, 9.33e-8],
    [0.0047596204, -0.7566856, 0.4583716, -0.236253, 0.10809, -0.04509, 0.0173],
    [0.03498731, -0.69640344, 0.388421, -0.18658, 0.080264, -0.03167, 0.0115],
    [0.042993233, -0.6295728, 0.3241196, -0.145269, 0.058804, -0.02195, 0.00761],
    [-0.0058225053, -0.5406088, 0.2576182, -0.10788, 0.04113, -0.01454, 0.00479],
];

/// `R / s` of the slope at the centres, to 4 bits.
const SLOPE_LEVELS: [f32; 16] = [
    -0.15625, -0.28125, -0.40625, -0.5625, -0.75, -1.0, -1.375, -1.625, -2.25, -3.25, -5.0, -7.0,
    0.21875, 0.125, 0.04296875, -0.0390625,
];

/// What is to be added to a level, in powers of the distance from the centre: error 4.2e-9, or as a share
/// 2.4e-8 where `R` is near its zero.
const SLOPE_RESTS: [[f32; 7]; 16] = [
    [0.007003411, -0.28531867, 0.02226999, -0.0106865, 0.0033932, -0.001121, 0.000343],
    [-0.0062422557, -0.26965973, 0.0102057, -0.00600286, 0.0015553, -0.0004673, 0.00013],
    [-0.014186566, -0.2633026, 0.003056198, -0.00379174, 0.00075988, -0.0002115, 5.32e-5],
    [0.0107438825, -0.26276726, -0.001712035, -0.00268887, 0.0003872, -0.0001032, 2.34e-5],
    [-0.00082726055, -0.26935413, -0.006799143, -0.00195395, 0.00014084, -4.084e-5, 7.8e-6],
    [-0.02882752, -0.28841484, -0.01212871, -0.00168034, 1.6179e-5, -1.529e-5, 2.05e-6],
    [0.04395132, -0.31771433, -0.01720007, -0.00173677, -3.8864e-5, -8.363e-6, 5.57e-7],
    [-0.04274657, -0.35751918, -0.02272045, -0.00196754, -7.5207e-5, -6.713e-6, 7e-8],
    [-0.012218252, -0.440146, -0.03281614, -0.00257094, -0.00012704, -7.589e-6, -2.21e-7],
    [-0.046633575, -0.6069832, -0.05196176, -0.00393602, -0.00022145, -1.194e-5, -5.12e-7],
    [0.24610497, -0.87021023, -0.08198442, -0.00627993, -0.00037866, -2.05e-5, -9.57e-7],
    [0.12072803, -1.2874624, -0.1306463, -0.0103055, -0.00065395, -3.625e-5, -1.66e-6],
    [0.004836398, -0.4100278, 0.1142528, -0.0599704, 0.027021, -0.01127, 0.00432],
    [0.002378754, -0.3626536, 0.07787677, -0.0388085, 0.0163, -0.006434, 0.00234],
    [-0.001934551, -0.3300859, 0.05400308, -0.0258822, 0.010101, -0.003775, 0.00131],
    [0.0005820841, -0.30737248, 0.03785974, -0.0177774, 0.0064184, -0.002274, 0.000749],
];

/// The coefficients of one power of the distance, one below the other.
const fn by_power(intervals: &[[f32; 7]; 16]) -> [[f32; 16]; 7] {
    let mut powers = [[0.0; 16]; 7];
    let mut i = 0;
    while i < 16 * 7 {
        powers[i % 7][i / 7] = intervals[i / 7][i % 7];
        i += 1;
    }
    powers
}

const RELATIVE_RESTS_BY_POWER: [[f32; 16]; 7] = by_power(&RELATIVE_RESTS);

const SLOPE_RESTS_BY_POWER: [[f32; 16]; 7] = by_power(&SLOPE_RESTS);

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
pub(crate) fn gelu<L: Lanes>(x: L) -> L {
    let a = x.magnitude_up_to(BOUND);
    let (power, e) = exponential(a);
    // R(a) = level · (1 + f)
    let place = a + x.all(1.0);
    let f = sum_of_powers(a, place, &RELATIVE_RESTS_BY_POWER);
    // a·m·(1 + e)·(1 + f), where m is exact, and f is larger than e.
    let m = power * place.lookup(&LEVELS, INTERVAL);
    let product = a * m;
    let tail = a.mul_add(m, product.mul_add(f, product * e.mul_add(f, e)));
    tail.mul_add(x.all(-DOWN), x.positive_part())
}

/// `Φ(x) + x·φ(x)`
#[inline(always)]
pub(crate) fn gelu_slope<L: Lanes>(x: L) -> L {
    let a = x.magnitude_up_to(SLOPE_BOUND);
    let (power, e) = exponential(a);
    // R(a) = level + rest, and the product of the power and the level is exact.
    let place = a + x.all(1.0);
    let level = place.lookup(&SLOPE_LEVELS, INTERVAL);
    let rest = sum_of_powers(a, place, &SLOPE_RESTS_BY_POWER);
    let tail = power.mul_add(e.mul_add(level + rest, rest), power * level);
    // 0 + tail or 1 - tail
    let start = x.select_less(0.0, x.all(0.0), x.all(1.0));
    tail.mul_add(start.mul_add(x.all(-2.0 * DOWN), x.all(DOWN)), start)
}

/// A power and a small `e` with `s·2⁶⁴·exp(-h·a²/2) = power·(1 + e)`, for `a` up to the bounds.
#[inline(always)]
fn exponential<L: Lanes>(a: L) -> (L, L) {
    // 2^(k/16) · exp(-h·r/2), with k negative and k·STEP exact.
    let sum = (a * a).mul_add(a.all(-1.0 / STEP), a.all(ROUND_UP));
    let k = sum - a.all(ROUND_UP);
    let r = a.mul_add(a, k * a.all(STEP));
    let power = sum.lookup(&POWERS_LESS_PLACES, 0).add_bits(sum, SIXTEENTH);
    let [c0, c1, c2] = REMAINDER;
    let e = r.mul_add(a.all(c2), a.all(c1));
    (power, r.mul_add(r.mul_add(e, a.all(c0)), sum.lookup(&POWER_ERRORS, 0)))
}

/// `Σ cᵢ·tⁱ` with the distance `t` of `a` from the centre of its interval, which `place = a + 1` tells.
#[inline(always)]
fn sum_of_powers<L: Lanes>(a: L, place: L, [others @ .., last]: &[[f32; 16]; 7]) -> L {
    let t = a - place.lookup(&CENTRES, INTERVAL);
    let mut sum = place.lookup(last, INTERVAL);
    for coefficients in others.iter().rev() {
        sum = t.mul_add(sum, place.lookup(coefficients, INTERVAL));
    }
    sum
}
