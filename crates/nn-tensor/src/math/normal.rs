//! The standard normal distribution.

use super::exp::scale;
use super::gauss_integral::{GaussIntegral, complement};
use super::pair::Pair;

/// `1/√(2π) ∫ exp(-t²/2) dt`, in two parts that meet at 0.65. The error of `near`
/// is 3.2e-18, that of `rest` is 1.8e-18.
const NORMAL: GaussIntegral = GaussIntegral {
    s: 0.5,
    weight: 1.125,
    furthest: 38.7,
    at_0: Pair { high: 0.3989422804014327, low: -2.49232720227773e-17 },
    near: [
        -0.06649038006690544,
        0.009973557010034833,
        -0.0011873282154315475,
        0.00011543468668872659,
        -9.444647614395304e-06,
        6.659255195456145e-07,
        -4.110317342917211e-08,
        2.090936722228421e-09,
    ],
    constant: Pair { high: 0.4838545366725908, low: -1.7675327730218148e-17 },
    rest: [
        -0.11800319252008269,
        0.029547041641832375,
        0.01963693813632826,
        -0.028339736914735462,
        0.016874585544595755,
        -0.004938933333159591,
        -0.00020577136945660194,
        0.0006714990901096414,
        -0.00010012459005870728,
        -8.427228785486545e-05,
        2.1828862602383296e-05,
        1.3089644219600472e-05,
        -3.5354739364313653e-06,
        -2.532528149149426e-06,
        4.2957708516552186e-07,
        5.450898973001636e-07,
        -4.873870217917962e-09,
        -1.163030735775237e-07,
        -1.748338290575368e-08,
        2.2611531188240387e-08,
        4.428617479528747e-09,
        -3.2192557910166306e-09,
    ],
    slope: -0.093,
};

/// `k` and `y` with `Φ(x) = y·2ᵏ`.
#[inline(always)]
fn cdf_pair(x: f64) -> (f64, Pair) {
    let near = Pair::from(0.5).plus(NORMAL.up_to(x));
    let tail = NORMAL.beyond(x);
    let far = if x < 0.0 { tail } else { (0.0, complement(1.0, tail)) };
    if x.abs() < 0.65 { (0.0, near) } else { far }
}

/// `Φ(x) = ½·erfc(-x/√2)`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let (k, y) = cdf_pair(x);
    scale(y.round(), k)
}

/// `x·Φ(x)`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn gelu(x: f64) -> f64 {
    // Beyond -38.7 it is 0, and beyond 38.7 it is x.
    let bounded = if x < -38.7 { -38.7 } else { x };
    let bounded = if bounded > 38.7 { 38.7 } else { bounded };
    let (k, y) = cdf_pair(bounded);
    let y = scale(y.round_times(bounded), k);
    if x > 38.7 { x } else { y }
}

/// `Φ(x) + x·φ(x)`, where `φ` vanishes beyond ±40.
#[inline(always)]
pub(crate) fn gelu_slope(x: f64) -> f64 {
    normal_cdf(x) + (if x.abs() > 40.0 { 0.0 } else { x * normal_density(x) })
}

/// `φ(x) = exp(-x²/2) / √(2π)`
#[inline(always)]
pub(crate) fn normal_density(x: f64) -> f64 {
    let (k, y) = NORMAL.integrand(x);
    scale(y.round(), k)
}
