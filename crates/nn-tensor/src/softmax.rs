//! Softmax of rows and its logarithm, within 1 ulp of the exact values.
//!
//! Rows are worked in blocks, down the columns. The loops over a block's rows are short ones where
//! there could be one long one: so several vectors are under way at once.

#![allow(clippy::needless_range_loop, reason = "a row is an index into many arrays at once")]

use crate::{Scalar, View, ViewMut};

/// A value for each row of a block, where the widest vectors are read and written fastest.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct Rows<T, const N: usize>(pub [T; N]);

impl<T: Copy, const N: usize> Rows<T, N> {
    /// The same value for each row.
    #[inline(always)]
    #[must_use]
    pub const fn splat(value: T) -> Self {
        Self([value; N])
    }
}

/// The first rows of blocks of `block` rows that make up `rows` rows, of which there are as many at
/// least. The last block begins early, so that it is whole, where rows are left over.
pub fn block_starts(rows: usize, block: usize) -> impl Iterator<Item = usize> {
    (0..rows).step_by(block).map(move |start| start.min(rows.saturating_sub(block)))
}

/// What the exponentials of each row are divided by, so that none overflows.
struct Origin<T, const N: usize> {
    /// Taken off each value: 0, or the largest value where it is so large that nothing is rounded
    /// off the difference.
    shift: Rows<T, N>,
    /// Where the exponential of a value, less the shift, has vanished.
    least: Rows<T, N>,
    /// The power of two.
    scale: Rows<T, N>,
}

/// A sum as rounded, and what the rounding lost.
#[inline(always)]
fn exact_sum<T: Scalar>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let second = sum - a;
    (sum, (a - (sum - second)) + (b - second))
}

/// The largest value of each row; NaN is passed over.
#[inline(always)]
fn maxima<T: Scalar, const N: usize>(input: View<'_, T>) -> Rows<T, N> {
    let mut maxima = Rows::splat(-T::INFINITY);
    for x in input.iter_columns() {
        let Some(x) = x.first_chunk::<N>() else { break };
        for i in 0..N {
            maxima.0[i] = maxima.0[i].larger(x[i]);
        }
    }
    maxima
}

impl<T: Scalar, const N: usize> Origin<T, N> {
    #[inline(always)]
    fn of(maxima: &Rows<T, N>) -> Self {
        let (mut shift, mut least) = (Rows::splat(T::ZERO), Rows::splat(T::ZERO));
        let mut scale = Rows::splat(T::ZERO);
        for i in 0..N {
            let max = maxima.0[i];
            shift.0[i] = if max.abs() < T::REACH { T::ZERO } else { max };
            let rest = max - shift.0[i];
            least.0[i] = rest + T::VANISHES;
            scale.0[i] = T::offset(rest.reduce().0);
        }
        Self { shift, least, scale }
    }

    /// `2ᵏ`, `k` and `r` of a value `x` in row `i`.
    #[inline(always)]
    fn reduce(&self, i: usize, x: T) -> (T, T, T) {
        let x = x - self.shift.0[i];
        let x = if x < self.least.0[i] { self.least.0[i] } else { x };
        let (k, r) = x.reduce();
        (T::power_of_two(k, self.scale.0[i]), k, r)
    }
}

/// Writes the softmax of each row of a block of `N` rows. To be called from a
/// [`Kernel`](crate::simd::Kernel).
///
/// The exponential `2ᵏ·(1 + r + w)` is never rounded: its tail `w` waits in `output` for the sum, and
/// `r` is found again.
#[inline(always)]
pub fn probabilities<T: Scalar, const N: usize>(input: View<'_, T>, mut output: ViewMut<'_, T>) {
    let origin = Origin::<T, N>::of(&maxima(input));
    // No exponential is larger than what the sums begin with, so that what an addition loses is
    // found by subtracting alone.
    let anchor = T::SCALE_POWER + T::SCALE_POWER;
    let (mut highs, mut lows) = (Rows::<T, N>::splat(anchor), Rows::<T, N>::splat(T::ZERO));
    for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
        let (Some(y), Some(x)) = (y.first_chunk_mut::<N>(), x.first_chunk::<N>()) else { break };
        let (mut ks, mut rs) = (Rows::<T, N>::splat(T::ZERO), Rows::<T, N>::splat(T::ZERO));
        for i in 0..N {
            let (_, k, r) = origin.reduce(i, x[i]);
            ks.0[i] = k;
            rs.0[i] = r;
        }
        for i in 0..N {
            y[i] = T::tail(ks.0[i], rs.0[i], T::ZERO);
        }
        for i in 0..N {
            let power = T::power_of_two(ks.0[i], origin.scale.0[i]);
            let (r, w) = (rs.0[i], y[i]);
            let high = highs.0[i];
            let sum = high + power.mul_add(r + w, power);
            let rest = power.mul_add(w, power.mul_add(r, power - (sum - high)));
            highs.0[i] = sum;
            lows.0[i] += rest;
        }
    }
    // 1 / sum = inverse·(1 + residual)
    let (mut inverses, mut residuals) = (Rows::<T, N>::splat(anchor), Rows::<T, N>::splat(T::ZERO));
    for i in 0..N {
        let high = highs.0[i] - anchor;
        let sum = high + lows.0[i];
        let low = lows.0[i] - (sum - high);
        let inverse = T::ONE / sum;
        inverses.0[i] = inverse;
        residuals.0[i] = (-inverse).mul_add(low, (-inverse).mul_add(sum, T::ONE));
    }
    for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
        let (Some(y), Some(x)) = (y.first_chunk_mut::<N>(), x.first_chunk::<N>()) else { break };
        for i in 0..N {
            let (power, _, r) = origin.reduce(i, x[i]);
            let (inverse, residual) = (inverses.0[i], residuals.0[i]);
            let e = r + (r.mul_add(residual, y[i]) + residual);
            y[i] = e.mul_add(inverse, inverse) * power;
        }
    }
}

