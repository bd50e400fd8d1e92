//! The elementary functions that networks need, without a branch that depends on the value.
//!
//! In `f64`, every value is within 1 ulp of the exact one: what rounding takes away is carried along
//! as the low part of a [`Pair`](pair::Pair) until the last operation. Most `f32` values are rounded
//! from there, which leaves them within 0.501 ulp. Those that matter most for speed have an `f32`
//! form of their own ([`single`]), and others are computed in `f64` with fewer digits ([`brief`]).
//!
//! Nothing is left to the platform's C library, so that the same input gives the same bits on every
//! machine.
//!
//! The coefficients and tables are printed by `tools/coefficients.py`.

mod brief;
mod erf;
mod exp;
mod exp_block;
mod exp_parts;
mod gauss_integral;
mod gelu_single;
mod gelu_tanh;
mod gelu_tanh_single;
mod lanes;
mod ln;
pub(crate) mod mish;
mod normal;
mod normal_single;
mod pair;
pub(crate) mod scaled_exp;
pub(crate) mod scaled_exp_m1;
pub(crate) mod silu;
mod silu_single;
pub(crate) mod single;
pub(crate) mod softplus;
mod softplus_single;
mod tanh;
pub(crate) mod tanhshrink;
mod values;

pub(crate) use erf::{erf, erfc};
pub(crate) use exp::{exp, exp_m1, exp_minus_abs};
pub(crate) use exp_block::ExpBlock;
pub(crate) use exp_parts::ExpParts;
pub(crate) use gelu_tanh::gelu_tanh;
pub(crate) use ln::{ln, ln_1p};
pub(crate) use normal::{gelu, gelu_slope, normal_cdf, normal_density};
pub(crate) use tanh::{sigmoid, tanh};
pub(crate) use values::Values;

/// `c₀ + c₁·x + c₂·x² + …` for an even number of terms: two sums in `x²`, which need not wait for each
/// other.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let square = x * x;
    let (mut even, mut odd) = (coefficients[N - 2], coefficients[N - 1]);
    for pair in coefficients[..N - 2].chunks_exact(2).rev() {
        even = even.mul_add(square, pair[0]);
        odd = odd.mul_add(square, pair[1]);
    }
    odd.mul_add(x, even)
}

/// The nearest number between two bounds; a NaN passes.
#[inline(always)]
fn bounded(x: f64, least: f64, most: f64) -> f64 {
    let x = if x < least { least } else { x };
    if x > most { most } else { x }
}
