//! The approximation of GELU by `tanh`.

use super::exact_product;
use super::exp::exp_times;

/// `2·√(2/π)` and what `f64` leaves out of it.
const SCALE: (f64, f64) = (1.595_769_121_605_730_8, -9.969_308_809_110_92e-17);
/// 0.044715 and what `f64` leaves out of it.
const CUBIC: (f64, f64) = (0.044_715, 2.196_021_142_708_559_5e-18);

/// `2·√(2/π)·(x + 0.044715·x³)` as an unevaluated sum, since `exp` will multiply its relative error
/// by its size.
#[inline(always)]
fn gate(x: f64) -> (f64, f64) {
    let (square, square_error) = exact_product(x, x);
    let (cubic, cubic_error) = exact_product(CUBIC.0, square);
    let cubic_error = cubic_error + CUBIC.0 * square_error + CUBIC.1 * square;
    let sum = 1.0 + cubic;
    let part = sum - 1.0;
    let sum_error = ((1.0 - (sum - part)) + (cubic - part)) + cubic_error;
    let (product, error) = exact_product(sum, x);
    let error = error + sum_error * x;
    let (scaled, scaled_error) = exact_product(product, SCALE.0);
    (scaled, scaled_error + error * SCALE.0 + product * SCALE.1)
}

/// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, of which a tiny value is rounded only once.
#[inline(always)]
pub(crate) fn gelu_tanh(x: f64) -> f64 {
    // Beyond 22 the exponential is 0 beside 1, and beyond -22 it is 0.
    let magnitude = if x.abs() > 22.5 { 22.5 } else { x.abs() };
    let (u, error) = gate(magnitude);
    let e = exp_times(-u, 1.0 - error);
    let share = 1.0 / (1.0 + e);
    let below = exp_times(-u, -magnitude * (1.0 - error) * share);
    if x < 0.0 { below } else { x * share }
}
