//! Softmax of rows and its logarithm, within 1 ulp of the exact values.
//!
//! Rows are worked in blocks, down the columns ([`row_blocks`](crate::row_blocks)).

#![allow(clippy::needless_range_loop, reason = "a lane is an index into many arrays at once")]

use crate::row_blocks::{LaneValues, RowBlock};
use crate::simd::{Blocks, Simd};
use crate::{Scalar, View, ViewMut};

/// What the exponentials of each row are divided by, so that none overflows.
struct Origin<T, const N: usize> {
    /// Taken off each value: 0, or the largest value where it is so large that nothing is rounded
    /// off the difference.
    shift: LaneValues<T, N>,
    /// Where the exponential of a value, less the shift, has vanished.
    least: LaneValues<T, N>,
    /// The power of two, as [`ExpParts::split`](crate::math::ExpParts::split) takes it.
    offset: LaneValues<T, N>,
}

/// A sum as rounded, and what the rounding lost.
#[inline(always)]
fn exact_sum<T: Scalar>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let second = sum - a;
    (sum, (a - (sum - second)) + (b - second))
}

/// Some vectors of a column, `NEGATIVE` or as they are, with negative infinity where the column ends.
#[inline(always)]
fn signed<
    T: Scalar,
    S: Simd<T>,
    const N: usize,
    const WHOLE: bool,
    const NEGATIVE: bool,
    const G: usize,
>(
    block: RowBlock<S, N, WHOLE>,
    column: &[T],
    v: usize,
) -> Blocks<T, S, G> {
    let rest = if NEGATIVE { T::INFINITY } else { -T::INFINITY };
    let x = block.load_blocks(column, v, rest);
    if NEGATIVE { x.all(T::ZERO) - x } else { x }
}

/// The largest value of each row; NaN is passed over.
#[inline(always)]
fn maxima<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool, const NEGATIVE: bool>(
    block: RowBlock<S, N, WHOLE>,
    input: View<'_, T>,
) -> LaneValues<T, N> {
    let simd = block.simd;
    let mut maxima = LaneValues::splat(-T::INFINITY);
    for j in 0..block.columns(input) {
        let x = block.column(input, j);
        for v in block.vectors(x) {
            let x = signed::<T, S, N, WHOLE, NEGATIVE, 1>(block, x, v);
            maxima.store_blocks(x.max(maxima.load_blocks(simd, v)), v);
        }
    }
    for (staying, end) in block.joints() {
        let (first, second) = maxima.0[..end].split_at_mut(staying);
        for (a, &b) in first.iter_mut().zip(&*second) {
            *a = if b > *a { b } else { *a };
        }
    }
    maxima.spread(block);
    maxima
}

/// Adds up the parts of each row, where each sum comes with what its rounding lost.
#[inline(always)]
fn join_sums<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
    block: RowBlock<S, N, WHOLE>,
    highs: &mut LaneValues<T, N>,
    lows: &mut LaneValues<T, N>,
) {
    for (staying, end) in block.joints() {
        let (first, second) = highs.0[..end].split_at_mut(staying);
        let (first_lows, second_lows) = lows.0[..end].split_at_mut(staying);
        for i in 0..second.len() {
            let (sum, lost) = exact_sum(first[i], second[i]);
            first[i] = sum;
            first_lows[i] += second_lows[i] + lost;
        }
    }
    highs.spread(block);
    lows.spread(block);
}

