//! The sigmoid linear unit, `x / (1 + e⁻ˣ)`.

use super::exp::TINY;
pub(crate) use super::silu_single::single;
use super::tanh::sigmoid_pair;

/// `x·σ(x)`
#[inline(always)]
pub(crate) fn double(x: f64) -> f64 {
    // Beyond -753 it is 0, and beyond 40 it is x.
    let bounded = if x < -753.0 { -753.0 } else { x };
    let bounded = if bounded > 40.0 { 40.0 } else { bounded };
    let y = sigmoid_pair(bounded.into()).round_times(bounded) * TINY;
    if x > 40.0 { x } else { y.copysign(x) }
}
