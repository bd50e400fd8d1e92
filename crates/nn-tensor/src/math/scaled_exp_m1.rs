//! `c·(eˣ - 1)`, which the exponential linear units are made of.

use super::bounded;
use super::brief::exp_parts;
use super::exp::half_exp_m1;
use super::pair::Pair;

/// `factor·(exp(x / divisor) - 1)`
#[inline(always)]
pub(crate) fn single(x: f32, divisor: f64, factor: (f64, f64)) -> f32 {
    let x = bounded(f64::from(x) * (1.0 / divisor), -700.0, 700.0);
    let (power, t) = exp_parts(x);
    (factor.0 * power.mul_add(t, power - 1.0)) as f32
}

/// `factor·(exp(x / divisor) - 1)`, with the factor in two parts
#[inline(always)]
pub(crate) fn double(x: f64, divisor: f64, (high, low): (f64, f64)) -> f64 {
    let quotient = x / divisor;
    // Below the lower bound 1 is all that is left; above the upper one it is infinite.
    let u = bounded(quotient, -40.0, 709.9);
    let rest = if u == quotient { (-u).mul_add(divisor, x) / divisor } else { 0.0 };
    let half = half_exp_m1(u);
    let half = Pair { high: half.high, low: rest.mul_add(half.high + 0.5, half.low) };
    let y = 2.0 * half.times(Pair { high, low }).round();
    let y = if quotient > 709.9 { high * quotient } else { y };
    // Next to 0, where the half scale could lose the last bit, it is a line.
    let line = x.mul_add(high / divisor, x * (low / divisor));
    if quotient.abs() < 5.6e-17 { line } else { y }
}
