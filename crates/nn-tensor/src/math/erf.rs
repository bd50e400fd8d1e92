//! The error function and its complement.

use super::exp::scale;
use super::pair::Pair;
use super::polynomial;
use super::upper_tail::{UpperTail, complement};

/// `erf x / x - 1` in `x²` for `|x| ≤ ½`: error 4.3e-18.
const ERF_TAIL: [f64; 9] = [
    0.12837916709551256,
    -0.37612638903183476,
    0.11283791670925353,
    -0.026866170632887928,
    0.00522397737302147,
    -0.0008548297753674966,
    0.00012053335124353741,
    -1.4845849259707869e-05,
    1.4725865480556744e-06,
];

/// `erfc x` for `x ≥ ½`: the error of `rest` is 4.7e-18.
const ERFC: UpperTail = UpperTail {
    exponent: 1.0,
    weight: 0.75,
    furthest: 27.3,
    constant: Pair { high: 0.6507474237190416, low: 6.428123045375006e-18 },
    rest: [
        -0.13457757061032416,
        0.062369745780876236,
        -0.007015927046981841,
        -0.023278738668434655,
        0.03108946358928636,
        -0.025340418776220196,
        0.015372771259879604,
        -0.00708380112567324,
        0.002316203297945679,
        -0.00038432705432729116,
        -7.988264170149182e-05,
        6.967173701335618e-05,
        -1.2674995660466911e-05,
        -4.8746154528577424e-06,
        2.7514408804702406e-06,
        7.541188197595138e-08,
        -3.8624929410292196e-07,
        4.415935284505024e-08,
        4.828341796341147e-08,
        -9.838051433633362e-09,
        -4.562760542909701e-09,
        1.041087247929705e-09,
    ],
    slope: -0.12,
};

/// `erf x = 2/√π ∫₀ˣ exp(-t²) dt`
#[inline(always)]
pub(crate) fn erf(x: f64) -> f64 {
    let near = x.mul_add(polynomial(x * x, &ERF_TAIL), x);
    let far = complement(1.0, ERFC.at(x.abs())).round().copysign(x);
    if x.abs() < 0.5 { near } else { far }
}

/// `erfc x = 1 - erf x`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn erfc(x: f64) -> f64 {
    let (k, y) = ERFC.at(x.abs());
    let below = complement(2.0, (k, y)).round();
    let far = if x < 0.0 { below } else { scale(y.round(), k) };
    let one_less = Pair::sum(1.0, -x);
    let near = one_less.high + x.mul_add(-polynomial(x * x, &ERF_TAIL), one_less.low);
    if x.abs() < 0.5 { near } else { far }
}
