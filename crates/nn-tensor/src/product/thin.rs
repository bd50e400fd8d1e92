//! `C = start + A·B` where `A` has few columns or `C` has one, so that memory is most of the work.
//!
//! `A` is read in place, a few columns at a time from top to bottom, while their multipliers stay in
//! registers. Every value is the chain of fused multiply-adds that it is in [tiles](super::tiles).

#![allow(clippy::needless_range_loop, reason = "columns are read by their indices")]

use crate::simd::{Kernel, Simd};
use crate::view::no_columns;
use crate::{Scalar, Shape, View};

use super::choice::SHALLOW;
use super::{Finish, Start, Strided, Tiles};

/// The most columns of `A`, and of `C`, that are worked at once: so many multipliers fill half of the
/// registers.
const TILE: usize = SHALLOW;

/// The values that stay in the second level of cache: those of `A`, which is read for each tile of `C`, or
/// where it is not, those of the columns that are worked at once.
const VALUES: usize = 1 << 14;

/// The values that stay in the first level of cache.
const NEAR: usize = 1 << 13;

/// The rows from which on columns are long.
const LONG: usize = 128;

/// [`Tiles`] where `A` has few columns or `C` but one, the columns of `A` have no gaps, and what `C` held is
/// not added to.
#[derive(Debug)]
pub(crate) struct Thin<'p, 'a, T>(pub(crate) &'p mut Tiles<'a, T>);

impl<T: Scalar> Kernel<T> for Thin<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        let Self(product) = self;
        let a = product.a;
        if a.rows < T::LANES {
            // So little that calling for the parts would take longer than they do.
            let fours = product.b.columns / TILE * TILE;
            for j in (0..fours).step_by(TILE) {
                Columns::<T, TILE> { product, a, top: 0, j }.rows(simd, 0);
            }
            for j in fours..product.b.columns {
                Columns::<T, 1> { product, a, top: 0, j }.rows(simd, 0);
            }
            return;
        }
        let Shape { rows, columns } = product.c.shape();
        let height = VALUES / if columns == 1 { TILE } else { a.columns };
        // Long columns that do not stay in the first level of cache are written one after another, as memory
        // likes it; what is read for each of them stays there.
        let alone = rows >= LONG && rows * columns > NEAR && a.columns <= TILE;
        let most = if alone { 1 } else { TILE };
        for top in (0..a.rows).step_by(height) {
            let a = a.block(top, 0, height, a.columns);
            let mut j = 0;
            while j < product.b.columns {
                let product = &mut *product;
                j = match (product.b.columns - j).min(most) {
                    4.. if const { S::MANY_REGISTERS } => {
                        simd.apart(Columns::<T, 4> { product, a, top, j })
                    }
                    2.. if const { !S::FEW_REGISTERS } => {
                        simd.apart(Columns::<T, 2> { product, a, top, j })
                    }
                    _ => simd.apart(Columns::<T, 1> { product, a, top, j }),
                };
            }
        }
    }
}

/// The columns of `C` from `j` on, `J` at a time as far as there are so many, in the rows of `A`, which
/// begin with row `top` of `C`.
struct Columns<'c, 'a, T, const J: usize> {
    product: &'c mut Tiles<'a, T>,
    a: Strided<'a, T>,
    top: usize,
    j: usize,
}

impl<T: Scalar, const J: usize> Kernel<T> for Columns<'_, '_, T, J> {
    /// The first of the columns that are left.
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) -> usize {
        while self.j + J <= self.product.b.columns {
            self.work(simd);
            self.j += J;
        }
        self.j
    }
}

