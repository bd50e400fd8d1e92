//! The upper tails of the normal law and of the error function, down to the smallest numbers.
//!
//! One polynomial serves for all `x ≥ ½`: `t = (x - 4) / (x + 4)` folds them into `[-0.8, 0.8]` (after
//! Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞",
//! Mathematics of Computation 36, 1981). With the weight chosen so that the polynomial is nearly
//! flat, little of a rounding error in `t` or in the later coefficients is left in the value.

use super::exp::{exp_pair, power_of_two};
use super::pair::Pair;
use super::polynomial;

/// A function `exp(-s·x²)·P(t) / (x + weight)` with `P(t) = constant + t·rest(t)`.
pub(super) struct UpperTail {
    /// s, a power of two.
    pub(super) exponent: f64,
    pub(super) weight: f64,
    /// Beyond this it is 0.
    pub(super) furthest: f64,
    pub(super) constant: Pair,
    pub(super) rest: [f64; 22],
    /// The middle of what the derivative of P takes on.
    pub(super) slope: f64,
}

impl UpperTail {
    /// `k` and `y` with a value of `y·2ᵏ` at `x ≥ ½`; below, `y` is not exact.
    #[inline(always)]
    pub(super) fn at(&self, x: f64) -> (f64, Pair) {
        let x = if x > self.furthest { self.furthest } else { x };
        let square = Pair::product(x, x);
        let exponent =
            Pair { high: -self.exponent * square.high, low: -self.exponent * square.low };
        let (k, exponential) = exp_pair(exponent);
        (k, exponential.times(self.polynomial(x)).over(Pair::sum(self.weight, x)))
    }

    /// `P(t)`
    #[inline(always)]
    fn polynomial(&self, x: f64) -> Pair {
        // t = 1 - 8 / (x + 4)
        let reciprocal = Pair::from(1.0).over(Pair::sum(4.0, x));
        let t = reciprocal.high.mul_add(-8.0, 1.0);
        let missing = reciprocal.low.mul_add(-8.0, reciprocal.high.mul_add(-8.0, 1.0 - t));

        let rest = polynomial(t, &self.rest);
        let high = t.mul_add(rest, self.constant.high);
        let low = t.mul_add(rest, self.constant.high - high) + self.constant.low;
        Pair { high, low: missing.mul_add(self.slope, low) }
    }
}

/// `1 - y·2ᵏ` or `2 - y·2ᵏ` and the like, for a result of at least ½.
#[inline(always)]
pub(super) fn complement(whole: f64, (k, y): (f64, Pair)) -> Pair {
    // Whatever is far below the last place of the result serves in its stead.
    let power = power_of_two(if k < -200.0 { -200.0 } else { k });
    let sum = Pair::sum(whole, -power * y.high);
    Pair { high: sum.high, low: sum.low - power * y.low }
}
