//! Copies of parts of matrices, in the order in which tiles read them.

#![allow(clippy::needless_range_loop, reason = "vectors are read by their indices")]

use crate::Scalar;
use crate::simd::Simd;

use super::Strided;

/// Copies rows so that those of a tile, `R` blocks, lie side by side, column after column. Where
/// rows are missing in the last tile, anything stands in their place.
#[inline(always)]
pub(super) fn pack_rows<S: Simd<T>, T: Scalar, const R: usize>(
    simd: S,
    a: Strided<'_, T>,
    to: &mut [T],
) {
    let tile = R * T::LANES;
    for (first, to) in (0..a.rows).step_by(tile).zip(to.chunks_mut(tile * a.columns)) {
        let rows = tile.min(a.rows - first);
        if a.row_step == 1 {
            let columns = a.data[first..].chunks(a.column_step);
            for (to, column) in to.chunks_exact_mut(tile).zip(columns) {
                if rows == tile {
                    to.copy_from_slice(&column[..tile]);
                } else {
                    to[..rows].copy_from_slice(&column[..rows]);
                }
            }
            continue;
        }
        for block in (0..rows).step_by(T::LANES) {
            let from = a.block(first + block, 0, T::LANES.min(rows - block), a.columns);
            if T::LANES == 16 {
                transpose::<S, T, 16>(simd, from, &mut to[block..], tile);
            } else {
                transpose::<S, T, 8>(simd, from, &mut to[block..], tile);
            }
        }
    }
}

/// Copies at most `N` rows, each of which lies side by side, as columns, `step` apart. A block has
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

/// Copies `J` columns so that the values of each row lie side by side.
#[inline(always)]
pub(super) fn pack_columns<S: Simd<T>, T: Scalar, const J: usize>(
    simd: S,
    b: Strided<'_, T>,
    to: &mut [[T; J]],
) {
    if b.row_step != 1 {
        for (i, to) in to.iter_mut().enumerate() {
            to.copy_from_slice(&b.data[i * b.row_step..][..J]);
        }
        return;
    }
    for (block, to) in to.chunks_mut(T::LANES).enumerate() {
        let mut columns = [simd.splat(T::ZERO); J];
        for j in 0..J {
            columns[j] = load(simd, &b.data[j * b.column_step + block * T::LANES..][..to.len()]);
        }
        let turned = take_turns(simd, columns);
        for (to, values) in to.as_flattened_mut().chunks_mut(T::LANES).zip(turned) {
            if to.len() == T::LANES {
                simd.store(values, &mut T::blocks_mut(to).0[0]);
            } else {
                simd.store_rest(values, to);
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
