//! The approximation of GELU by `tanh`.

use super::exp::TINY;
use super::pair::Pair;
use super::tanh::sigmoid_pair;

/// `2·√(2/π)` and what `f64` leaves out of it.
const SCALE: Pair = Pair { high: 1.5957691216057308, low: -9.96930880911092e-17 };
/// 0.044715 and what `f64` leaves out of it.
const CUBIC: Pair = Pair { high: 0.044715, low: 2.1960211427085595e-18 };

/// `2·√(2/π)·(x + 0.044715·x³)`, as a pair since `exp` will multiply its relative error by its size.
#[inline(always)]
fn gate(x: f64) -> Pair {
    let cubic = CUBIC.times(Pair::product(x, x));
    Pair::from(1.0).plus_any(cubic).times(x.into()).times(SCALE)
}

/// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn gelu_tanh(x: f64) -> f64 {
    // Beyond -21.6 it is 0, and beyond 9 it is x.
    let bounded = if x < -21.6 { -21.6 } else { x };
    let bounded = if bounded > 9.0 { 9.0 } else { bounded };
    let y = sigmoid_pair(gate(bounded)).round_times(bounded) * TINY;
    if x > 9.0 { x } else { y }
}
