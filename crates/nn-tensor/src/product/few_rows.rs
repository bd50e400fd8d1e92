//! `C = A·Bᵀ` of a few rows, by its transpose: rows fill no vector, but columns do.
//!
//! `Cᵀ = B·Aᵀ` is worked by tiles, each value as the chain of fused multiply-adds that it is in `C`, and
//! turned by 90 degrees.

#![allow(clippy::needless_range_loop, reason = "vectors are read by their indices")]

use crate::simd::{Kernel, Simd, dispatch};
use crate::{Scalar, View, ViewMut, threads};

use super::pack::take_turns;
use super::{Finish, Strided, Tiles, multiply, shares, thin};

/// `C = A·Bᵀ`, with `A` of `n × m`, `B` of `k × m`, `C` of `n × k`.
#[derive(Debug)]
pub struct FewRows<'a, T> {
    pub(super) a: View<'a, T>,
    pub(super) b: View<'a, T>,
    pub(super) c: ViewMut<'a, T>,
}

/// Whether `C` of so many rows and columns, each value the sum of so many products, is faster worked by
/// its transpose. The bounds are those that were measured.
pub(super) const fn fit(rows: usize, columns: usize, depth: usize) -> bool {
    let deep = depth > thin::TILE || (rows <= 4 && columns >= 256);
    1 < rows && rows < 16 && columns >= 16 && columns >= 2 * rows && deep
}

impl<T: Scalar> FewRows<'_, T> {
    /// Does it, a large product in shares of its columns for the threads there are.
    pub(super) fn share(self) {
        let Self { a, b, c } = self;
        let columns = b.rows();
        if threads::count() == 1 || !shares::are_worth(a.rows() * a.columns() * columns) {
            return T::few_rows(FewRows { a, b, c });
        }
        let middle = (columns / 2).next_multiple_of(T::LANES).min(columns);
        let (first_b, second_b) = b.split_rows(middle);
        let (first_c, second_c) = c.split_columns(middle);
        threads::join(
            || FewRows { a, b: first_b, c: first_c }.share(),
            || FewRows { a, b: second_b, c: second_c }.share(),
        );
    }

    /// How many values there must be memory for.
    pub(super) fn memory(&self) -> usize {
        self.c.rows() * self.c.columns()
    }

    /// Does it on one thread.
    #[inline(always)]
    pub(super) fn run(self, memory: &mut [T]) {
        let (rows, columns) = (self.c.rows(), self.c.columns());
        let (a, b) = (Strided::of(self.b), Strided::of(self.a).transposed());
        let c = ViewMut::packed(memory, columns, rows);
        multiply(&mut Tiles { a, b, start: None, finish: Finish::Keep, c });
        dispatch(Turn { from: View::packed(memory, columns, rows), to: self.c });
    }
}

/// Writes the transpose of a matrix.
struct Turn<'a, 'b, T> {
    from: View<'a, T>,
    to: ViewMut<'b, T>,
}

impl<T: Scalar> Kernel<T> for Turn<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        if const { T::LANES == 16 } {
            self.in_blocks::<S, 16>(simd);
        } else {
            self.in_blocks::<S, 8>(simd);
        }
    }
}

impl<T: Scalar> Turn<'_, '_, T> {
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
                        let column = &self.from.column_or_empty(first + j)[top..][..height];
                        vectors[j] = simd.load_rest(column);
                    }
                }
                let turned = take_turns(simd, vectors);
                for i in 0..N {
                    if i < height
                        && let Some(column) = self.to.column_mut(top + i)
                    {
                        simd.store_rest(turned[i], &mut column[first..][..width]);
                    }
                }
            }
        }
    }
}
