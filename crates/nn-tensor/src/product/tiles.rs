//! `C = start + A·B`, tile by tile of `C`, each tile in registers from the first product to the last.
//!
//! Every value of `C` is one chain of fused multiply-adds, from its start along the columns of `A`.
//! How the work is cut into blocks and tiles, among threads and by instruction sets, moves no value
//! from one chain to another, so it changes no bit.
//!
//! The cuts are those of Goto and van de Geijn (2008): what a tile reads of `B` stays in the first
//! level of cache while `A` passes by, a block of which stays in the second.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd};
use crate::{Scalar, ViewMut};

use super::pack::{pack_columns, pack_rows};
use super::{Strided, fill_rows};

/// So many columns of `A` are worked at once.
const DEPTH: usize = 512;

/// The most columns of a tile.
const WIDTH: usize = 8;

/// So many blocks of rows of `A` are worked at once.
const HEIGHT: usize = 16;

/// What is added to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start<'a, T> {
    /// Zeros, whatever `C` held.
    Zeros,
    /// The same values in each row, whatever `C` held.
    Row(&'a [T]),
    /// What `C` holds.
    Output,
}

/// `C = start + A·B`
#[derive(Debug)]
pub struct Tiles<'a, T> {
    pub(crate) a: Strided<'a, T>,
    pub(crate) b: Strided<'a, T>,
    pub(crate) start: Start<'a, T>,
    pub(crate) c: ViewMut<'a, T>,
}

/// [`Tiles`] with the memory that it packs into.
#[derive(Debug)]
pub(crate) struct WithBuffer<'a, T> {
    product: Tiles<'a, T>,
    buffer: &'a mut [T],
}

/// Rows of a block of `A`, in place or packed: values of one column lie side by side.
#[derive(Clone, Copy)]
struct Rows<'a, T> {
    values: &'a [T],
    /// From a value to its neighbour in the next column.
    column_step: usize,
    /// From the rows of one tile to those of the next.
    tile_step: usize,
}

impl<T: Scalar> Kernel<T> for WithBuffer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        if S::REGISTERS >= 32 {
            self.product.run::<S, 2, 8>(simd, self.buffer);
        } else {
            self.product.run::<S, 1, 4>(simd, self.buffer);
        }
    }
}