impl<T: Scalar, const N: usize> Origin<T, N> {
    #[inline(always)]
    fn of<S: Simd<T>, const WHOLE: bool>(
        block: RowBlock<S, N, WHOLE>,
        maxima: &LaneValues<T, N>,
    ) -> Self {
        let simd = block.simd;
        let (mut shift, mut least) = (LaneValues::splat(T::ZERO), LaneValues::splat(T::ZERO));
        let mut offset = LaneValues::splat(T::ZERO);
        let origin = Blocks::<T, S, 1>::splat(simd, T::offset(T::ZERO));
        for v in block.all_vectors::<T>() {
            let max = maxima.load(simd, v);
            let size = simd.max(max, simd.sub(simd.splat(T::ZERO), max));
            let beyond = simd.sub(size, simd.splat(T::REACH));
            let far = simd.where_positive(beyond, max);
            let rest = simd.sub(max, far);
            shift.store(simd, far, v);
            least.store(simd, simd.add(rest, simd.splat(T::VANISHES)), v);
            let (_, k) = T::split_blocks(Blocks { simd, vectors: [rest] }, origin);
            offset.store_blocks(origin - k, v);
        }
        Self { shift, least, offset }
    }

    /// The values `x` of the vectors from vector `v` on, less the shift, where their exponentials have not
    /// vanished, and their `2ᵏ` and `k`.
    #[inline(always)]
    fn split<S: Simd<T>, const G: usize>(
        &self,
        v: usize,
        x: Blocks<T, S, G>,
    ) -> (Blocks<T, S, G>, Blocks<T, S, G>, Blocks<T, S, G>) {
        let simd = x.simd;
        let x = self.least.load_blocks(simd, v).max(x - self.shift.load_blocks(simd, v));
        let (power, k) = T::split_blocks(x, self.offset.load_blocks(simd, v));
        (x, power, k)
    }
}

/// The vectors of a column that are worked interleaved, where there are registers for most of what they need.
const INTERLEAVED: usize = 8;

/// Does something for all vectors of a column, [`INTERLEAVED`] at a time as far as there are so many.
macro_rules! interleaved {
    ($vectors:expr, $v:ident, $G:ident => $work:expr) => {{
        let vectors: std::ops::Range<usize> = $vectors;
        let mut $v = vectors.start;
        while const { S::MANY_REGISTERS && N >= INTERLEAVED * T::LANES }
            && $v + INTERLEAVED <= vectors.end
        {
            const $G: usize = INTERLEAVED;
            $work;
            $v += INTERLEAVED;
        }
        while $v < vectors.end {
            const $G: usize = 1;
            $work;
            $v += 1;
        }
    }};
}

