//! The elementary functions that networks need, without a branch that depends on the value.
//!
//! Most are in `f64`, and their `f32` values are rounded from there: what is within 1.5 ulp in `f64`
//! is within 0.501 ulp in `f32`. Those that matter most for speed are in `f32` as well ([`single`]).
//! Nothing is left to the platform's C library, so that the same input gives the same bits on every
//! machine.
//!
//! The polynomial coefficients are printed by `tools/coefficients.py`.

mod erf;
mod exp;
mod gelu_tanh;
mod ln;
mod normal;
mod normal_single;
mod pair;
pub(crate) mod single;
mod tanh;
mod upper_tail;

pub(crate) use erf::{erf, erfc};
pub(crate) use exp::{exp, exp_m1};
pub(crate) use gelu_tanh::gelu_tanh;
pub(crate) use ln::{ln, ln_1p};
pub(crate) use normal::{gelu, normal_cdf, normal_density};
pub(crate) use tanh::{sigmoid, tanh};

/// `c₀ + c₁·x + c₂·x² + …`
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    for &c in coefficients[..N - 1].iter().rev() {
        sum = sum.mul_add(x, c);
    }
    sum
}
