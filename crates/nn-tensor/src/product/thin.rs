//! Products with a short side, in registers: nothing is packed, nothing is transposed.
//!
//! Everything here runs down the rows, a block of 64 bytes at a time, for a tile of a few columns.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd};
use crate::{Scalar, View, ViewMut};

use super::Strided;

/// So many columns are worked together, and share what is read of the other side.
const TILE: usize = 4;

/// Calls a function with the number of columns left, at most [`TILE`], as a constant.
macro_rules! with_tile {
    ($left:expr, $self:ident.$function:ident::<S $(, $constant:ident)*>($($argument:expr),*)) => {
        match $left {
            1 => $self.$function::<S $(, $constant)*, 1>($($argument),*),
            2 => $self.$function::<S $(, $constant)*, 2>($($argument),*),
            3 => $self.$function::<S $(, $constant)*, 3>($($argument),*),
            _ => $self.$function::<S $(, $constant)*, TILE>($($argument),*),
        }
    };
}

/// The blocks of some columns, and what is left of each.
#[inline(always)]
fn blocks_of<'a, T: Scalar, const N: usize>(
    view: View<'a, T>,
    first: usize,
) -> ([&'a [T::Block]; N], [&'a [T]; N]) {
    let (mut blocks, mut rests): ([&[T::Block]; N], [&[T]; N]) = ([&[]; N], [&[]; N]);
    for i in 0..N {
        (blocks[i], rests[i]) = T::blocks(view.column_or_empty(first + i));
    }
    (blocks, rests)
}

/// `C = A·B + b`, where each row of `C` starts as `b`.
#[derive(Debug)]
pub struct Combine<'a, T> {
    pub(crate) a: View<'a, T>,
    pub(crate) b: Strided<'a, T>,
    pub(crate) start: Option<&'a [T]>,
    pub(crate) c: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Combine<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        let columns = self.c.columns();
        for j in (0..columns).step_by(TILE) {
            with_tile!(columns - j, self.tile::<S>(simd, j));
        }
    }
}

impl<T: Scalar> Combine<'_, T> {
    /// The `J` columns of the output from `j` on.
    #[inline(always)]
    fn tile<S: Simd<T>, const J: usize>(&mut self, simd: S, j: usize) {
        match self.a.columns() {
            1 => self.short::<S, J, 1>(simd, j),
            2 => self.short::<S, J, 2>(simd, j),
            3 => self.short::<S, J, 3>(simd, j),
            4 => self.short::<S, J, 4>(simd, j),
            _ => self.long::<S, J>(simd, j),
        }
    }

    /// What the rows of these columns start as.
    #[inline(always)]
    fn starts<S: Simd<T>, const J: usize>(&self, simd: S, j: usize) -> [S::Vector; J] {
        let mut starts = [simd.splat(T::ZERO); J];
        if let Some(start) = self.start {
            for i in 0..J {
                starts[i] = simd.splat(start[j + i]);
            }
        }
        starts
    }

    /// `A` has `K` columns: all of `B` that this needs stays in registers.
    #[inline(always)]
    fn short<S: Simd<T>, const J: usize, const K: usize>(&mut self, simd: S, j: usize) {
        let starts = self.starts::<S, J>(simd, j);
        let mut b = [[simd.splat(T::ZERO); J]; K];
        for k in 0..K {
            for i in 0..J {
                b[k][i] = simd.splat(self.b.get(k, j + i));
            }
        }
        let (a, a_rest) = blocks_of::<T, K>(self.a, 0);
        let (c, c_rest) = self.c.blocks_from::<J>(j);

        for block in 0..a[0].len() {
            let mut sums = starts;
            for k in 0..K {
                let x = simd.load(&a[k][block]);
                for i in 0..J {
                    sums[i] = simd.mul_add(x, b[k][i], sums[i]);
                }
            }
            for i in 0..J {
                simd.store(sums[i], &mut c[i][block]);
            }
        }
        if !a_rest[0].is_empty() {
            let mut sums = starts;
            for k in 0..K {
                let x = simd.load_rest(a_rest[k]);
                for i in 0..J {
                    sums[i] = simd.mul_add(x, b[k][i], sums[i]);
                }
            }
            for i in 0..J {
                simd.store_rest(sums[i], c_rest[i]);
            }
        }
    }

    /// `A` has any number of columns, which are read for two blocks of rows at a time.
    #[inline(always)]
    fn long<S: Simd<T>, const J: usize>(&mut self, simd: S, j: usize) {
        let starts = self.starts::<S, J>(simd, j);
        let (a, b) = (self.a, self.b);
        let (c, c_rest) = self.c.blocks_from::<J>(j);
        let (pairs, single) = (c[0].len() / 2, c[0].len() % 2);

        for pair in 0..pairs {
            let mut sums = [starts; 2];
            for k in 0..a.columns() {
                let column = T::blocks(a.column_or_empty(k)).0;
                let x = [simd.load(&column[2 * pair]), simd.load(&column[2 * pair + 1])];
                for i in 0..J {
                    let b = simd.splat(b.get(k, j + i));
                    sums[0][i] = simd.mul_add(x[0], b, sums[0][i]);
                    sums[1][i] = simd.mul_add(x[1], b, sums[1][i]);
                }
            }
            for i in 0..J {
                simd.store(sums[0][i], &mut c[i][2 * pair]);
                simd.store(sums[1][i], &mut c[i][2 * pair + 1]);
            }
        }
        if single == 1 {
            let mut sums = starts;
            for k in 0..a.columns() {
                let x = simd.load(&T::blocks(a.column_or_empty(k)).0[2 * pairs]);
                for i in 0..J {
                    sums[i] = simd.mul_add(x, simd.splat(b.get(k, j + i)), sums[i]);
                }
            }
            for i in 0..J {
                simd.store(sums[i], &mut c[i][2 * pairs]);
            }
        }
        if !c_rest[0].is_empty() {
            let mut sums = starts;
            for k in 0..a.columns() {
                let x = simd.load_rest(T::blocks(a.column_or_empty(k)).1);
                for i in 0..J {
                    sums[i] = simd.mul_add(x, simd.splat(b.get(k, j + i)), sums[i]);
                }
            }
            for i in 0..J {
                simd.store_rest(sums[i], c_rest[i]);
            }
        }
    }
}

