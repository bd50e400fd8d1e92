//! Copies of parts of matrices, in the order in which tiles read them.

#![allow(clippy::needless_range_loop, reason = "vectors are read by their indices")]

use crate::Scalar;
use crate::simd::Simd;

use super::Strided;
use super::tiles::PANEL;

/// How many blocks of rows are packed side by side, as tall as most tiles.
const STRIP: usize = 2;

/// Rows of a matrix as tiles read them: the values of a column lie side by side, all of them in
/// place, or those of a strip, packed.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    data: &'a [T],
    pub(super) rows: usize,
    /// From a value to its neighbour in the next column.
    pub(super) column_step: usize,
    /// From a strip to the one below.
    strip_step: usize,
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// A matrix whose columns need no packing.
    #[inline(always)]
    pub(super) fn in_place(a: Strided<'a, T>) -> Self {
        let Strided { data, rows, column_step, .. } = a;
        Self { data, rows, column_step, strip_step: STRIP * T::LANES }
    }

    /// Copies a matrix.
    #[inline(always)]
    pub(super) fn pack<S: Simd<T>>(simd: S, a: Strided<'_, T>, to: &'a mut [T]) -> Self {
        let column_step = STRIP * T::LANES;
        let strip_step = column_step * a.columns;
        for (top, to) in (0..a.rows).step_by(column_step).zip(to.chunks_mut(strip_step)) {
            let strip = a.block(top, 0, column_step, a.columns);
            if strip.row_step == 1 {
                let columns = strip.data.chunks(strip.column_step);
                for (to, from) in to.chunks_mut(column_step).zip(columns) {
                    match from.get(..column_step) {
                        Some(from) if strip.rows == column_step => to.copy_from_slice(from),
                        _ => to[..strip.rows].copy_from_slice(&from[..strip.rows]),
                    }
                }
                continue;
            }
            for i in (0..strip.rows).step_by(T::LANES) {
                let rows = strip.block(i, 0, T::LANES, a.columns);
                if T::LANES == 16 {
                    transpose::<S, T, 16>(simd, rows, &mut to[i..], column_step);
                } else {
                    transpose::<S, T, 8>(simd, rows, &mut to[i..], column_step);
                }
            }
        }
        Self { data: to, rows: a.rows, column_step, strip_step }
    }

    /// Whether a tile may be taller than a strip.
    #[inline(always)]
    pub(super) fn is_in_place(&self) -> bool {
        self.strip_step == STRIP * T::LANES
    }

    /// The values of the first column from row `i` on, and what follows in memory.
    #[inline(always)]
    pub(super) fn from(&self, i: usize) -> &'a [T] {
        let height = STRIP * T::LANES;
        &self.data[i / height * self.strip_step + i % height..]
    }
}

/// Copies at most `N` rows, each of which lies side by side, into columns `step` apart. A block has
/// `N` values.
#[inline(always)]
fn transpose<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    from: Strided<'_, T>,
    to: &mut [T],
    step: usize,
) {
    for first in (0..from.columns).step_by(N) {
        let columns = N.min(from.columns - first);
        let mut rows = [simd.splat(T::ZERO); N];
        for i in 0..from.rows.min(N) {
            rows[i] = load(simd, &from.data[i * from.row_step + first..][..columns]);
        }
        let turned = take_turns(simd, rows);
        for i in 0..columns {
            let to = &mut to[(first + i) * step..];
            simd.store(turned[i], &mut T::blocks_mut(&mut to[..N]).0[0]);
        }
    }
}

/// Copies the columns of tiles, each its first column and how many there are, at most `N`, so that the values of each row lie side by
/// side. What there is beside them, up to `N`, is anything.
#[inline(always)]
pub(super) fn pack_columns<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    b: Strided<'_, T>,
    tiles: &[(usize, usize)],
    panels: &mut [[T; N]],
) {
    if b.row_step != 1 {
        for (i, row) in b.data.chunks(b.row_step).take(b.rows).enumerate() {
            for (&(j, columns), panel) in tiles.iter().zip(panels.chunks_mut(PANEL)) {
                match row[j..].first_chunk() {
                    Some(row) => panel[i] = *row,
                    None => panel[i][..columns].copy_from_slice(&row[j..][..columns]),
                }
            }
        }
        return;
    }
    for (&(first, columns), panel) in tiles.iter().zip(panels.chunks_mut(PANEL)) {
        for (block, to) in panel[..b.rows].chunks_mut(T::LANES).enumerate() {
            let mut values = [simd.splat(T::ZERO); N];
            for j in 0..columns.min(N) {
                let start = (first + j) * b.column_step + block * T::LANES;
                values[j] = load(simd, &b.data[start..][..to.len()]);
                // The tile to the right comes next.
                if let Some(next) = b.data.get(start + columns * b.column_step) {
                    simd.prefetch(next);
                }
            }
            let turned = take_turns(simd, values);
            for (to, values) in to.as_flattened_mut().chunks_mut(T::LANES).zip(turned) {
                if to.len() == T::LANES {
                    simd.store(values, &mut T::blocks_mut(to).0[0]);
                } else {
                    simd.store_rest(values, to);
                }
            }
        }
    }
}

/// A block, or fewer values.
#[inline(always)]
fn load<S: Simd<T>, T: Scalar>(simd: S, from: &[T]) -> S::Vector {
    match T::blocks(from).0 {
        [block, ..] => simd.load(block),
        [] => simd.load_rest(from),
    }
}

/// The first values of all vectors, then their second values, and so on; `N` is a power of two.
///
/// The place of a value is a number in binary: which vector, then where in it. Interleaving the two
/// halves of the vectors moves the highest digit to the end.
#[inline(always)]
fn take_turns<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    mut vectors: [S::Vector; N],
) -> [S::Vector; N] {
    for _ in 0..N.ilog2() {
        let halves = vectors;
        for i in 0..N / 2 {
            let [low, high] = simd.interleave(halves[i], halves[i + N / 2]);
            (vectors[2 * i], vectors[2 * i + 1]) = (low, high);
        }
    }
    vectors
}
