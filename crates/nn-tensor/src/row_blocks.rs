//! Rows of a matrix, worked side by side in registers.
//!
//! Memory runs down the columns, so what is computed row by row is computed for a block of rows at
//! once, down the columns. Where there are too few rows to fill registers, and no gaps between the
//! columns, several columns on end are taken for a single one: of each row there are then as many
//! parts, which are worked apart and joined in the end.

use std::ops::Range;

use crate::simd::{Blocks, Simd};
use crate::{Scalar, View, ViewMut};

/// A block of rows, and the instructions to work it with.
///
/// Its columns have a lane for each part of each row: first the first parts of all rows, then the
/// second, and so on. There are at most `N` lanes, and exactly `N`, of as many rows, in a block that
/// is `WHOLE`.
#[derive(Debug, Clone, Copy)]
pub struct RowBlock<S, const N: usize, const WHOLE: bool> {
    /// The instructions.
    pub simd: S,
    rows: usize,
    parts: usize,
}

/// In a part of a row there are at least so many columns: fewer are not worth the joining.
const LEAST_COLUMNS: usize = 4;

impl<S, const N: usize> RowBlock<S, N, true> {
    /// A block of `N` rows.
    #[inline(always)]
    pub const fn whole(simd: S) -> Self {
        Self { simd, rows: N, parts: 1 }
    }
}

impl<S, const N: usize> RowBlock<S, N, false> {
    /// A block of up to `N` rows.
    #[inline(always)]
    pub fn of_rows(simd: S, rows: usize) -> Self {
        Self { simd, rows: rows.min(N), parts: 1 }
    }

    /// A block of up to `N` rows of matrices without gaps, in as many parts as there are lanes for.
    #[inline(always)]
    pub fn in_parts(simd: S, rows: usize, columns: usize) -> Self {
        let rows = rows.clamp(1, N);
        Self { simd, rows, parts: (N / rows).min(columns / LEAST_COLUMNS).max(1) }
    }
}

impl<S, const N: usize, const WHOLE: bool> RowBlock<S, N, WHOLE> {
    #[inline(always)]
    fn parts(&self) -> usize {
        if WHOLE { 1 } else { self.parts }
    }

    #[inline(always)]
    fn lanes(&self) -> usize {
        if WHOLE { N } else { self.rows * self.parts }
    }

    /// How many columns these rows of a matrix have as a block.
    #[inline(always)]
    pub fn columns<T: Scalar>(&self, rows: View<'_, T>) -> usize {
        rows.columns().div_ceil(self.parts())
    }

    /// Column `j` of these rows of a matrix; the last is shorter where columns are left over.
    #[inline(always)]
    pub fn column<'a, T: Scalar>(&self, rows: View<'a, T>, j: usize) -> &'a [T] {
        let start = j * self.parts() * rows.stride();
        let rest = rows.data().get(start..).unwrap_or_default();
        &rest[..if WHOLE { N } else { rest.len().min(self.lanes()) }]
    }

    /// Column `j` of these rows of a matrix, which is to be as long as another.
    #[inline(always)]
    pub fn column_mut<'a, T: Scalar>(
        &self,
        rows: &'a mut ViewMut<'_, T>,
        j: usize,
        length: usize,
    ) -> &'a mut [T] {
        let start = j * self.parts() * rows.stride();
        &mut rows.data_mut()[start..][..length]
    }

    /// The vectors of a column.
    #[inline(always)]
    pub fn vectors<T: Scalar>(&self, column: &[T]) -> Range<usize> {
        let length = if WHOLE { N } else { column.len().min(N) };
        0..length.div_ceil(T::LANES)
    }

    /// The vectors of all lanes.
    #[inline(always)]
    pub fn all_vectors<T: Scalar>(&self) -> Range<usize> {
        0..self.lanes().min(N).div_ceil(T::LANES)
    }

    /// Reads a vector of a column, with `rest` where the column ends.
    #[inline(always)]
    pub fn load<T: Scalar>(&self, column: &[T], v: usize, rest: S::Vector) -> S::Vector
    where
        S: Simd<T>,
    {
        let (blocks, left) = T::blocks(if WHOLE { &column[..N] } else { column });
        match blocks.get(v) {
            Some(block) => self.simd.load(block),
            None => self.simd.load_rest_or(left, rest),
        }
    }

    /// Reads `G` vectors of a column from vector `v` on, with `rest` where the column ends.
    #[inline(always)]
    pub(crate) fn load_blocks<T: Scalar, const G: usize>(
        &self,
        column: &[T],
        v: usize,
        rest: T,
    ) -> Blocks<T, S, G>
    where
        S: Simd<T>,
    {
        let mut blocks = Blocks::splat(self.simd, rest);
        for (i, vector) in blocks.vectors.iter_mut().enumerate() {
            *vector = self.load(column, v + i, *vector);
        }
        blocks
    }

    /// Writes vectors to a column from vector `v` on, as far as it goes.
    #[inline(always)]
    pub(crate) fn store_blocks<T: Scalar, const G: usize>(
        &self,
        blocks: Blocks<T, S, G>,
        column: &mut [T],
        v: usize,
    ) where
        S: Simd<T>,
    {
        for (i, vector) in blocks.vectors.into_iter().enumerate() {
            self.store(vector, column, v + i);
        }
    }

    /// Writes a vector to a column, as far as it goes.
    #[inline(always)]
    pub fn store<T: Scalar>(&self, vector: S::Vector, column: &mut [T], v: usize)
    where
        S: Simd<T>,
    {
        let (blocks, left) = T::blocks_mut(if WHOLE { &mut column[..N] } else { column });
        match blocks.get_mut(v) {
            Some(block) => self.simd.store(vector, block),
            None => self.simd.store_rest(vector, left),
        }
    }

    /// How the parts of the rows are joined: half of those left with the other half, until one is
    /// left. Each time, how many lanes stay, and where those end that are joined with them.
    #[inline(always)]
    pub(crate) fn joints(&self) -> impl Iterator<Item = (usize, usize)> + use<S, N, WHOLE> {
        let (rows, mut parts) = (self.lanes() / self.parts(), self.parts());
        std::iter::from_fn(move || {
            let end = parts;
            parts = parts.div_ceil(2);
            (end > 1).then_some((parts * rows, end * rows))
        })
    }
}

