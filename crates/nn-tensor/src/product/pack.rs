//! Copies of parts of matrices, in the order in which tiles read them.

#![allow(clippy::needless_range_loop, reason = "vectors are read by their indices")]

use crate::Scalar;
use crate::simd::Simd;

use super::tiles::{GROUP, PANEL, WIDEST, WIDTH};
use super::{Strided, even_tiles};

/// Rows of a matrix as tiles read them: the values of a column lie side by side, all of them in
/// place, or those of a strip, packed.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    data: &'a [T],
    pub(super) rows: usize,
    /// From a value in place to its neighbour in the next column.
    column_step: usize,
    /// From a row to the next: in a packed strip, all values of a row come before those of the strip
    /// below.
    row_step: usize,
}

/// The strips into which so many rows are cut, by the first row of each and how many there are: none
/// taller than so many blocks, all about as tall, and only the last may end in a part of a block.
#[inline(always)]
pub(super) fn strips<T: Scalar>(
    rows: usize,
    tallest: usize,
) -> impl Iterator<Item = (usize, usize)> + Clone {
    let strips = even_tiles(rows.div_ceil(T::LANES), tallest);
    strips.map(move |(first, blocks)| {
        let first = first * T::LANES;
        (first, (blocks * T::LANES).min(rows - first))
    })
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// A matrix whose columns need no packing.
    #[inline(always)]
    pub(super) fn in_place(a: Strided<'a, T>) -> Self {
        let Strided { data, rows, column_step, .. } = a;
        Self { data, rows, column_step, row_step: 1 }
    }

    /// Copies a matrix, in strips.
    #[inline(always)]
    pub(super) fn pack<S: Simd<T>>(
        simd: S,
        a: Strided<'_, T>,
        tallest: usize,
        to: &'a mut [T],
    ) -> Self {
        let strips = strips::<T>(a.rows, tallest);
        if a.row_step == 1 {
            for j in 0..a.columns {
                let column = &a.data[j * a.column_step..][..a.rows];
                prefetch(simd, a.data, (j + AHEAD) * a.column_step, a.rows);
                for (first, rows) in strips.clone() {
                    let height = rows.next_multiple_of(T::LANES);
                    let to = &mut to[first * a.columns + j * height..][..rows];
                    copy(simd, &column[first..][..rows], to);
                }
            }
        } else {
            for (first, rows) in strips {
                let height = rows.next_multiple_of(T::LANES);
                for i in (0..rows).step_by(T::LANES) {
                    let rows = a.block(first + i, 0, T::LANES, a.columns);
                    let to = &mut to[first * a.columns + i..];
                    if const { T::LANES == 16 } {
                        transpose::<S, T, 16>(simd, rows, to, height);
                    } else {
                        transpose::<S, T, 8>(simd, rows, to, height);
                    }
                }
            }
        }
        Self { data: to, rows: a.rows, column_step: 0, row_step: a.columns }
    }

    /// Whether strips may be of any height. Those of a single packed column may as well: its values lie one
    /// after another.
    #[inline(always)]
    pub(super) fn is_in_place(&self) -> bool {
        self.row_step == 1
    }

    /// From a value to the one so many rows below in the same column, where columns are so long that it is
    /// worth asking memory for that in time, or to nowhere.
    #[inline(always)]
    pub(super) fn below(&self, rows: usize) -> usize {
        if self.is_in_place() && self.rows >= 1024 { rows } else { usize::MAX }
    }

    /// The values of the first column in the strip from row `i` on, and what follows in memory.
    #[inline(always)]
    pub(super) fn from(&self, i: usize) -> &'a [T] {
        &self.data[i * self.row_step..]
    }

    /// From a value in a strip so many rows tall to its neighbour in the next column.
    #[inline(always)]
    pub(super) fn column_step(&self, rows: usize) -> usize {
        if self.is_in_place() { self.column_step } else { rows }
    }
}

/// Up to this many columns, copying value by value is faster than a transpose in registers.
const FEW: usize = 8;

/// How far ahead of the column that is copied memory is asked for another.
const AHEAD: usize = 8;

/// Asks for the lines of cache of `count` values from place `first` on, as far as there are any.
#[inline(always)]
fn prefetch<S: Simd<T>, T: Scalar>(simd: S, values: &[T], first: usize, count: usize) {
    for i in (first..first + count).step_by(T::LANES) {
        if let Some(value) = values.get(i) {
            simd.prefetch(value);
        }
    }
}

