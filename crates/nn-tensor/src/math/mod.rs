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
mod gelu_tanh_single;
mod ln;
mod normal_single;
pub(crate) mod single;
mod tanh;

pub(crate) use erf::{erf, erfc, gelu, normal_cdf, normal_density};
pub(crate) use exp::{exp, exp_m1};
pub(crate) use gelu_tanh::gelu_tanh;
pub(crate) use ln::{ln, ln_1p};
pub(crate) use tanh::{sigmoid, tanh};

/// `c₀ + c₁·x + c₂·x² + …`
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, &c| sum * x + c)
}

/// The product of `a` and `b` as an unevaluated sum of the rounded product and its exact error
/// (Dekker's splitting), for `|a|` and `|b|` below 2⁹⁹⁶.
#[inline(always)]
fn exact_product(a: f64, b: f64) -> (f64, f64) {
    let split = |x: f64| {
        let c = 134_217_729.0 * x; // 2²⁷ + 1
        let high = c - (c - x);
        (high, x - high)
    };
    let ((ah, al), (bh, bl)) = (split(a), split(b));
    let product = a * b;
    (product, ((ah * bh - product) + ah * bl + al * bh) + al * bl)
}
