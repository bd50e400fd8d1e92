//! Products of a few rows, by the transpose: rows fill few vectors, and badly, but columns do.
//!
//! `Cᵀ` is worked by tiles, each value as the chain of fused multiply-adds that it is in `C`, and transposed.

#![allow(clippy::needless_range_loop, reason = "vectors are read by their indices")]

use crate::simd::{Kernel, Simd, dispatch};
use crate::{Scalar, View, ViewMut, threads};

use super::choice::{self, Sides};
use super::pack::transpose_vectors;
use super::{Finish, Start, Strided, Tiles, multiply, parallel};

/// `Cᵀ = A·B + s`, where each column of `Cᵀ` starts as `s`, or as zeros where there is none.
#[derive(Debug)]
pub struct FewRows<'a, T> {
    pub(super) a: Strided<'a, T>,
    pub(super) b: Strided<'a, T>,
    pub(super) start: Option<&'a [T]>,
    /// What becomes of the sums.
    pub(super) finish: Finish<'a, T>,
    pub(super) c: ViewMut<'a, T>,
}

impl<T: Scalar> FewRows<'_, T> {
    /// Computes it, a large product in parts of its columns for the threads there are.
    pub(super) fn run(self) {
        let Strided { rows, columns: depth, .. } = self.a;
        let sides = Sides { rows, columns: self.b.columns, depth };
        if threads::count() == 1 || !choice::is_worth_sharing(sides) {
            return T::few_rows(self);
        }
        let Some(middle) = parallel::middle(self.a.rows, T::LANES) else {
            return T::few_rows(self);
        };
        let Self { a, b, start, finish, c } = self;
        let rows = |first, count| a.block(first, 0, count, a.columns);
        let (first_a, second_a) = (rows(0, middle), rows(middle, a.rows - middle));
        let (first_c, second_c) = c.split_columns(middle);
        let (first_start, second_start) =
            (start.map(|s| &s[..middle]), start.map(|s| &s[middle..]));
        let (first_finish, second_finish) = finish.split_columns(middle);
        let first = FewRows { a: first_a, b, start: first_start, finish: first_finish, c: first_c };
        let second =
            FewRows { a: second_a, b, start: second_start, finish: second_finish, c: second_c };
        threads::join(|| first.run(), || second.run());
    }

    /// How many values there must be memory for.
    pub(super) fn memory(&self) -> usize {
        self.c.rows() * self.c.columns()
    }

    /// Computes it on one thread.
    #[inline(always)]
    pub(super) fn run_alone(self, memory: &mut [T]) {
        let Self { a, b, start, finish, c } = self;
        let (rows, columns) = (c.rows(), c.columns());
        if let Some(values) = start {
            memory
                .chunks_exact_mut(columns)
                .for_each(|transposed| transposed.copy_from_slice(values));
        }
        let start = if start.is_some() { Start::Output } else { Start::Zeros };
        let transposed = ViewMut::packed(memory, columns, rows);
        multiply(&mut Tiles { a, b, start, finish: Finish::Keep, c: transposed });
        dispatch(Transpose { from: View::packed(memory, columns, rows), finish, to: c });
    }
}

/// Writes the transpose of a matrix of sums, or what becomes of them.
pub(crate) struct Transpose<'a, 'b, T> {
    pub(crate) from: View<'a, T>,
    pub(crate) finish: Finish<'a, T>,
    pub(crate) to: ViewMut<'b, T>,
}

impl<T: Scalar> Kernel<T> for Transpose<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        if const { S::FEW_REGISTERS } {
            self.in_rows(simd);
        } else if const { T::LANES == 16 } {
            self.in_blocks::<S, 16>(simd);
        } else {
            self.in_blocks::<S, 8>(simd);
        }
    }
}

impl<T: Scalar> Transpose<'_, '_, T> {
    /// Value by value, where registers are few.
    #[inline(always)]
    fn in_rows<S: Simd<T>>(mut self, simd: S) {
        for i in 0..self.from.rows() {
            for first in (0..self.from.columns()).step_by(T::LANES) {
                let mut block = T::ZERO_BLOCK;
                for (value, j) in block.as_mut().iter_mut().zip(first..self.from.columns()) {
                    *value = self.from.column_at(j)[i];
                }
                self.write(simd, simd.load(&block), i, first);
            }
        }
    }

    /// A block has `N` values.
    #[inline(always)]
    fn in_blocks<S: Simd<T>, const N: usize>(mut self, simd: S) {
        let (rows, columns) = (self.from.rows(), self.from.columns());
        for top in (0..rows).step_by(N) {
            let height = N.min(rows - top);
            for first in (0..columns).step_by(N) {
                let width = N.min(columns - first);
                // Loops of a known length, so that all of this stays in registers.
                let mut vectors = [simd.splat(T::ZERO); N];
                for j in 0..N {
                    if j < width {
                        let column = &self.from.column_at(first + j)[top..][..height];
                        vectors[j] = simd.load_rest(column);
                    }
                }
                let transposed = transpose_vectors(simd, vectors);
                for i in 0..N {
                    if i < height {
                        self.write(simd, transposed[i], top + i, first);
                    }
                }
            }
        }
    }

    /// Writes what becomes of sums to column `j`, from row `first` on as far as it goes.
    #[inline(always)]
    fn write<S: Simd<T>>(&mut self, simd: S, sums: S::Vector, j: usize, first: usize) {
        let place = first..self.from.columns().min(first + T::LANES);
        let values = self.finish.of(simd, sums, j, place.clone());
        if let Some(column) = self.to.column_mut(j) {
            simd.store_rest(values, &mut column[place]);
        }
    }
}
