//! `C = Aᵀ·B + b`, each value the product of two columns, which nothing needs to be packed for, and the
//! sums of the columns of `B` on the way.
//!
//! A column is read from top to bottom, a block of 64 bytes at a time, for a tile of a few columns of
//! both matrices.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd, Vectors};
use crate::{Scalar, View, ViewMut};

use super::choice::is_large;

/// The most columns of each matrix that are worked together.
const fn tile<S: Simd<T>, T: Vectors>() -> usize {
    if S::MANY_REGISTERS {
        4
    } else if S::FEW_REGISTERS {
        1
    } else {
        2
    }
}

/// The most columns of one matrix, where so many of the other are worked with them: twice as many where
/// those are few.
const fn most_beside<S: Simd<T>, T: Vectors>(others: usize) -> usize {
    if tile::<S, T>() == 4 && others <= 2 { 8 } else { tile::<S, T>() }
}

/// How many of the columns that are left are worked next: one of the few numbers that there are loops
/// for, and none that leaves a single column over.
#[inline(always)]
fn next(left: usize, most: usize) -> usize {
    match left {
        8.. if most == 8 => 8,
        5 | 6 | 9 if most >= 4 => 3,
        _ => left.min(most).min(4),
    }
}

/// Evaluates an expression with a number of columns, at most [`most_beside`] so many others, as a
/// constant.
macro_rules! with_columns {
    ($columns:expr, beside $others:expr, $constant:ident => $expression:expr) => {{
        macro_rules! with {
            ($value:literal) => {{
                const $constant: usize = $value;
                $expression
            }};
        }
        match $columns {
            2 if const { tile::<S, T>() >= 2 } => with!(2),
            3 if const { tile::<S, T>() == 4 && $others <= 4 } => with!(3),
            4 if const { tile::<S, T>() == 4 && $others <= 4 } => with!(4),
            8 if const { most_beside::<S, T>($others) == 8 } => with!(8),
            _ => with!(1),
        }
    }};
}