/// `C += Aᵀ·B`: each value of `C` is the product of two columns.
#[derive(Debug)]
pub struct Dots<'a, T> {
    pub(crate) a: View<'a, T>,
    pub(crate) b: View<'a, T>,
    pub(crate) c: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        let columns = self.b.columns();
        for j in (0..columns).step_by(TILE) {
            with_tile!(columns - j, self.columns::<S>(simd, j));
        }
    }
}

impl<T: Scalar> Dots<'_, T> {
    /// The `J` columns of the output from `j` on.
    #[inline(always)]
    fn columns<S: Simd<T>, const J: usize>(&mut self, simd: S, j: usize) {
        let rows = self.a.columns();
        for k in (0..rows).step_by(TILE) {
            with_tile!(rows - k, self.tile::<S, J>(simd, j, k));
        }
    }

    /// The `K` rows of the output from `k` on, in its `J` columns from `j` on.
    #[inline(always)]
    fn tile<S: Simd<T>, const J: usize, const K: usize>(&mut self, simd: S, j: usize, k: usize) {
        let zero = simd.splat(T::ZERO);
        let (a, a_rest) = blocks_of::<T, K>(self.a, k);
        let (b, b_rest) = blocks_of::<T, J>(self.b, j);
        let mut sums = [[zero; J]; K];
        let mut y = [zero; J];
        for block in 0..a[0].len() {
            for i in 0..J {
                y[i] = simd.load(&b[i][block]);
            }
            for r in 0..K {
                let x = simd.load(&a[r][block]);
                for i in 0..J {
                    sums[r][i] = simd.mul_add(x, y[i], sums[r][i]);
                }
            }
        }
        if !a_rest[0].is_empty() {
            for i in 0..J {
                y[i] = simd.load_rest(b_rest[i]);
            }
            for r in 0..K {
                let x = simd.load_rest(a_rest[r]);
                for i in 0..J {
                    sums[r][i] = simd.mul_add(x, y[i], sums[r][i]);
                }
            }
        }
        for i in 0..J {
            if let Some(c) = self.c.column_mut(j + i) {
                for r in 0..K {
                    c[k + r] += simd.sum(sums[r][i]);
                }
            }
        }
    }
}