impl<'a, T: Scalar> Tiles<'a, T> {
    /// Takes the memory that a product needs, where the buffer does not have it yet.
    #[inline(always)]
    pub(crate) fn with_buffer(self, buffer: &'a mut Vec<T>) -> WithBuffer<'a, T> {
        let length = DEPTH * WIDTH + HEIGHT * T::LANES * DEPTH;
        // A block that does not begin with a line of cache takes twice as long to read.
        buffer.resize(length + T::LANES, T::ZERO);
        let begin = buffer.as_ptr().align_offset(64);
        WithBuffer { product: self, buffer: &mut buffer[begin..][..length] }
    }

    /// Whether nothing is left to do where nothing is to be added, and does that.
    pub(super) fn is_empty(&mut self) -> bool {
        if self.c.rows() == 0 || self.c.columns() == 0 {
            return true;
        }
        if self.a.columns == 0 {
            match self.start {
                Start::Zeros => self.c.fill(T::ZERO),
                Start::Row(values) => fill_rows(&mut self.c, Some(values)),
                Start::Output => {}
            }
            return true;
        }
        false
    }

    /// With tiles of `R` blocks of rows and at most `J` columns.
    #[inline(always)]
    fn run<S: Simd<T>, const R: usize, const J: usize>(mut self, simd: S, buffer: &mut [T]) {
        let (panel, packed) = buffer.split_at_mut(DEPTH * WIDTH);
        let height = HEIGHT * T::LANES;
        for first in (0..self.a.columns).step_by(DEPTH) {
            let depth = DEPTH.min(self.a.columns - first);
            for top in (0..self.a.rows).step_by(height) {
                let a = self.a.block(top, first, height, depth);
                let rows = if self.packs_a() {
                    pack_rows::<S, T, R>(simd, a, packed);
                    let column_step = R * T::LANES;
                    Rows { values: packed, column_step, tile_step: column_step * depth }
                } else {
                    Rows { values: a.data, column_step: a.column_step, tile_step: R * T::LANES }
                };
                let mut j = 0;
                while j < self.b.columns {
                    j += match self.b.columns - j {
                        8.. if J >= 8 => {
                            self.columns::<S, R, 8>(simd, rows, panel, [top, j, first])
                        }
                        4.. => self.columns::<S, R, 4>(simd, rows, panel, [top, j, first]),
                        2.. => self.columns::<S, R, 2>(simd, rows, panel, [top, j, first]),
                        _ => self.columns::<S, R, 1>(simd, rows, panel, [top, j, first]),
                    };
                }
            }
        }
    }

    /// Whether tiles read a copy of `A` in the order in which they need it.
    fn packs_a(&self) -> bool {
        self.a.row_step != 1 || self.b.columns > 64
    }

    /// `J` columns of `C` from `j` on, for the columns of `A` from `first` on. Returns `J`.
    #[inline(always)]
    fn columns<S: Simd<T>, const R: usize, const J: usize>(
        &mut self,
        simd: S,
        a: Rows<'_, T>,
        panel: &mut [T],
        [top, j, first]: [usize; 3],
    ) -> usize {
        let depth = DEPTH.min(self.a.columns - first);
        let b = &mut panel.as_chunks_mut().0[..depth];
        pack_columns::<S, T, J>(simd, self.b.block(first, j, depth, J), b);
        let start = match self.start {
            _ if first > 0 => Start::Output,
            Start::Row(values) => Start::Row(&values[j..]),
            start => start,
        };

        let mut c = self.c.columns_from::<J>(j);
        let bottom = c[0].len().min(top + HEIGHT * T::LANES);
        let mut i = top;
        while i + R * T::LANES <= bottom {
            tile::<S, T, R, J, true>(simd, a.from::<R>(i - top), b, start, &mut c, i);
            i += R * T::LANES;
        }
        while R > 1 && i + T::LANES <= bottom {
            tile::<S, T, 1, J, true>(simd, a.from::<R>(i - top), b, start, &mut c, i);
            i += T::LANES;
        }
        if i < bottom {
            tile::<S, T, 1, J, false>(simd, a.from::<R>(i - top), b, start, &mut c, i);
        }
        J
    }
}

impl<'a, T: Scalar> Rows<'a, T> {
    /// The rows from the `i`-th on, where a tile has `R` blocks of them.
    #[inline(always)]
    fn from<const R: usize>(self, i: usize) -> Self {
        let tile = i / (R * T::LANES);
        let start = tile * self.tile_step + i % (R * T::LANES);
        Self { values: &self.values[start..], ..self }
    }
}

/// `R` blocks of rows of `J` columns of `C`, from row `i` on; the last rows, fewer than a block,
/// where they are not `WHOLE`.
#[inline(always)]
fn tile<S: Simd<T>, T: Scalar, const R: usize, const J: usize, const WHOLE: bool>(
    simd: S,
    a: Rows<'_, T>,
    b: &[[T; J]],
    start: Start<'_, T>,
    c: &mut [&mut [T]; J],
    i: usize,
) {
    let rows = if WHOLE { R * T::LANES } else { c[0].len() - i };
    let mut sums = [[simd.splat(T::ZERO); R]; J];
    match start {
        Start::Zeros => {}
        Start::Row(values) => {
            for j in 0..J {
                sums[j] = [simd.splat(values[j]); R];
            }
        }
        Start::Output => {
            for j in 0..J {
                sums[j] = read::<S, T, R, WHOLE>(simd, &c[j][i..][..rows]);
            }
        }
    }
    for (column, b) in a.values.chunks(a.column_step).zip(b) {
        let x = read::<S, T, R, WHOLE>(simd, &column[..rows]);
        for j in 0..J {
            let b = simd.splat(b[j]);
            for r in 0..R {
                sums[j][r] = simd.mul_add(x[r], b, sums[j][r]);
            }
        }
    }
    for j in 0..J {
        let c = &mut c[j][i..][..rows];
        if WHOLE {
            for (block, sum) in T::blocks_mut(c).0.iter_mut().zip(sums[j]) {
                simd.store(sum, block);
            }
        } else {
            simd.store_rest(sums[j][0], c);
        }
    }
}

/// `R` blocks, or a single one that is not `WHOLE`.
#[inline(always)]
fn read<S: Simd<T>, T: Scalar, const R: usize, const WHOLE: bool>(
    simd: S,
    from: &[T],
) -> [S::Vector; R] {
    if !WHOLE {
        return [simd.load_rest(from); R];
    }
    let mut vectors = [simd.splat(T::ZERO); R];
    for (vector, block) in vectors.iter_mut().zip(T::blocks(from).0) {
        *vector = simd.load(block);
    }
    vectors
}