/// The blocks of some columns, and what is left of each.
#[inline(always)]
pub(super) fn blocks_of<'a, T: Scalar, const N: usize>(
    view: View<'a, T>,
    first: usize,
) -> ([&'a [T::Block]; N], [&'a [T]; N]) {
    let (mut blocks, mut rests): ([&[T::Block]; N], [&[T]; N]) = ([&[]; N], [&[]; N]);
    for i in 0..N {
        (blocks[i], rests[i]) = T::blocks(view.column_at(first + i));
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
        let most = most_beside::<S, T>(self.b.columns());
        let mut k = 0;
        while k < self.a.columns() {
            let product = &mut *self;
            let columns = next(product.a.columns() - k, most);
            with_columns!(columns, beside 1, K => simd.apart(Rows::<T, K> { product, k }));
            k += columns;
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
        let (rows, count) = (self.product.b.rows(), self.product.b.columns());
        // What comes from memory is read in few streams; a single one does not fill it.
        let most = most_beside::<S, T>(K);
        let most = if K == 1 && is_large(rows * count) { most.min(2) } else { most };
        let mut j = 0;
        if const { K == 1 && S::MANY_REGISTERS } && most >= ALIKE && self.product.crosses_lines() {
            while j + ALIKE <= count {
                self.product.in_lines(simd, self.k, j);
                j += ALIKE;
            }
        }
        while j < count {
            let columns = next(count - j, most);
            with_columns!(columns, beside K, J => self.product.tile::<S, K, J>(simd, self.k, j));
            j += columns;
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
        let mut column_sums = [zero; J];
        let mut x = [zero; K];
        for block in 0..self.a.rows() / T::LANES {
            for r in 0..K {
                x[r] = simd.load(&a[r][block]);
            }
            for i in 0..J {
                let y = simd.load(&b[i][block]);
                column_sums[i] = simd.add(column_sums[i], y);
                add_products(simd, x, y, &mut sums[i]);
            }
        }
        if !a_rest[0].is_empty() {
            for r in 0..K {
                x[r] = simd.load_rest(a_rest[r]);
            }
            for i in 0..J {
                let y = simd.load_rest(b_rest[i]);
                column_sums[i] = simd.add(column_sums[i], y);
                add_products(simd, x, y, &mut sums[i]);
            }
        }

        if k == 0
            && let Some(sums) = &mut self.sums
        {
            sums[j..][..J].copy_from_slice(&sum_each(simd, &column_sums)[..J]);
        }
        let totals = sum_each(simd, sums.as_flattened());
        for (i, column) in self.c.columns_from::<J>(j).into_iter().enumerate() {
            let start = self.start.map_or(T::ZERO, |start| start[j + i]);
            for (r, c) in column[k..][..K].iter_mut().enumerate() {
                *c = start + totals[i * K + r];
            }
        }
    }
}

/// The bytes of a line of cache.
const LINE: usize = 64;

/// The columns that are worked at once where all begin at the same place of a line.
const ALIKE: usize = 4;

/// Products of one column of `A`, of which `B` is read in whole lines of cache: a block that lies across
/// two takes twice as long, and where each value of `B` is read but once, little else takes time.
impl<T: Scalar> Dots<'_, T> {
    /// Whether all columns of `B` begin at the same place of a line, which is not its first, so that blocks
    /// of them lie across lines.
    fn crosses_lines(&self) -> bool {
        let begins = self.b.data().as_ptr().align_offset(LINE);
        // A single column may be any distance from a next one.
        let stride = self.b.stride().wrapping_mul(size_of::<T>());
        begins > 0
            && stride.is_multiple_of(LINE)
            && self.b.rows() >= 4 * T::LANES
            && self.sums.is_none()
    }

    /// Row `k` of the output in [`ALIKE`] columns from `j` on.
    ///
    /// Each value is added to the sum that it has where columns are read from their start, so that bits
    /// do not depend on the place in memory.
    #[inline(always)]
    fn in_lines<S: Simd<T>>(&mut self, simd: S, k: usize, j: usize) {
        let before = self.b.column_at(j).as_ptr().align_offset(LINE).min(T::LANES - 1);
        let (x_before, x) = self.a.column_at(k).split_at(before);
        let (x, x_rest) = T::blocks(x);
        let (mut b, mut b_rest): ([&[T::Block]; ALIKE], [&[T]; ALIKE]) =
            ([&[]; ALIKE], [&[]; ALIKE]);
        let mut sums = [simd.splat(T::ZERO); ALIKE];
        for i in 0..ALIKE {
            let (b_before, column) = self.b.column_at(j + i).split_at(before);
            (b[i], b_rest[i]) = T::blocks(column);
            b[i] = &b[i][..x.len()];
            sums[i] = simd.mul_add(simd.load_last(x_before), simd.load_last(b_before), sums[i]);
        }
        for block in 0..x.len() {
            let x = simd.load(&x[block]);
            for i in 0..ALIKE {
                sums[i] = simd.mul_add(x, simd.load(&b[i][block]), sums[i]);
            }
        }
        for i in 0..ALIKE {
            sums[i] = simd.mul_add(simd.load_rest(x_rest), simd.load_rest(b_rest[i]), sums[i]);
            sums[i] = rotate(simd, sums[i], before);
        }
        let totals = sum_each(simd, &sums);
        for (i, column) in self.c.columns_from::<ALIKE>(j).into_iter().enumerate() {
            column[k] = self.start.map_or(T::ZERO, |start| start[j + i]) + totals[i];
        }
    }
}

/// The values of a vector, each so many places further, the last ones at the start.
#[inline(always)]
fn rotate<S: Simd<T>, T: Scalar>(simd: S, vector: S::Vector, up: usize) -> S::Vector {
    let (mut values, mut places) = (T::ZERO_BLOCK, T::ZERO_BLOCK);
    for (i, place) in places.as_mut().iter_mut().enumerate() {
        *place = T::key((i + T::LANES - up) % T::LANES);
    }
    simd.store(vector, &mut values);
    simd.lookup(&values, simd.load(&places), 0)
}

/// `sums[r] += x[r]·y`
#[inline(always)]
pub(super) fn add_products<S: Simd<T>, T: Scalar, const K: usize>(
    simd: S,
    x: [S::Vector; K],
    y: S::Vector,
    sums: &mut [S::Vector; K],
) {
    for r in 0..K {
        sums[r] = simd.mul_add(x[r], y, sums[r]);
    }
}

/// The sum of each of at most 16 vectors.
#[inline(always)]
pub(super) fn sum_each<S: Simd<T>, T: Scalar>(simd: S, vectors: &[S::Vector]) -> [T; 16] {
    match vectors.len() {
        ..=4 => sum_chunks::<S, T, 4>(simd, vectors),
        9.. if const { T::LANES == 16 } => sum_chunks::<S, T, 16>(simd, vectors),
        _ => sum_chunks::<S, T, 8>(simd, vectors),
    }
}

/// The same, `N` vectors at a time.
#[inline(always)]
fn sum_chunks<S: Simd<T>, T: Scalar, const N: usize>(simd: S, vectors: &[S::Vector]) -> [T; 16] {
    let mut totals = [T::ZERO; 16];
    for (totals, vectors) in totals.chunks_mut(N).zip(vectors.chunks(N)) {
        let mut some = [simd.splat(T::ZERO); N];
        some[..vectors.len()].copy_from_slice(vectors);
        let mut block = T::ZERO_BLOCK;
        simd.store(sum_all(simd, some), &mut block);
        for (total, &sum) in totals.iter_mut().zip(block.as_ref().iter().step_by(T::LANES / N)) {
            *total = sum;
        }
    }
    totals
}

/// The sum of each of as many vectors as a vector has values: the first of so many.
#[inline(always)]
pub(super) fn sum_rows<S: Simd<T>, T: Scalar>(simd: S, vectors: &[S::Vector; 16]) -> S::Vector {
    match vectors.first_chunk::<8>() {
        _ if const { S::FEW_REGISTERS } => {
            let mut sums = T::ZERO_BLOCK;
            for (sum, &vector) in sums.as_mut().iter_mut().zip(vectors) {
                *sum = simd.sum(vector);
            }
            simd.load(&sums)
        }
        Some(vectors) if const { T::LANES == 8 } => sum_all::<S, T, 8>(simd, *vectors),
        _ => sum_all::<S, T, 16>(simd, *vectors),
    }
}

/// The sums of `N` vectors, as [`Simd::sum`] adds each up, evenly spread in one.
///
/// The second half of each vector is added to the first, and the results of two fill one.
#[inline(always)]
fn sum_all<S: Simd<T>, T: Scalar, const N: usize>(
    simd: S,
    mut vectors: [S::Vector; N],
) -> S::Vector {
    let mut count = N;
    while count > 1 {
        count /= 2;
        for i in 0..count {
            vectors[i] = add_halves(simd, vectors[i], vectors[i + count]);
        }
    }
    let mut sums = vectors[0];
    for _ in N.ilog2()..T::LANES.ilog2() {
        sums = add_halves(simd, sums, sums);
    }
    sums
}

/// The sums of the two halves of `a` and those of `b`, one after the other.
#[inline(always)]
fn add_halves<S: Simd<T>, T: Scalar>(simd: S, a: S::Vector, b: S::Vector) -> S::Vector {
    let [low, high] = simd.interleave(a, b);
    simd.add(low, high)
}