impl<'a, T: Scalar, const J: usize> Columns<'_, 'a, T, J> {
    /// Computes `J` columns.
    #[inline(always)]
    fn work<S: Simd<T>>(&mut self, simd: S) {
        let mut first = 0;
        if const { !S::FEW_REGISTERS } && self.a.rows >= T::LANES {
            first = self.a.rows / T::LANES * T::LANES;
            // What is left over from whole tiles comes first, so that those are all alike.
            let mut k = (self.a.columns - 1) % TILE + 1;
            match k {
                1 => self.pass::<S, 1, false>(simd, 0),
                2 => self.pass::<S, 2, false>(simd, 0),
                3 => self.pass::<S, 3, false>(simd, 0),
                _ => self.pass::<S, TILE, false>(simd, 0),
            }
            while k < self.a.columns {
                self.pass::<S, TILE, true>(simd, k);
                k += TILE;
            }
        }
        while first < self.a.rows {
            self.rows(simd, first);
            first += T::LANES;
        }
    }

    /// Adds the products with `K` columns of `A`, from column `k` on, to what `C` holds or to the start,
    /// in whole blocks of rows.
    #[inline(always)]
    fn pass<S: Simd<T>, const K: usize, const HELD: bool>(&mut self, simd: S, k: usize) {
        let last = k + K == self.a.columns;
        match self.product.finish {
            Finish::WherePositive(x) if last => {
                let (rows, mut keys) = (self.keys(x), [[].as_slice(); J]);
                for i in 0..J {
                    keys[i] = T::blocks(rows[i]).0;
                }
                self.add::<S, K, HELD, true>(simd, k, -T::INFINITY, keys);
            }
            finish => {
                // One call for both, as each is another copy of the loop.
                let rectifies = last && matches!(finish, Finish::Rectify);
                let floor = if rectifies { T::ZERO } else { -T::INFINITY };
                self.add::<S, K, HELD, false>(simd, k, floor, [&[]; J]);
            }
        }
    }

    /// The same, with the least value that is written of a sum, and perhaps with what must be positive
    /// where it is to be kept.
    #[inline(always)]
    fn add<S: Simd<T>, const K: usize, const HELD: bool, const KEYS: bool>(
        &mut self,
        simd: S,
        k: usize,
        floor: T,
        keys: [&[T::Block]; J],
    ) {
        let blocks = self.a.rows / T::LANES;
        let starts = self.starts(simd);
        let mut weights = [[simd.splat(T::ZERO); K]; J];
        let mut x: [&[T::Block]; K] = [&[]; K];
        for r in 0..K {
            x[r] = &T::blocks(self.column(k + r)).0[..blocks];
            for i in 0..J {
                weights[i][r] = simd.splat(self.weight(k + r, i));
            }
        }
        let floor = simd.splat(floor);
        let mut c: [&mut [T::Block]; J] = no_columns();
        for (c, column) in c.iter_mut().zip(self.product.c.columns_from::<J>(self.j)) {
            *c = &mut T::blocks_mut(&mut column[self.top..]).0[..blocks];
        }
        for block in 0..blocks {
            let mut values = [simd.splat(T::ZERO); K];
            for r in 0..K {
                values[r] = simd.load(&x[r][block]);
            }
            for i in 0..J {
                let c = &mut c[i][block];
                let mut sum = if HELD { simd.load(c) } else { starts[i] };
                for r in 0..K {
                    sum = simd.mul_add(values[r], weights[i][r], sum);
                }
                sum = simd.max(floor, sum);
                if KEYS {
                    sum = simd.where_positive(simd.load(&keys[i][block]), sum);
                }
                simd.store(sum, c);
            }
        }
    }

    /// Computes a block of rows from row `first` on, as far as there are so many.
    #[inline(always)]
    fn rows<S: Simd<T>>(&mut self, simd: S, first: usize) {
        let rows = first..self.a.rows.min(first + T::LANES);
        let mut sums = self.starts(simd);
        for k in 0..self.a.columns {
            let x = simd.load_rest(&self.column(k)[rows.clone()]);
            for i in 0..J {
                sums[i] = simd.mul_add(x, simd.splat(self.weight(k, i)), sums[i]);
            }
        }
        for i in 0..J {
            let rows = self.top + rows.start..self.top + rows.end;
            sums[i] = self.product.finish.of(simd, sums[i], self.j + i, rows);
        }
        for (sum, c) in sums.into_iter().zip(self.product.c.columns_from::<J>(self.j)) {
            simd.store_rest(sum, &mut c[self.top..][rows.clone()]);
        }
    }

    /// The values of `X` where these columns are written.
    #[inline(always)]
    fn keys(&self, x: View<'a, T>) -> [&'a [T]; J] {
        let mut keys: [&[T]; J] = [&[]; J];
        for i in 0..J {
            keys[i] = &x.column_at(self.j + i)[self.top..][..self.a.rows];
        }
        keys
    }

    /// What each column starts from.
    #[inline(always)]
    fn starts<S: Simd<T>>(&self, simd: S) -> [S::Vector; J] {
        let mut starts = [simd.splat(T::ZERO); J];
        if let Start::Row(values) = self.product.start {
            for i in 0..J {
                starts[i] = simd.splat(values[self.j + i]);
            }
        }
        starts
    }

    /// Column `k` of `A`.
    #[inline(always)]
    fn column(&self, k: usize) -> &'a [T] {
        &self.a.data[k * self.a.column_step..][..self.a.rows]
    }

    /// What column `k` of `A` is multiplied by for the `i`th of the columns of `C`.
    #[inline(always)]
    fn weight(&self, k: usize, i: usize) -> T {
        self.product.b.data[k * self.product.b.row_step + (self.j + i) * self.product.b.column_step]
    }
}
