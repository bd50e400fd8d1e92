//! `C = Aᵀ·B + b`, each value the product of two columns, which nothing needs to be packed for, and the
//! sums of the columns of `B` on the way.
//!
//! A column is read from top to bottom, a block of 64 bytes at a time, for a tile of a few columns of
//! both matrices.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd, Vectors};
use crate::{Scalar, View, ViewMut};

use super::{even_tiles, is_large};

/// The most columns of each matrix that are worked together.
const fn tile<S: Simd<T>, T: Vectors>() -> usize {
    match S::REGISTERS {
        32.. => 4,
        8.. => 2,
        _ => 1,
    }
}

/// Evaluates an expression with a number of columns, at most [`tile`], as a constant.
macro_rules! with_tile {
    ($columns:expr, $constant:ident => $expression:expr) => {{
        macro_rules! with {
            ($value:literal) => {{
                const $constant: usize = $value;
                $expression
            }};
        }
        if const { tile::<S, T>() == 4 } {
            match $columns {
                1 => with!(1),
                2 => with!(2),
                3 => with!(3),
                _ => with!(4),
            }
        } else {
            match $columns {
                2 if const { tile::<S, T>() == 2 } => with!(2),
                _ => with!(1),
            }
        }
    }};
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
        blocks[i] = &blocks[i][..view.rows() / T::LANES];
    }
    (blocks, rests)
}

/// `C = Aᵀ·B + b`, where each row of `C` starts as `b`, and each value of `Aᵀ·B` is the product of two
/// columns. Where there are `sums`, they become those of the columns of `B`.
#[derive(Debug)]
pub struct Dots<'a, T> {
    pub(crate) a: View<'a, T>,
    pub(crate) b: View<'a, T>,
    pub(crate) start: Option<&'a [T]>,
    pub(crate) c: ViewMut<'a, T>,
    pub(crate) sums: Option<&'a mut [T]>,
}

impl<T: Scalar> Kernel<T> for &mut Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        for (k, rows) in even_tiles(self.a.columns(), tile::<S, T>()) {
            let product = &mut *self;
            with_tile!(rows, K => simd.apart(Rows::<T, K> { product, k }));
        }
    }
}

/// The `K` rows of the output from `k` on.
struct Rows<'c, 'a, T, const K: usize> {
    product: &'c mut Dots<'a, T>,
    k: usize,
}

impl<T: Scalar, const K: usize> Kernel<T> for Rows<'_, '_, T, K> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        let most = if K == 1 && is_large(self.product.b.rows() * self.product.b.columns()) {
            1
        } else {
            tile::<S, T>()
        };
        for (j, columns) in even_tiles(self.product.b.columns(), most) {
            with_tile!(columns, J => self.product.tile::<S, K, J>(simd, self.k, j));
        }
    }
}

impl<T: Scalar> Dots<'_, T> {
    /// Those rows in the `J` columns from `j` on.
    #[inline(always)]
    fn tile<S: Simd<T>, const K: usize, const J: usize>(&mut self, simd: S, k: usize, j: usize) {
        let zero = simd.splat(T::ZERO);
        let (a, a_rest) = blocks_of::<T, K>(self.a, k);
        let (b, b_rest) = blocks_of::<T, J>(self.b, j);
        let mut sums = [[zero; K]; J];
        // These cost nothing: the adders are idle while the multipliers are busy.
        let mut column_sums = [zero; 4];
        let (mut x, mut y) = ([zero; K], [zero; J]);
        for block in 0..self.a.rows() / T::LANES {
            for r in 0..K {
                x[r] = simd.load(&a[r][block]);
            }
            for i in 0..J {
                y[i] = simd.load(&b[i][block]);
            }
            add_products(simd, x, y, &mut sums);
            for i in 0..J {
                column_sums[i] = simd.add(column_sums[i], y[i]);
            }
        }
        if !a_rest[0].is_empty() {
            for r in 0..K {
                x[r] = simd.load_rest(a_rest[r]);
            }
            for i in 0..J {
                y[i] = simd.load_rest(b_rest[i]);
            }
            add_products(simd, x, y, &mut sums);
            for i in 0..J {
                column_sums[i] = simd.add(column_sums[i], y[i]);
            }
        }

        if k == 0
            && let Some(sums) = &mut self.sums
        {
            sums[j..][..J].copy_from_slice(&four_sums(simd, column_sums)[..J]);
        }
        let mut totals = [[T::ZERO; 4]; 4];
        for (totals, sums) in totals.iter_mut().zip(sums.as_flattened().chunks(4)) {
            let mut four = [zero; 4];
            four[..sums.len()].copy_from_slice(sums);
            *totals = four_sums(simd, four);
        }
        let totals = totals.as_flattened();
        for (i, column) in self.c.columns_from::<J>(j).into_iter().enumerate() {
            let start = self.start.map_or(T::ZERO, |start| start[j + i]);
            for (r, c) in column[k..][..K].iter_mut().enumerate() {
                *c = start + totals[i * K + r];
            }
        }
    }
}

/// `sums[i][r] += x[r]·y[i]`
#[inline(always)]
fn add_products<S: Simd<T>, T: Scalar, const K: usize, const J: usize>(
    simd: S,
    x: [S::Vector; K],
    y: [S::Vector; J],
    sums: &mut [[S::Vector; K]; J],
) {
    for i in 0..J {
        for r in 0..K {
            sums[i][r] = simd.mul_add(x[r], y[i], sums[i][r]);
        }
    }
}

/// The sum of each of four vectors, as [`Simd::sum`] adds it up, in fewer steps.
#[inline(always)]
fn four_sums<S: Simd<T>, T: Scalar>(simd: S, [a, b, c, d]: [S::Vector; 4]) -> [T; 4] {
    // The second half of each vector is added to the first, and the results of two fill one.
    let halved = |[low, high]: [S::Vector; 2]| simd.add(low, high);
    let mut sums =
        halved(simd.interleave(halved(simd.interleave(a, c)), halved(simd.interleave(b, d))));
    for _ in 2..T::LANES.ilog2() {
        sums = halved(simd.interleave(sums, sums));
    }
    let mut block = T::ZERO_BLOCK;
    simd.store(sums, &mut block);
    let apart = T::LANES / 4;
    let block = block.as_ref();
    [block[0], block[apart], block[2 * apart], block[3 * apart]]
}