/// `ln(1 + high + low)` for `high` of at least 0 and a `low` far smaller, in two parts.
#[inline(always)]
fn ln_1p_in_parts<T: Scalar>(high: T, low: T) -> (T, T) {
    // One step of Newton's: 1 + high + low - eˡ, divided by eˡ, is what the logarithm l is off by.
    let log = high.ln_1p();
    let (k, r) = log.reduce();
    let w = T::tail(k, r, T::ZERO);
    let power = T::power_of_two(k, T::offset(T::SCALE));
    let (rest, lost) = exact_sum(T::ONE - power, high);
    let (rest, lost_next) = exact_sum(rest, -(power * r));
    let error = (-power).mul_add(w, rest) + (lost + lost_next + low);
    (log, error / (T::ONE + high))
}

/// Writes the logarithm of the softmax of each row of a block of `N` rows. To be called from a
/// [`Kernel`](crate::simd::Kernel).
///
/// The exponentials are those of the distances from the largest value, with what their rounding lost,
/// and the largest is left out of their sum: so the logarithm of `1 + sum` keeps its digits where the
/// others are tiny.
#[inline(always)]
pub fn log_probabilities<T: Scalar, const N: usize>(
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) {
    let maxima = maxima::<T, N>(input);
    // The sum of the exponentials of all values but the largest, and how often that one occurs.
    let (mut highs, mut lows) = (Rows::<T, N>::splat(T::ZERO), Rows::<T, N>::splat(T::ZERO));
    let mut repeats = Rows::<T, N>::splat(-T::ONE);
    let (mut ks, mut rs, mut losses) = (repeats, repeats, repeats);
    let mut tails = repeats;
    let offset = T::offset(T::ZERO);
    for x in input.iter_columns() {
        let Some(x) = x.first_chunk::<N>() else { break };
        for i in 0..N {
            let (below, lost) = exact_sum(x[i], -maxima.0[i]);
            let vanishes = below < T::VANISHES;
            losses.0[i] = if vanishes { T::ZERO } else { lost };
            repeats.0[i] += if below == T::ZERO { T::ONE } else { T::ZERO };
            (ks.0[i], rs.0[i]) = (if vanishes { T::VANISHES } else { below }).reduce();
        }
        for i in 0..N {
            tails.0[i] = T::tail(ks.0[i], rs.0[i], losses.0[i]);
        }
        for i in 0..N {
            let largest = x[i] == maxima.0[i];
            let power = T::power_of_two(ks.0[i], offset);
            let power = if largest { T::ZERO } else { power };
            let (r, w) = (rs.0[i], tails.0[i]);
            let exponential = power.mul_add(r + w, power);
            let rest = power.mul_add(w, power.mul_add(r, power - exponential));
            let (sum, lost) = exact_sum(highs.0[i], exponential);
            highs.0[i] = sum;
            lows.0[i] += lost + rest;
        }
    }
    // What is to be taken off each value: the largest and the logarithm of the sum.
    for i in 0..N {
        let (high, low) = exact_sum(highs.0[i], lows.0[i]);
        let (high, lost) = exact_sum(repeats.0[i], high / T::SCALE_POWER);
        let (log, error) = ln_1p_in_parts(high, lost + low / T::SCALE_POWER);
        let (sum, lost) = exact_sum(maxima.0[i], log);
        highs.0[i] = sum;
        lows.0[i] = lost + error;
    }
    for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
        let (Some(y), Some(x)) = (y.first_chunk_mut::<N>(), x.first_chunk::<N>()) else { break };
        for i in 0..N {
            let (log, lost) = exact_sum(x[i], -highs.0[i]);
            // What was lost is not to be had from infinity, nor next to the largest number.
            let correction = lost - lows.0[i];
            y[i] = log + if correction.is_finite() { correction } else { T::ZERO };
        }
    }
}
