//! The approximation of GELU by `tanh`, in `f32`.

use super::silu_single::times_sigmoid;
use super::single::fma;

/// `2·√(2/π)` and what `f32` leaves out of it.
const SCALE: (f32, f32) = (1.595_769_2, -4.534_068e-8);
/// 0.044715 and what `f32` leaves out of it.
const CUBIC: (f32, f32) = (0.044_715, 1.546_144_4e-9);

/// `2·√(2/π)·(x + 0.044715·x³)` and its error, for `x` of moderate size.
#[inline(always)]
fn gate(x: f32) -> (f32, f32) {
    let square = x * x;
    let square_error = fma(x, x, -square);
    let factor = fma(CUBIC.0, square, 1.0);
    let factor_error = fma(CUBIC.0, square, 1.0 - factor);
    let factor_error = fma(CUBIC.0, square_error, fma(CUBIC.1, square, factor_error));
    let scaled = SCALE.0 * x;
    let scaled_error = fma(SCALE.1, x, fma(SCALE.0, x, -scaled));
    let product = scaled * factor;
    let error = fma(scaled, factor, -product);
    (product, fma(scaled, factor_error, fma(scaled_error, factor, error)))
}

/// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) = x·σ(u)` with `u` from [`gate`].
#[inline(always)]
pub(crate) fn gelu_tanh(x: f32) -> f32 {
    // Beyond this bound x·σ(-u) is less than half of the smallest number.
    let a = if x.abs() > 11.0 { 11.0 } else { x.abs() };
    times_sigmoid(x, a, gate(a))
}
