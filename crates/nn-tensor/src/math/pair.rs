//! Unevaluated sums of two numbers: a rounded result and what its rounding left out.

use std::ops::Neg;

/// `high + low`
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) high: f64,
    pub(super) low: f64,
}

impl Pair {
    /// `a·b`, exactly.
    #[inline(always)]
    pub(super) fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        Self { high, low: a.mul_add(b, -high) }
    }

    /// `larger + smaller`, exactly where `larger` is so in magnitude, or 0.
    #[inline(always)]
    pub(super) fn sum(larger: f64, smaller: f64) -> Self {
        let high = larger + smaller;
        Self { high, low: smaller - (high - larger) }
    }

    /// The sum with a pair that is no larger in magnitude, unless this is 0.
    #[inline(always)]
    pub(super) fn plus(self, smaller: Self) -> Self {
        let sum = Self::sum(self.high, smaller.high);
        Self { high: sum.high, low: sum.low + (self.low + smaller.low) }
    }

    /// The sum with any pair.
    #[inline(always)]
    pub(super) fn plus_any(self, other: Self) -> Self {
        let high = self.high + other.high;
        let part = high - self.high;
        let lost = (self.high - (high - part)) + (other.high - part);
        Self { high, low: lost + (self.low + other.low) }
    }

    /// The product of two pairs.
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        let low = self.low.mul_add(other.high, product.low);
        Self { high: product.high, low: self.high.mul_add(other.low, low) }
    }

    /// The product with a power of two, which rounds nothing.
    #[inline(always)]
    pub(super) fn times_power(self, power: f64) -> Self {
        Self { high: self.high * power, low: self.low * power }
    }

    /// The quotient of two pairs.
    #[inline(always)]
    pub(super) fn over(self, divisor: Self) -> Self {
        let reciprocal = 1.0 / divisor.high;
        let high = self.high * reciprocal;
        let rest = (-high).mul_add(divisor.low, self.low);
        let rest = (-high).mul_add(divisor.high, self.high) + rest;
        Self { high, low: rest * reciprocal }
    }

    /// The same sum with a `low` of no more than a rounding error of `high`.
    #[inline(always)]
    pub(super) fn normalized(self) -> Self {
        Self::sum(self.high, self.low)
    }

    /// The sum, rounded once.
    #[inline(always)]
    pub(super) fn round(self) -> f64 {
        self.high + self.low
    }

    /// The product with a number, rounded once.
    #[inline(always)]
    pub(super) fn round_times(self, factor: f64) -> f64 {
        self.high.mul_add(factor, self.low * factor)
    }
}

impl From<f64> for Pair {
    #[inline(always)]
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Neg for Pair {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}