/// Writes the softmax of each row of a block, or of the `NEGATIVE` of each. To be called from a
/// [`Kernel`](crate::simd::Kernel).
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
    block: RowBlock<S, N, WHOLE>,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) {
    let simd = block.simd;
    let origin = Origin::<T, N>::of(block, &maxima::<T, S, N, WHOLE, NEGATIVE>(block, input));
    // No exponential is larger than what the sums begin with, so that what an addition loses is
    // found by subtracting alone.
    let anchor = T::SCALE_POWER + T::SCALE_POWER;
    let (mut highs, mut lows) =
        (LaneValues::<T, N>::splat(anchor), LaneValues::<T, N>::splat(T::ZERO));
    for j in 0..block.columns(input) {
        let x = block.column(input, j);
        let y = block.column_mut(&mut output, j, x.len());
        interleaved!(block.vectors(x), v, G => {
            let x = signed::<T, S, N, WHOLE, NEGATIVE, G>(block, x, v);
            let (x, power, k) = origin.split(v, x);
            let t = T::above_one(x, k);
            block.store_blocks(t, y, v);
            let high = highs.load_blocks::<S, G>(simd, v);
            let sum = high + power.mul_add(t, power);
            let lost = power.mul_add(t, power - (sum - high));
            highs.store_blocks(sum, v);
            lows.store_blocks(lows.load_blocks(simd, v) + lost, v);
        });
    }
    for v in block.all_vectors::<T>() {
        highs.store(simd, simd.sub(highs.load(simd, v), simd.splat(anchor)), v);
    }
    join_sums(block, &mut highs, &mut lows);
    // 1 / sum = inverse·(1 + residual)
    let (mut inverses, mut residuals) = (highs, lows);
    for v in block.all_vectors::<T>() {
        let (high, low) = (highs.load(simd, v), lows.load(simd, v));
        let one = simd.splat(T::ONE);
        let sum = simd.add(high, low);
        let low = simd.sub(low, simd.sub(sum, high));
        let inverse = simd.div(one, sum);
        let negative = simd.sub(simd.splat(T::ZERO), inverse);
        let residual = simd.mul_add(negative, low, simd.mul_add(negative, sum, one));
        inverses.store(simd, inverse, v);
        residuals.store(simd, residual, v);
    }
    for j in 0..block.columns(input) {
        let x = block.column(input, j);
        let y = block.column_mut(&mut output, j, x.len());
        interleaved!(block.vectors(x), v, G => {
            let x = signed::<T, S, N, WHOLE, NEGATIVE, G>(block, x, v);
            let (_, power, _) = origin.split(v, x);
            let inverse = inverses.load_blocks::<S, G>(simd, v);
            let residual = residuals.load_blocks(simd, v);
            let t = block.load_blocks(y, v, T::ZERO);
            let t = t + t.mul_add(residual, residual);
            block.store_blocks(t.mul_add(inverse, inverse) * power, y, v);
        });
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
    block: RowBlock<S, N, WHOLE>,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) {
    let simd = block.simd;
    let maxima = maxima::<T, S, N, WHOLE, false>(block, input);
    // The sum of the exponentials of all values but the largest, and how often that one occurs.
    let (mut highs, mut lows) =
        (LaneValues::<T, N>::splat(T::ZERO), LaneValues::<T, N>::splat(T::ZERO));
    let mut repeats = LaneValues::<T, N>::splat(T::ZERO);
    let offset = T::offset(T::ZERO);
    for j in 0..block.columns(input) {
        let column = block.column(input, j);
        for v in block.vectors(column) {
            let mut x = T::ZERO_BLOCK;
            let [vector] = signed::<T, S, N, WHOLE, false, 1>(block, column, v).vectors;
            simd.store(vector, &mut x);
            for (lane, &x) in x.as_ref().iter().enumerate() {
                let i = v * T::LANES + lane;
                let (below, lost) = exact_sum(x, -maxima.0[i]);
                let vanishes = below < T::VANISHES;
                repeats.0[i] += if below == T::ZERO { T::ONE } else { T::ZERO };
                let (below, lost) = if vanishes { (T::VANISHES, T::ZERO) } else { (below, lost) };
                let (power, k) = below.split(offset);
                let r = below.remainder(k);
                let w = T::tail(k, r, lost);
                let power = if x == maxima.0[i] { T::ZERO } else { power };
                let exponential = power.mul_add(r + w, power);
                let rest = power.mul_add(w, power.mul_add(r, power - exponential));
                let (sum, lost) = exact_sum(highs.0[i], exponential);
                highs.0[i] = sum;
                lows.0[i] += lost + rest;
            }
        }
    }
    join_sums(block, &mut highs, &mut lows);
    repeats.join(block);
    // What is to be taken off each value: the largest and the logarithm of the sum.
    for i in 0..block.all_vectors::<T>().len() * T::LANES {
        let (high, low) = exact_sum(highs.0[i], lows.0[i]);
        let (high, lost) = exact_sum(repeats.0[i] - T::ONE, high / T::SCALE_POWER);
        let (log, error) = ln_1p_in_parts(high, lost + low / T::SCALE_POWER);
        let (sum, lost) = exact_sum(maxima.0[i], log);
        highs.0[i] = sum;
        lows.0[i] = lost + error;
    }
    for j in 0..block.columns(input) {
        let x = block.column(input, j);
        let y = block.column_mut(&mut output, j, x.len());
        for (((y, &x), &high), &low) in y.iter_mut().zip(x).zip(&highs.0).zip(&lows.0) {
            let (log, lost) = exact_sum(x, -high);
            // What was lost is not to be had from infinity, nor next to the largest number.
            let correction = lost - low;
            *y = log + if correction.is_finite() { correction } else { T::ZERO };
        }
    }
}
