//! The approximation of GELU by `tanh`.

use super::exp::scale;
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
    // 1 is not always the larger of the two.
    let high = 1.0 + cubic.high;
    let part = high - 1.0;
    let low = (1.0 - (high - part)) + (cubic.high - part);
    Pair { high, low: low + cubic.low }.scaled(x).times(SCALE)
}

/// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, of which a tiny value is rounded only once.
#[inline(always)]
pub(crate) fn gelu_tanh(x: f64) -> f64 {
    // Beyond -22.5 it is 0, and beyond 22.5 it is x.
    let bounded = if x < -22.5 { -22.5 } else { x };
    let bounded = if bounded > 22.5 { 22.5 } else { bounded };
    let (k, share) = sigmoid_pair(gate(bounded));
    let y = scale(share.round_times(bounded), k);
    if x > 22.5 { x } else { y }
}