/// A part of a matrix that will be read soon, to be asked of memory a few lines of cache at a time,
/// while tiles are worked.
pub(super) struct Ahead<'a, T> {
    /// What is left of it.
    data: &'a [T],
    /// From a run of neighbours in memory to the next, how many values of each are wanted, and at
    /// which of them this is.
    step: usize,
    length: usize,
    place: usize,
    /// How many lines to ask for at once.
    lines: usize,
}

impl<'a, T: Scalar> Ahead<'a, T> {
    /// So many columns of a matrix from one on, and how many lines to ask for at once.
    #[inline(always)]
    pub(super) fn of(b: Strided<'a, T>, first: usize, columns: usize, lines: usize) -> Self {
        let (step, length, runs) = if b.row_step == 1 {
            (b.column_step, b.rows, columns)
        } else {
            (b.row_step, columns + 1, b.rows)
        };
        if columns == 0 {
            return Self::nothing();
        }
        let data = &b.data[first * b.column_step..];
        let data = &data[..data.len().min((runs - 1) * step + length)];
        Self { data, step, length, place: 0, lines }
    }

    /// So many columns of a matrix from place `first` in memory on, as far as there are any.
    #[inline(always)]
    pub(super) fn columns(a: Strided<'a, T>, first: usize, columns: usize, lines: usize) -> Self {
        let data = a.data.get(first..).unwrap_or_default();
        let most = (columns - 1) * a.column_step + a.rows;
        let data = &data[..data.len().min(most)];
        Self { data, step: a.column_step, length: a.rows, place: 0, lines }
    }

    #[inline(always)]
    pub(super) const fn nothing() -> Self {
        Self { data: &[], step: 0, length: 0, place: 0, lines: 0 }
    }

    /// Asks for the next lines.
    #[inline(always)]
    pub(super) fn ask<S: Simd<T>>(&mut self, simd: S) {
        for _ in 0..self.lines {
            let Some(value) = self.data.get(self.place) else { return };
            simd.prefetch(value);
            self.place += T::LANES;
            if self.place >= self.length {
                (self.data, self.place) = (self.data.get(self.step..).unwrap_or_default(), 0);
            }
        }
    }
}

