//! The logistic function of a number and of its opposite, which slopes are made of.

use nn_tensor::Real;

/// `σ(x)` and `σ(-x)`: the larger of them as `1 / (1 + e)`, the smaller as `e / (1 + e)`, with
/// `e = exp(-|x|)`, so that neither is the difference of close numbers.
#[inline(always)]
pub(crate) fn both_ways<R: Real>(x: R) -> [R; 2] {
    let e = x.exp_minus_abs();
    let larger = R::ONE / (R::ONE + e);
    let smaller = e * larger;
    if x > R::ZERO { [larger, smaller] } else { [smaller, larger] }
}
