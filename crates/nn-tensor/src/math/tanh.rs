//! `tanh` and the logistic function, both from exponentials that cannot overflow.

use super::{exp, exp_m1};

/// `tanh x = -t / (t + 2)` with `t = exp(-2|x|) - 1`, which is small where `x` is.
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let t = exp_m1(-2.0 * x.abs());
    (-t / (t + 2.0)).copysign(x)
}

/// `1 / (1 + exp(-x))`
#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    // e^(-|x|) ≤ 1, so neither form overflows, and the small one keeps its relative accuracy.
    let e = exp(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}