/// Copies a few values.
#[inline(always)]
fn copy<S: Simd<T>, T: Scalar>(simd: S, from: &[T], to: &mut [T]) {
    let ((from, from_rest), (to, to_rest)) = (T::blocks(from), T::blocks_mut(to));
    for (from, to) in from.iter().zip(to) {
        simd.store(simd.load(from), to);
    }
    if !from_rest.is_empty() {
        simd.store_rest(simd.load_rest(from_rest), to_rest);
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
    if from.columns <= FEW || const { S::FEW_REGISTERS } {
        for i in 0..from.rows.min(N) {
            for (j, &value) in from.data[i * from.row_step..][..from.columns].iter().enumerate() {
                to[j * step + i] = value;
            }
        }
        return;
    }
    for first in (0..from.columns).step_by(N) {
        let columns = N.min(from.columns - first);
        // Loops of a known length, so that all of this stays in registers.
        let mut rows = [simd.splat(T::ZERO); N];
        for i in 0..N {
            if i < from.rows {
                rows[i] = load(simd, &from.data[i * from.row_step + first..][..columns]);
            }
        }
        let transposed = transpose_vectors(simd, rows);
        for i in 0..N {
            if i < columns {
                let to = &mut to[(first + i) * step..];
                simd.store(transposed[i], &mut T::blocks_mut(&mut to[..N]).0[0]);
            }
        }
    }
}

/// Copies the columns of tiles, each its first column and how many there are, so that the values of a
/// row lie side by side.
#[inline(always)]
pub(super) fn pack_columns<S: Simd<T>, T: Scalar>(
    simd: S,
    b: Strided<'_, T>,
    tiles: &[(usize, usize)],
    panels: &mut [T],
) {
    if b.row_step == 1 {
        for (&(first, columns), panel) in tiles.iter().zip(panels.chunks_mut(PANEL * WIDTH)) {
            transpose_columns(simd, b.block(0, first, b.rows, columns), panel);
        }
        return;
    }
    let far = b.row_step * size_of::<T>() >= PAGE;
    if far && tiles.len() == GROUP && tiles.iter().all(|&(_, columns)| columns == WIDEST) {
        pack_group(b.block(0, tiles[0].0, b.rows, GROUP * WIDEST), panels);
        return;
    }
    for (&(first, columns), panel) in tiles.iter().zip(panels.chunks_mut(PANEL * WIDTH)) {
        let rows = b.data[first..].chunks(b.row_step);
        for (from, to) in rows.zip(&mut panel.as_chunks_mut::<WIDTH>().0[..b.rows]) {
            copy_row(from, columns, to);
        }
    }
}

/// The bytes of a page of memory.
const PAGE: usize = 4096;

/// The values of a row of a whole group of the widest tiles, and what is beyond the last.
const SPAN: usize = (GROUP - 1) * WIDEST + WIDTH;

/// Copies rows to a whole group of the widest tiles, all of a row at once: where rows are far apart, lines
/// of cache would not stay until the next tile.
#[inline(always)]
fn pack_group<T: Scalar>(b: Strided<'_, T>, panels: &mut [T]) {
    let mut group: [&mut [[T; WIDTH]]; GROUP] = Default::default();
    for (tile, panel) in group.iter_mut().zip(panels.chunks_mut(PANEL * WIDTH)) {
        *tile = &mut panel.as_chunks_mut().0[..b.rows];
    }
    for (k, from) in b.data.chunks(b.row_step).take(b.rows).enumerate() {
        if let Some(from) = from.first_chunk::<SPAN>() {
            for tile in 0..GROUP {
                group[tile][k].copy_from_slice(&from[tile * WIDEST..][..WIDTH]);
            }
        } else {
            for tile in 0..GROUP {
                copy_row(&from[tile * WIDEST..], WIDEST, &mut group[tile][k]);
            }
        }
    }
}

/// Copies so many values; what is beyond is not looked at.
#[inline(always)]
fn copy_row<T: Scalar>(from: &[T], columns: usize, to: &mut [T; WIDTH]) {
    match from.first_chunk() {
        Some(from) => *to = *from,
        None => to[..columns].copy_from_slice(&from[..columns]),
    }
}

/// Copies at most [`WIDTH`] columns, each of which lies side by side, into rows.
#[inline(always)]
fn transpose_columns<S: Simd<T>, T: Scalar>(simd: S, from: Strided<'_, T>, to: &mut [T]) {
    if const { S::FEW_REGISTERS } {
        for j in 0..from.columns {
            let column = &from.data[j * from.column_step..][..from.rows];
            for (&value, to) in column.iter().zip(to.chunks_mut(WIDTH)) {
                to[j] = value;
            }
        }
        return;
    }
    for (first, to) in (0..from.rows).step_by(T::LANES).zip(to.chunks_mut(WIDTH * T::LANES)) {
        let rows = T::LANES.min(from.rows - first);
        // Loops of a known length, so that all of this stays in registers.
        let mut columns = [simd.splat(T::ZERO); WIDTH];
        for j in 0..WIDTH {
            if j < from.columns {
                columns[j] = load(simd, &from.data[j * from.column_step + first..][..rows]);
            }
        }
        for (transposed, to) in
            transpose_vectors(simd, columns).into_iter().zip(T::blocks_mut(to).0)
        {
            simd.store(transposed, to);
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

/// The first values of all vectors, then their second values, and so on; `N` is 8 or 16.
///
/// The place of a value is a number in binary: which vector, then where in it. Interleaving the two
/// halves of the vectors moves the highest digit to the end.
#[inline(always)]
pub(super) fn transpose_vectors<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    mut vectors: [S::Vector; N],
) -> [S::Vector; N] {
    // Not a loop, which would keep the vectors in memory.
    vectors = interleave_halves(simd, vectors);
    vectors = interleave_halves(simd, vectors);
    vectors = interleave_halves(simd, vectors);
    if N == 16 { interleave_halves(simd, vectors) } else { vectors }
}

#[inline(always)]
fn interleave_halves<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    vectors: [S::Vector; N],
) -> [S::Vector; N] {
    let mut taken = vectors;
    for i in 0..N / 2 {
        let [low, high] = simd.interleave(vectors[i], vectors[i + N / 2]);
        (taken[2 * i], taken[2 * i + 1]) = (low, high);
    }
    taken
}
