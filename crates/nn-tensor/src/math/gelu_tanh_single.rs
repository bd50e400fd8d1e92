//! The approximation of GELU by `tanh`, in `f32`.

use super::lanes::Lanes;
use super::silu_single::times_sigmoid;

/// `2·√(2/π)` and what `f32` leaves out of it.
const SCALE: (f32, f32) = (1.595_769_2, -4.534_068e-8);
/// 0.044715 and what `f32` leaves out of it.
const CUBIC: (f32, f32) = (0.044_715, 1.546_144_4e-9);

/// `2·√(2/π)·(x + 0.044715·x³)` and its error, for `x` of moderate size.
#[inline(always)]
fn gate<L: Lanes>(x: L) -> (L, L) {
    let (one, cubic, scale) = (x.all(1.0), x.all(CUBIC.0), x.all(SCALE.0));
    let square = x * x;
    let square_error = x.mul_add(x, -square);
    let factor = cubic.mul_add(square, one);
    let factor_error = cubic.mul_add(square, one - factor);
    let factor_error = x.all(CUBIC.1).mul_add(square, factor_error);
    let factor_error = cubic.mul_add(square_error, factor_error);
    let scaled = scale * x;
    let scaled_error = x.all(SCALE.1).mul_add(x, scale.mul_add(x, -scaled));
    let product = scaled * factor;
    let error = scaled.mul_add(factor, -product);
    (product, scaled.mul_add(factor_error, scaled_error.mul_add(factor, error)))
}

/// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) = x·σ(u)` with `u` from [`gate`].
#[inline(always)]
pub(crate) fn gelu_tanh<L: Lanes>(x: L) -> L {
    // Beyond this bound x·σ(-u) is less than half of the smallest number.
    let a = x.magnitude_up_to(11.0);
    times_sigmoid(x, a, gate(a))
}
