//! `C += Aᵀ·B`, each value the product of two columns, which nothing needs to be packed for.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd};
use crate::{Scalar, View, ViewMut};

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
