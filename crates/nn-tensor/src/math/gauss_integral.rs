//! The integral of a Gaussian function, from 0 and to infinity, down to the smallest numbers.
//!
//! Far from 0 one polynomial serves: `t = (x - 4) / (x + 4)` folds its arguments into `[-0.8, 0.82]`
//! (after Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in
//! 0 ≤ x < ∞", Mathematics of Computation 36, 1981). The weight is chosen so that the polynomial is
//! nearly flat: little of a rounding error in `t` or in the later terms is left in its value.

use super::exp::{exp_pair, scale};
use super::pair::Pair;
use super::polynomial;

/// The integral of `at_0·exp(-s·x²)`.
pub(super) struct GaussIntegral {
    /// `s`, a power of two.
    pub(super) s: f64,
    /// The integrand at 0.
    pub(super) at_0: Pair,
    /// The integral from 0 to `x` is `x·(at_0 + x²·near(x²))` for a small `x`.
    pub(super) near: [f64; 8],
    /// The integral from `x` to infinity is `exp(-s·x²)·P(t) / (x + weight)` for a larger `x`, where
    /// `P(t)` is `constant + t·rest(t)`,
    pub(super) weight: f64,
    pub(super) constant: Pair,
    pub(super) rest: [f64; 22],
    /// has about this derivative,
    pub(super) slope: f64,
    /// and it is 0 from here on.
    pub(super) furthest: f64,
}

impl GaussIntegral {
    /// `k` and `y` with an integrand of `y·2ᵏ` at `x`.
    #[inline(always)]
    pub(super) fn integrand(&self, x: f64) -> (f64, Pair) {
        let (k, exponential) = self.exponential(self.bounded(x));
        (k, exponential.times(self.at_0))
    }

    /// The integral from 0 to a small `x`.
    #[inline(always)]
    pub(super) fn up_to(&self, x: f64) -> Pair {
        let square = x * x;
        let line = self.at_0.times(x.into());
        let low = (x * square).mul_add(polynomial(square, &self.near), line.low);
        Pair { high: line.high, low }
    }

    /// `k` and `y` with an integral from `|x|` to infinity of `y·2ᵏ`, for an `x` that is not small.
    #[inline(always)]
    pub(super) fn beyond(&self, x: f64) -> (f64, Pair) {
        let x = self.bounded(x);
        let (k, exponential) = self.exponential(x);
        // Both sums are exact, also where x is the larger.
        let (weighted, shifted) = (Pair::sum(self.weight, x), Pair::sum(4.0, x));
        (k, exponential.times(self.polynomial(shifted)).over(weighted))
    }

    /// `|x|` where it is not too far out; a NaN passes.
    #[inline(always)]
    fn bounded(&self, x: f64) -> f64 {
        if x.abs() > self.furthest { self.furthest } else { x.abs() }
    }

    /// `k` and `y` with `exp(-s·x²) = y·2ᵏ`.
    #[inline(always)]
    fn exponential(&self, x: f64) -> (f64, Pair) {
        exp_pair(Pair::product(x, x).times_power(-self.s))
    }

    /// `P(t)` for `t = 1 - 8 / shifted`.
    #[inline(always)]
    fn polynomial(&self, shifted: Pair) -> Pair {
        let share = Pair::from(8.0).over(shifted);
        let t = 1.0 - share.high;
        let missing = (1.0 - t - share.high) - share.low;

        let rest = polynomial(t, &self.rest);
        let high = t.mul_add(rest, self.constant.high);
        let low = t.mul_add(rest, self.constant.high - high) + self.constant.low;
        Pair { high, low: missing.mul_add(self.slope, low) }
    }
}

/// `whole - y·2ᵏ` for a result of at least half of `whole`.
#[inline(always)]
pub(super) fn complement(whole: f64, (k, y): (f64, Pair)) -> Pair {
    Pair::from(whole).plus(y.times_power(-scale(1.0, k)))
}
