//! Softmax of rows and its logarithm, within 1 ulp of the exact values.
//!
//! Rows are worked in blocks, down the columns.

#![allow(clippy::needless_range_loop, reason = "a row is an index into many arrays at once")]

use crate::simd::Simd;
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

impl<T: Scalar, const N: usize> Rows<T, N> {
    /// The values of a column, with zeros where it ends.
    #[inline(always)]
    pub fn of<S: Simd<T>, const WHOLE: bool>(block: Block<S, N, WHOLE>, column: &[T]) -> Self {
        let mut rows = Self::splat(T::ZERO);
        for i in (0..N).step_by(T::LANES) {
            rows.store(block.0, block.load(column, i), i);
        }
        rows
    }

    /// The values of some rows in registers: those from `row` on, a multiple of [`Vectors::LANES`](
    /// crate::simd::Vectors::LANES).
    #[inline(always)]
    pub fn load<S: Simd<T>>(&self, simd: S, row: usize) -> S::Vector {
        Block::<S, N, true>(simd).load(&self.0, row)
    }

    /// Replaces the values of some rows.
    #[inline(always)]
    pub fn store<S: Simd<T>>(&mut self, simd: S, vector: S::Vector, row: usize) {
        Block::<S, N, true>(simd).store(vector, &mut self.0, row);
    }
}

/// Blocks of `N` rows, or of fewer where they are not `WHOLE`.
#[derive(Debug, Clone, Copy)]
pub struct Block<S, const N: usize, const WHOLE: bool>(pub S);

impl<S, const N: usize, const WHOLE: bool> Block<S, N, WHOLE> {
    /// Reads a column of a block from row `i` on, a multiple of [`Vectors::LANES`](
    /// crate::simd::Vectors::LANES); zeros where it ends.
    #[inline(always)]
    pub fn load<T: Scalar>(self, column: &[T], i: usize) -> S::Vector
    where
        S: Simd<T>,
    {
        let column = if WHOLE { &column[..N] } else { column };
        let rest = column.get(i..).unwrap_or_default();
        match T::blocks(rest).0 {
            [block, ..] => self.0.load(block),
            [] => self.0.load_rest(rest),
        }
    }

    /// Writes to a column of a block from row `i` on, as far as it goes.
    #[inline(always)]
    pub fn store<T: Scalar>(self, vector: S::Vector, column: &mut [T], i: usize)
    where
        S: Simd<T>,
    {
        let column = if WHOLE { &mut column[..N] } else { column };
        let rest = column.get_mut(i..).unwrap_or_default();
        if rest.len() < T::LANES {
            self.0.store_rest(vector, rest);
        } else if let [block, ..] = T::blocks_mut(rest).0 {
            self.0.store(vector, block);
        }
    }
}

/// The first rows of blocks of `block` rows that make up `rows` rows. The last block begins early, so
/// that it is whole, where rows are left over; the only one is not whole where there are fewer.
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
    /// The power of two, as [`ExpParts::split`](crate::math::ExpParts::split) takes it.
    offset: Rows<T, N>,
}

/// A sum as rounded, and what the rounding lost.
#[inline(always)]
fn exact_sum<T: Scalar>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let second = sum - a;
    (sum, (a - (sum - second)) + (b - second))
}

/// Values of a column, `NEGATIVE` or as they are.
#[inline(always)]
fn signed<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool, const NEGATIVE: bool>(
    block: Block<S, N, WHOLE>,
    column: &[T],
    i: usize,
) -> S::Vector {
    let (simd, x) = (block.0, block.load(column, i));
    if NEGATIVE { simd.sub(simd.splat(T::ZERO), x) } else { x }
}

/// The largest value of each row; NaN is passed over.
#[inline(always)]
fn maxima<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool, const NEGATIVE: bool>(
    block: Block<S, N, WHOLE>,
    input: View<'_, T>,
) -> Rows<T, N> {
    let simd = block.0;
    let mut maxima = Rows::splat(-T::INFINITY);
    for j in 0..input.columns() {
        let Some(x) = input.column(j) else { break };
        for i in (0..N).step_by(T::LANES) {
            let x = signed::<T, S, N, WHOLE, NEGATIVE>(block, x, i);
            let max = simd.larger(x, maxima.load(simd, i));
            maxima.store(simd, max, i);
        }
    }
    maxima
}

impl<T: Scalar, const N: usize> Origin<T, N> {
    #[inline(always)]
    fn of(maxima: &Rows<T, N>) -> Self {
        let (mut shift, mut least) = (Rows::splat(T::ZERO), Rows::splat(T::ZERO));
        let mut offset = Rows::splat(T::ZERO);
        for i in 0..N {
            let max = maxima.0[i];
            shift.0[i] = if max.abs() < T::REACH { T::ZERO } else { max };
            let rest = max - shift.0[i];
            least.0[i] = rest + T::VANISHES;
            offset.0[i] = T::offset(rest.split(T::offset(T::ZERO)).1);
        }
        Self { shift, least, offset }
    }

    /// Values `x` in the rows from `i` on, less the shift, where their exponentials have not
    /// vanished, and their `2ᵏ` and `k`.
    #[inline(always)]
    fn split<S: Simd<T>>(
        &self,
        simd: S,
        i: usize,
        x: S::Vector,
    ) -> (S::Vector, S::Vector, S::Vector) {
        let x = simd.larger(self.least.load(simd, i), simd.sub(x, self.shift.load(simd, i)));
        let (power, k) = T::split_block(simd, x, self.offset.load(simd, i));
        (x, power, k)
    }
}

