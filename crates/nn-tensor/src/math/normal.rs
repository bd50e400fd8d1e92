//! The standard normal distribution.

use super::exp::{exp_pair, scale};
use super::pair::Pair;
use super::polynomial;
use super::upper_tail::{UpperTail, complement};

/// `Φ(-x)` for `x ≥ 0.7`: the error of `rest` is 1.1e-17.
const UPPER: UpperTail = UpperTail {
    exponent: 0.5,
    weight: 1.125,
    furthest: 38.7,
    constant: Pair { high: 0.4838545366725908, low: -1.7675327730218148e-17 },
    rest: [
        -0.11800319252008269,
        0.02954704164183239,
        0.01963693813632808,
        -0.028339736914736787,
        0.016874585544608335,
        -0.004938933333113882,
        -0.00020577136979310252,
        0.0006714990894237751,
        -0.00010012458548567354,
        -8.427228266741269e-05,
        2.1828826906265295e-05,
        1.3089624496982407e-05,
        -3.535304376184056e-06,
        -2.5325029077543175e-06,
        4.2907895401292386e-07,
        5.451621446881237e-07,
        -3.990375736922151e-09,
        -1.1662671698410293e-07,
        -1.8349949057289403e-08,
        2.3076953269761836e-08,
        4.7894079979984836e-09,
        -3.461490489658824e-09,
    ],
    slope: -0.096,
};

/// `1 / √(2π)` and what `f64` leaves out of it.
const DENSITY_AT_0: Pair = Pair { high: 0.3989422804014327, low: -2.49232720227773e-17 };

/// `((Φ(x) - ½) / x - 1 / √(2π)) / x²` in `x²` for `|x| ≤ 0.7`: error 1.2e-17.
const NEAR: [f64; 8] = [
    -0.06649038006690543,
    0.009973557010032665,
    -0.0011873282153479412,
    0.00011543468549220362,
    -9.44463952198213e-06,
    6.65897588668004e-07,
    -4.1055587028528637e-08,
    2.0591980054644423e-09,
];

/// `k` and `y` with `Φ(x) = y·2ᵏ`.
#[inline(always)]
fn cdf_pair(x: f64) -> (f64, Pair) {
    let tail = UPPER.at(x.abs());
    let far = if x < 0.0 { tail } else { (0.0, complement(1.0, tail)) };
    let square = x * x;
    let line = DENSITY_AT_0.scaled(x);
    let sum = Pair::sum(0.5, line.high);
    let low = sum.low + (x * square).mul_add(polynomial(square, &NEAR), line.low);
    if x.abs() < 0.7 { (0.0, Pair { high: sum.high, low }) } else { far }
}

/// `Φ(x) = ½·erfc(-x/√2)`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let (k, y) = cdf_pair(x);
    scale(y.round(), k)
}

/// `x·Φ(x)`, of which a tiny value is rounded to a subnormal only once.
#[inline(always)]
pub(crate) fn gelu(x: f64) -> f64 {
    // Beyond -38.7 it is 0, and beyond 38.7 it is x.
    let bounded = if x < -38.7 { -38.7 } else { x };
    let bounded = if bounded > 38.7 { 38.7 } else { bounded };
    let (k, y) = cdf_pair(bounded);
    let y = scale(y.round_times(bounded), k);
    if x > 38.7 { x } else { y }
}

/// `φ(x) = exp(-x²/2) / √(2π)`
#[inline(always)]
pub(crate) fn normal_density(x: f64) -> f64 {
    let bounded = if x.abs() > 38.7 { 38.7 } else { x };
    let square = Pair::product(bounded, bounded);
    let (k, y) = exp_pair(Pair { high: -0.5 * square.high, low: -0.5 * square.low });
    scale(y.times(DENSITY_AT_0).round(), k)
}
