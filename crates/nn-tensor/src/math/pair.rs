//! Unevaluated sums of two numbers: a rounded result and what its rounding left out.

use std::ops::Neg;

/// `high + low`, where `low` is at most in the order of a rounding error of `high`.
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

    /// This and a number no larger than it in magnitude.
    #[inline(always)]
    pub(super) fn plus(self, smaller: f64) -> Self {
        let sum = Self::sum(self.high, smaller);
        Self { high: sum.high, low: sum.low + self.low }
    }

    /// The product with a number.
    #[inline(always)]
    pub(super) fn scaled(self, factor: f64) -> Self {
        let product = Self::product(self.high, factor);
        Self { high: product.high, low: self.low.mul_add(factor, product.low) }
    }

    /// The product of two pairs.
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let product = self.scaled(other.high);
        Self { high: product.high, low: self.high.mul_add(other.low, product.low) }
    }

    /// The quotient of two pairs.
    #[inline(always)]
    pub(super) fn over(self, divisor: Self) -> Self {
        let reciprocal = 1.0 / divisor.high;
        let high = self.high * reciprocal;
        let residual =
            (-high).mul_add(divisor.high, self.high) + (-high).mul_add(divisor.low, self.low);
        Self { high, low: residual * reciprocal }
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