/// Writes the softmax of each row of a block of up to `N` rows, or of the `NEGATIVE` of each. To be
/// called from a [`Kernel`](crate::simd::Kernel).
///
/// The exponential `2ᵏ·(1 + t)` is never rounded: its `t` waits in `output` for the sum, and `2ᵏ` is
/// found again.
#[inline(always)]
pub fn probabilities<
    T: Scalar,
    S: Simd<T>,
    const N: usize,
    const WHOLE: bool,
    const NEGATIVE: bool,
>(
    block: Block<S, N, WHOLE>,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) {
    let simd = block.0;
    let origin = Origin::<T, N>::of(&maxima::<T, S, N, WHOLE, NEGATIVE>(block, input));
    // No exponential is larger than what the sums begin with, so that what an addition loses is
    // found by subtracting alone.
    let anchor = T::SCALE_POWER + T::SCALE_POWER;
    let (mut highs, mut lows) = (Rows::<T, N>::splat(anchor), Rows::<T, N>::splat(T::ZERO));
    for j in 0..input.columns() {
        let (Some(x), Some(y)) = (input.column(j), output.column_mut(j)) else { break };
        for i in (0..N).step_by(T::LANES) {
            let x = signed::<T, S, N, WHOLE, NEGATIVE>(block, x, i);
            let (x, power, k) = origin.split(simd, i, x);
            let t = T::above_one(simd, x, k);
            block.store(t, y, i);
            let high = highs.load(simd, i);
            let sum = simd.add(high, simd.mul_add(power, t, power));
            let lost = simd.mul_add(power, t, simd.sub(power, simd.sub(sum, high)));
            highs.store(simd, sum, i);
            lows.store(simd, simd.add(lows.load(simd, i), lost), i);
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
    for j in 0..input.columns() {
        let (Some(x), Some(y)) = (input.column(j), output.column_mut(j)) else { break };
        for i in (0..N).step_by(T::LANES) {
            let x = signed::<T, S, N, WHOLE, NEGATIVE>(block, x, i);
            let (_, power, _) = origin.split(simd, i, x);
            let (inverse, residual) = (inverses.load(simd, i), residuals.load(simd, i));
            let t = block.load(y, i);
            let t = simd.add(t, simd.mul_add(t, residual, residual));
            let probability = simd.mul(simd.mul_add(t, inverse, inverse), power);
            block.store(probability, y, i);
        }
    }
}

/// `ln(1 + high + low)` for `high` of at least 0 and a `low` far smaller, in two parts.
#[inline(always)]
fn ln_1p_in_parts<T: Scalar>(high: T, low: T) -> (T, T) {
    // One step of Newton's: 1 + high + low - eˡ, divided by eˡ, is what the logarithm l is off by.
    let log = high.ln_1p();
    let (power, k) = log.split(T::offset(T::SCALE));
    let r = log.remainder(k);
    let w = T::tail(k, r, T::ZERO);
    let (rest, lost) = exact_sum(T::ONE - power, high);
    let (rest, lost_next) = exact_sum(rest, -(power * r));
    let error = (-power).mul_add(w, rest) + (lost + lost_next + low);
    (log, error / (T::ONE + high))
}

/// Writes the logarithm of the softmax of each row of a block of up to `N` rows. To be called from a
/// [`Kernel`](crate::simd::Kernel).
///
/// The exponentials are those of the distances from the largest value, with what their rounding lost,
/// and the largest is left out of their sum: so the logarithm of `1 + sum` keeps its digits where the
/// others are tiny.
#[inline(always)]
pub fn log_probabilities<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
    block: Block<S, N, WHOLE>,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) {
    let simd = block.0;
    let maxima = maxima::<T, S, N, WHOLE, false>(block, input);
    // The sum of the exponentials of all values but the largest, and how often that one occurs.
    let (mut highs, mut lows) = (Rows::<T, N>::splat(T::ZERO), Rows::<T, N>::splat(T::ZERO));
    let mut repeats = Rows::<T, N>::splat(-T::ONE);
    let offset = T::offset(T::ZERO);
    for j in 0..input.columns() {
        let Some(column) = input.column(j) else { break };
        let x = Rows::of(block, column).0;
        for i in 0..N {
            let (below, lost) = exact_sum(x[i], -maxima.0[i]);
            let vanishes = below < T::VANISHES;
            repeats.0[i] += if below == T::ZERO { T::ONE } else { T::ZERO };
            let (below, lost) = if vanishes { (T::VANISHES, T::ZERO) } else { (below, lost) };
            let (power, k) = below.split(offset);
            let r = below.remainder(k);
            let w = T::tail(k, r, lost);
            let power = if x[i] == maxima.0[i] { T::ZERO } else { power };
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
    for j in 0..input.columns() {
        let (Some(column), Some(to)) = (input.column(j), output.column_mut(j)) else { break };
        let x = Rows::of(block, column).0;
        let mut y = Rows::<T, N>::splat(T::ZERO);
        for i in 0..N {
            let (log, lost) = exact_sum(x[i], -highs.0[i]);
            // What was lost is not to be had from infinity, nor next to the largest number.
            let correction = lost - lows.0[i];
            y.0[i] = log + if correction.is_finite() { correction } else { T::ZERO };
        }
        for i in (0..N).step_by(T::LANES) {
            block.store(y.load(simd, i), to, i);
        }
    }
}