/// A value for each lane of a block, where the widest vectors are read and written fastest.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct LaneValues<T, const N: usize>(pub [T; N]);

impl<T: Scalar, const N: usize> LaneValues<T, N> {
    /// The same value in each lane.
    #[inline(always)]
    #[must_use]
    pub const fn splat(value: T) -> Self {
        Self([value; N])
    }

    /// Reads a vector.
    #[inline(always)]
    pub fn load<S: Simd<T>>(&self, simd: S, v: usize) -> S::Vector {
        simd.load(&T::blocks(&self.0).0[v])
    }

    /// Replaces a vector.
    #[inline(always)]
    pub fn store<S: Simd<T>>(&mut self, simd: S, vector: S::Vector, v: usize) {
        simd.store(vector, &mut T::blocks_mut(&mut self.0).0[v]);
    }

    /// Reads `G` vectors from vector `v` on.
    #[inline(always)]
    pub(crate) fn load_blocks<S: Simd<T>, const G: usize>(
        &self,
        simd: S,
        v: usize,
    ) -> Blocks<T, S, G> {
        let vectors = T::blocks(&self.0).0[v..].first_chunk();
        vectors.map_or_else(|| Blocks::zeros(simd), |vectors| Blocks::load(simd, vectors))
    }

    /// Replaces vectors from vector `v` on.
    #[inline(always)]
    pub(crate) fn store_blocks<S: Simd<T>, const G: usize>(
        &mut self,
        blocks: Blocks<T, S, G>,
        v: usize,
    ) {
        if let Some(vectors) = T::blocks_mut(&mut self.0).0[v..].first_chunk_mut() {
            blocks.store(vectors);
        }
    }

    /// Adds up the parts of each row, and gives each of them the sum.
    #[inline(always)]
    pub fn join<S: Copy, const WHOLE: bool>(&mut self, block: RowBlock<S, N, WHOLE>) {
        for (staying, end) in block.joints() {
            let (first, second) = self.0[..end].split_at_mut(staying);
            for (a, &b) in first.iter_mut().zip(&*second) {
                *a += b;
            }
        }
        self.spread(block);
    }

    /// Gives each part of a row the value of the first.
    #[inline(always)]
    pub(crate) fn spread<S: Copy, const WHOLE: bool>(&mut self, block: RowBlock<S, N, WHOLE>) {
        let (mut known, lanes) = (block.lanes() / block.parts(), block.lanes());
        while known < lanes {
            let more = known.min(lanes - known);
            self.0.copy_within(..more, known);
            known += more;
        }
    }
}
