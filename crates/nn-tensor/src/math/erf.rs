//! The error function and its complement.

use std::f64::consts::FRAC_2_SQRT_PI;

use super::exp::scale;
use super::gauss_integral::{GaussIntegral, complement};
use super::pair::Pair;

/// `2/√π ∫ exp(-t²) dt`, in two parts that meet at 0.477, where both are ½. The error of `near`
/// is 3.3e-17, that of `rest` is 1.1e-18.
const ERF: GaussIntegral = GaussIntegral {
    s: 1.0,
    weight: 0.75,
    furthest: 27.3,
    at_0: Pair { high: FRAC_2_SQRT_PI, low: 1.533545961316588e-17 },
    near: [
        -0.3761263890318375,
        0.11283791670953267,
        -0.026866170643413595,
        0.005223977564951831,
        -0.0008548316550961468,
        0.00012054346701250446,
        -1.4874019128001895e-05,
        1.5042990673186881e-06,
    ],
    constant: Pair { high: 0.6507474237190416, low: 6.428123045375006e-18 },
    rest: [
        -0.13457757061032416,
        0.06236974578087623,
        -0.00701592704698186,
        -0.02327873866843399,
        0.03108946358928737,
        -0.025340418776246033,
        0.015372771259858899,
        -0.0070838011252151445,
        0.002316203298156279,
        -0.00038432705877314944,
        -7.988264289672344e-05,
        6.967176285915129e-05,
        -1.2674991686871255e-05,
        -4.8747093550322095e-06,
        2.751433150785886e-06,
        7.562678262680116e-08,
        -3.862410158600761e-07,
        4.385841908071844e-08,
        4.827937096366579e-08,
        -9.602584182655506e-09,
        -4.562349317921232e-09,
        9.622295554677037e-10,
    ],
    slope: -0.12,
};

/// `erf x = 2/√π ∫₀ˣ exp(-t²) dt`
#[inline(always)]
pub(crate) fn erf(x: f64) -> f64 {
    let near = ERF.up_to(x.abs()).round();
    let far = complement(1.0, ERF.beyond(x)).round();
    (if x.abs() < 0.477 { near } else { far }).copysign(x)
}

/// `erfc x = 1 - erf x`, with its relative accuracy kept where it is tiny.
#[inline(always)]
pub(crate) fn erfc(x: f64) -> f64 {
    let near = Pair::from(1.0).plus(-ERF.up_to(x)).round();
    let (k, tail) = ERF.beyond(x);
    let below = complement(2.0, (k, tail)).round();
    let far = if x < 0.0 { below } else { scale(tail.round(), k) };
    if x.abs() < 0.477 { near } else { far }
}
