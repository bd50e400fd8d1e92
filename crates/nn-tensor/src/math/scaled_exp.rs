//! `c·eˣ`, the slope of the exponential linear units.

use super::bounded;
use super::exp::{ROUND, exp_pair, power_of_two};
use super::pair::Pair;
use super::single::{self, LN_2, exp_tail, fma, reduce};
use super::softplus_single::split;

/// `factor·exp(x / divisor)`
#[inline(always)]
pub(crate) fn single(x: f32, divisor: f64, (factor, _): (f64, f64)) -> f32 {
    let largest = f64::from(f32::MAX);
    let (reciprocal, reciprocal_rest) = split(bounded(1.0 / divisor, -largest, largest));
    let (factor, factor_rest) = split(factor);
    let factor_rest = if factor == 0.0 { 0.0 } else { factor_rest / factor };
    // Beyond these bounds it is 0 or infinite anyway, whatever the factor of a network.
    let quotient = x * reciprocal;
    let u = if quotient < -170.0 { -170.0 } else { quotient };
    let u = if u > 130.0 { 130.0 } else { u };
    let error = fma(x, reciprocal_rest, fma(x, reciprocal, -quotient));
    let error = if u == quotient { error } else { 0.0 };
    let (k, r) = reduce(u);
    let rest = fma(k, -LN_2.1, error);
    // What the factor lacks is brought in with what `eʳ` is above 1.
    let t = r + (exp_tail(r + rest, rest) + fma(factor_rest, r, factor_rest));
    // 2ᵏ in two factors: k goes below -126 for subnormal results, and up to 128.
    let half = fma(k, 0.5, single::ROUND) - single::ROUND;
    let scaled = factor * single::power_of_two(half, 0);
    fma(scaled, t, scaled) * single::power_of_two(k - half, 0)
}

/// `factor·exp(x / divisor)`, with the factor in two parts
#[inline(always)]
pub(crate) fn double(x: f64, divisor: f64, (high, low): (f64, f64)) -> f64 {
    let quotient = x / divisor;
    let u = bounded(quotient, -1100.0, 710.0);
    let rest = if u == quotient { (-u).mul_add(divisor, x) / divisor } else { 0.0 };
    let (k, e) = exp_pair(Pair { high: u, low: rest });
    let y = e.times(Pair { high, low }).round();
    let half = k.mul_add(0.5, ROUND) - ROUND;
    y * power_of_two(half) * power_of_two(k - half)
}
