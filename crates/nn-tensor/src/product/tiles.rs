//! `C = start + A·B`, tile by tile of `C`, each tile in registers from the first product to the last.
//!
//! Every value of `C` is one chain of fused multiply-adds, from its start along the columns of `A`.
//! How the work is cut into blocks and tiles, among threads and by instruction sets, moves no value
//! from one chain to another, so it changes no bit.
//!
//! The cuts are those of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008):
//! what a tile reads of `B` stays in the first level of cache while `A` passes by, a block of which stays in
//! the second. `DEPTH`, `HEIGHT` and `WIDEST` are their k_c, m_c and n_r; a tile is their micro-kernel.

#![allow(clippy::needless_range_loop, reason = "a tile is read by its indices, as in the formula")]

use crate::simd::{Kernel, Simd};
use crate::{Scalar, ViewMut};

use super::choice::{self, Sides};
use super::dots::add_products;
use super::pack::{Ahead, Rows, pack_columns, strips};
use super::{Finish, Strided, even_tiles};

/// The most columns of a tile.
pub(super) const WIDEST: usize = 6;

/// The values of a row of a packed panel: up to [`WIDEST`] columns, and what pads them to 8.
pub(super) const WIDTH: usize = 8;

/// The most columns of `A` that are worked at once: as many rows of a tile's columns of `B` fill half of
/// the first level of cache.
const DEPTH: usize = 512;

/// The most blocks of rows of `A` at once: with [`DEPTH`] columns they fill half of the second level of cache.
const HEIGHT: usize = 16;

/// The tiles side by side for which rows of `B` are copied together, so that whole lines of cache are.
pub(super) const GROUP: usize = 8;

/// The rows there is room for in a panel. The 16 that are spare keep panels from mapping to the same place in
/// cache.
pub(super) const PANEL: usize = DEPTH + 16;

/// The columns of `A` after which a tile asks memory for what will be needed next.
const STEP: usize = 8;

/// What products are added to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start<'a, T> {
    /// Zeros, whatever `C` held.
    Zeros,
    /// The same values in each row, whatever `C` held.
    Row(&'a [T]),
    /// What `C` holds.
    Output,
}

impl<'a, T> Start<'a, T> {
    /// The row, or zeros where there is none.
    pub(super) fn of(row: Option<&'a [T]>) -> Self {
        row.map_or(Self::Zeros, Self::Row)
    }

    /// What columns are added to that come after the first `j`.
    #[inline(always)]
    fn without_first(self, j: usize) -> Self {
        match self {
            Self::Row(values) => Self::Row(&values[j..]),
            same => same,
        }
    }
}

/// `C = start + A·B`
#[derive(Debug)]
pub struct Tiles<'a, T> {
    pub(crate) a: Strided<'a, T>,
    pub(crate) b: Strided<'a, T>,
    pub(crate) start: Start<'a, T>,
    /// What becomes of the sums.
    pub(crate) finish: Finish<'a, T>,
    pub(crate) c: ViewMut<'a, T>,
}

/// The most blocks of rows of a tile of so many columns. Its sums are to fill the registers, and what it
/// reads of `A` is to be used often; rows that are packed are to suit the widest tiles.
#[inline(always)]
const fn tallest<T: Scalar, S: Simd<T>>(columns: usize) -> usize {
    if S::MANY_REGISTERS {
        4
    } else if !S::FEW_REGISTERS && (columns == 2 || columns == 3) {
        2
    } else {
        1
    }
}

/// [`Tiles`] with the memory that it packs into.
#[derive(Debug)]
pub(crate) struct WithBuffer<'p, 'a, T> {
    product: &'p mut Tiles<'a, T>,
    buffer: &'p mut [T],
}

impl<T: Scalar> Kernel<T> for WithBuffer<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        let WithBuffer { product, buffer } = self;
        let (panels, packed) = buffer.split_at_mut(buffer.len().min(GROUP * PANEL * WIDTH));
        let most = choice::depth_at_once(product.sides(), product.is_cut_from_larger(), DEPTH);
        for (first, depth) in even_tiles(product.a.columns, most) {
            // Whole tiles of any height but for the last.
            let unit = 4 * T::LANES;
            let units = product.a.rows.div_ceil(unit);
            for (top, units) in even_tiles(units, HEIGHT * DEPTH / depth / 4) {
                let block = product.a.block(top * unit, first, units * unit, depth);
                let (a, next) = if product.packs_rows() {
                    (
                        Rows::pack(simd, block, tallest::<T, S>(WIDEST), packed),
                        product.next_block(block, first),
                    )
                } else {
                    (Rows::in_place(block), Ahead::nothing())
                };
                let corner = Corner { row: top * unit, k: first };
                product.multiply_block(simd, a, next, depth, panels, corner);
            }
        }
        product.finish.apply(&mut product.c);
    }
}

impl<'a, T: Scalar> Tiles<'a, T> {
    /// Takes the memory that a product needs, where the buffer does not have it yet.
    #[inline(always)]
    pub(crate) fn with_buffer<'p>(&'p mut self, buffer: &'p mut Vec<T>) -> WithBuffer<'p, 'a, T> {
        if !self.packs() {
            return WithBuffer { product: self, buffer: &mut [] };
        }
        let length = GROUP * PANEL * WIDTH + HEIGHT * T::LANES * DEPTH;
        // A block that does not begin with a line of cache takes twice as long to read.
        buffer.resize(length + T::LANES, T::ZERO);
        let begin = buffer.as_ptr().align_offset(64);
        WithBuffer { product: self, buffer: &mut buffer[begin..][..length] }
    }

    /// Whether there are no products to be added; what is left to do then is done.
    pub(super) fn finish_if_empty(&mut self) -> bool {
        if self.c.rows() == 0 || self.c.columns() == 0 {
            return true;
        }
        if self.a.columns == 0 {
            for (j, c) in self.c.iter_columns_mut().enumerate() {
                match self.start {
                    Start::Zeros => c.fill(T::ZERO),
                    Start::Row(values) => c.fill(values[j]),
                    Start::Output => {}
                }
            }
            self.finish.apply(&mut self.c);
            return true;
        }
        false
    }

    /// Whether [`Thin`](super::Thin) could compute this.
    pub(super) fn may_be_thin(&self) -> bool {
        self.a.row_step == 1 && !matches!(self.start, Start::Output)
    }

    pub(super) fn sides(&self) -> Sides {
        Sides { rows: self.a.rows, columns: self.b.columns, depth: self.a.columns }
    }

    /// The columns before column `j`, and those from it on.
    pub(super) fn split_columns(&mut self, j: usize) -> (Tiles<'_, T>, Tiles<'_, T>) {
        let (first_c, second_c) = self.c.reborrow().split_columns(j);
        let (first_finish, second_finish) = self.finish.split_columns(j);
        let (a, b) = (self.a, self.b);
        let first = b.block(0, 0, b.rows, j);
        let second = b.block(0, j, b.rows, b.columns - j);
        let rest = self.start.without_first(j);
        (
            Tiles { a, b: first, start: self.start, finish: first_finish, c: first_c },
            Tiles { a, b: second, start: rest, finish: second_finish, c: second_c },
        )
    }

    fn packs_rows(&self) -> bool {
        choice::packs_rows(self.sides(), self.a.row_step, self.a.column_step)
    }

    fn packs_columns(&self) -> bool {
        choice::packs_columns::<T>(self.sides(), self.b.row_step == 1)
    }

    /// Whether this needs memory.
    pub(super) fn packs(&self) -> bool {
        self.packs_rows() || self.packs_columns()
    }

    /// Whether `A` is a batch of rows cut from a larger matrix, whose columns lie far apart.
    fn is_cut_from_larger(&self) -> bool {
        self.a.row_step == 1 && self.a.column_step >= 2 * self.a.rows
    }

    /// What will be packed after a block that begins with column `first` of a batch: the columns after
    /// it, and at the end those of the batch below, where batches are cut one after another.
    #[inline(always)]
    fn next_block(&self, block: Strided<'a, T>, first: usize) -> Ahead<'a, T> {
        if !self.is_cut_from_larger() {
            return Ahead::nothing();
        }
        let next = first + block.columns;
        let (columns, from) = match self.a.columns - next {
            0 => (block.columns, self.a.rows),
            left => (block.columns.min(left), next * self.a.column_step),
        };
        // Each tile asks once in a step.
        let lines = (4 * WIDEST * STEP).div_ceil(self.b.columns);
        Ahead::columns(self.a, from, columns, lines)
    }

    /// Adds a block of `A` of so many columns, times as many rows of `B`.
    #[inline(always)]
    fn multiply_block<S: Simd<T>>(
        &mut self,
        simd: S,
        a: Rows<'_, T>,
        next_block: Ahead<'a, T>,
        depth: usize,
        panels: &mut [T],
        corner: Corner,
    ) {
        // Where little is added up, C passes through, and many columns at once do not stay in cache.
        let most = if const { S::FEW_REGISTERS } {
            1
        } else if depth < 8 {
            4
        } else {
            WIDEST
        };
        let b = self.b.block(corner.k, 0, depth, self.b.columns);
        let packs = self.packs_columns();
        let at_once = if b.row_step == 1 { 1 } else { GROUP };
        let lines = (WIDEST * STEP / T::LANES).div_ceil(a.rows.div_ceil(4 * T::LANES));
        let mut prefetch = Prefetch { a: next_block, b: Ahead::nothing() };
        let mut next = 0;
        while next < b.columns {
            let mut group = [(0, 0); GROUP];
            let mut count = 0;
            while count < at_once && next < b.columns {
                group[count] = (next, width(b.columns - next, most));
                next += group[count].1;
                count += 1;
            }
            let group = &group[..count];
            if packs {
                pack_columns(simd, b, group, panels);
            }
            prefetch.b = Ahead::of(b, next, (at_once * most).min(b.columns - next), lines);
            for (tile, &(j, columns)) in group.iter().enumerate() {
                let panel = packs.then(|| &panels[tile * PANEL * WIDTH..].as_chunks().0[..depth]);
                let b = b.block(0, j, depth, columns);
                let prefetch = &mut prefetch;
                macro_rules! columns {
                    ($columns:expr) => {
                        simd.apart(self.columns::<{ $columns }>(a, b, panel, corner, j, prefetch))
                    };
                }
                match columns {
                    1 => columns!(1),
                    2 if const { !S::FEW_REGISTERS } => columns!(2),
                    3 if const { !S::FEW_REGISTERS } => columns!(3),
                    4 if const { !S::FEW_REGISTERS } => columns!(4),
                    _ if const { !S::FEW_REGISTERS } => columns!(WIDEST),
                    _ => {}
                }
            }
        }
    }

    /// The product of rows of `A` and `J` columns of `B`, which may have been packed into a panel, to be
    /// added to the columns of `C` from `j` on.
    #[inline(always)]
    fn columns<'p, const J: usize>(
        &'p mut self,
        a: Rows<'p, T>,
        b: Strided<'p, T>,
        panel: Option<&'p [[T; WIDTH]]>,
        corner: Corner,
        j: usize,
        prefetch: &'p mut Prefetch<'a, T>,
    ) -> Columns<'p, 'a, T, J> {
        let start = if corner.k > 0 { Start::Output } else { self.start.without_first(j) };
        let c = self.c.columns_from(j);
        Columns { a, b, panel, start, c, top: corner.row, prefetch }
    }
}

/// Where a block of `A` begins: its first row, which is one of `C` as well, and its first column.
#[derive(Clone, Copy)]
struct Corner {
    row: usize,
    k: usize,
}

/// What will be needed soon of `A` and of `B`.
struct Prefetch<'a, T> {
    a: Ahead<'a, T>,
    b: Ahead<'a, T>,
}

impl<T: Scalar> Prefetch<'_, T> {
    /// Asks memory for a little of it.
    #[inline(always)]
    fn ask<S: Simd<T>>(&mut self, simd: S) {
        self.a.ask(simd);
        self.b.ask(simd);
    }
}

/// What the values of `A` are multiplied by: `J` columns of `B`.
#[derive(Clone, Copy)]
enum Factors<'a, T, const J: usize> {
    /// The values of a row side by side.
    Packed(&'a [[T; WIDTH]]),
    /// Each column with all that lies between its values.
    InPlace { columns: [&'a [T]; J], row_step: usize },
}

/// `J` columns of `C`, of which those rows are worked that there are of `A`.
struct Columns<'p, 'a, T, const J: usize> {
    a: Rows<'p, T>,
    b: Strided<'p, T>,
    /// The same columns of `B`, where they have been packed.
    panel: Option<&'p [[T; WIDTH]]>,
    start: Start<'p, T>,
    c: [&'p mut [T]; J],
    /// The first of those rows.
    top: usize,
    prefetch: &'p mut Prefetch<'a, T>,
}

impl<T: Scalar, const J: usize> Kernel<T> for Columns<'_, '_, T, J> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        let Self { a, b, panel, start, mut c, top, prefetch } = self;
        // Both are cut here, where the compiler sees that all columns are as long as the first.
        for c in &mut c {
            *c = &mut std::mem::take(c)[top..][..a.rows];
        }
        let b = match panel {
            Some(rows) => Factors::Packed(rows),
            None => Factors::InPlace { columns: b.column_slices(), row_step: b.row_step },
        };
        let most = tallest::<T, S>(if a.is_in_place() { J } else { WIDEST });
        const { assert!(matches!(tallest::<T, S>(J), 1 | 2 | 4)) };
        for (i, rows) in strips::<T>(a.rows, most) {
            macro_rules! tile {
                ($blocks:literal, $whole:literal, $first:expr) => {
                    tile::<S, T, $blocks, J, $whole>(simd, a, b, start, &mut c, $first, prefetch)
                };
            }
            match (rows.div_ceil(T::LANES), rows.is_multiple_of(T::LANES)) {
                (4, true) if const { tallest::<T, S>(J) == 4 } => tile!(4, true, i),
                (4, false) if const { tallest::<T, S>(J) == 4 } => tile!(4, false, i),
                (3, _) if const { tallest::<T, S>(J) == 4 } => tile!(3, false, i),
                (2, _) if const { tallest::<T, S>(J) == 4 } => tile!(2, false, i),
                (2, true) if const { tallest::<T, S>(J) == 2 } => tile!(2, true, i),
                (2, false) if const { tallest::<T, S>(J) == 2 } => {
                    tile!(1, true, i);
                    tile!(1, false, i + T::LANES);
                }
                // Where a part of a block takes more than one instruction, a whole one has its own loop.
                (1, true) if const { tallest::<T, S>(J) < 4 } => tile!(1, true, i),
                _ => tile!(1, false, i),
            }
        }
    }
}

/// How wide the next tile is where so many columns are left: one of the few widths that there are
/// kernels for, and none that leaves a single column over.
fn width(left: usize, most: usize) -> usize {
    match left {
        5 if most >= 4 => 3,
        7 | 8 if most >= 4 => 4,
        left => left.min(most),
    }
}

/// `R` blocks of rows of `J` columns of `C`, from row `i` on, the last of which may not be whole unless
/// all are.
#[inline(always)]
fn tile<S: Simd<T>, T: Scalar, const R: usize, const J: usize, const WHOLE: bool>(
    simd: S,
    a: Rows<'_, T>,
    b: Factors<'_, T, J>,
    start: Start<'_, T>,
    c: &mut [&mut [T]; J],
    i: usize,
    prefetch: &mut Prefetch<'_, T>,
) {
    let rows = if WHOLE { R * T::LANES } else { (R * T::LANES).min(a.rows - i) };
    let mut sums = start_sums::<S, T, R, J, WHOLE>(simd, start, c, i, rows);
    match b {
        Factors::Packed(b) => {
            add_packed::<S, T, R, J, WHOLE>(simd, a, b, i, rows, prefetch, &mut sums);
        }
        Factors::InPlace { columns, row_step } => {
            let b = (columns, row_step);
            add_in_place::<S, T, R, J, WHOLE>(simd, a, b, i, rows, prefetch, &mut sums);
        }
    }
    for j in 0..J {
        let (blocks, rest) = T::blocks_mut(&mut c[j][i..][..rows]);
        for (block, sum) in blocks.iter_mut().zip(sums[j]) {
            simd.store(sum, block);
        }
        if !WHOLE && !rest.is_empty() {
            simd.store_rest(sums[j][R - 1], rest);
        }
    }
}

/// What the sums of a tile begin with.
#[inline(always)]
fn start_sums<S: Simd<T>, T: Scalar, const R: usize, const J: usize, const WHOLE: bool>(
    simd: S,
    start: Start<'_, T>,
    c: &[&mut [T]; J],
    i: usize,
    rows: usize,
) -> [[S::Vector; R]; J] {
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
                for r in 0..R {
                    // What the tile below will begin with.
                    if let Some(next) = c[j].get(i + rows + r * T::LANES) {
                        simd.prefetch(next);
                    }
                }
            }
        }
    }
    sums
}

/// Adds the products with a panel of `B`.
#[inline(always)]
fn add_packed<S: Simd<T>, T: Scalar, const R: usize, const J: usize, const WHOLE: bool>(
    simd: S,
    a: Rows<'_, T>,
    b: &[[T; WIDTH]],
    i: usize,
    rows: usize,
    prefetch: &mut Prefetch<'_, T>,
    sums: &mut [[S::Vector; R]; J],
) {
    let (mut column, column_step) = (a.from(i), a.column_step(R * T::LANES));
    for b in b.chunks(STEP) {
        prefetch.ask(simd);
        for b in b {
            let x = read::<S, T, R, WHOLE>(simd, &column[..rows]);
            column = column.get(column_step..).unwrap_or_default();
            for j in 0..J {
                add_products(simd, x, simd.splat(b[j]), &mut sums[j]);
            }
        }
    }
}

/// Adds the products with columns of `B`, in which so many places lie from a row to the next.
#[inline(always)]
fn add_in_place<S: Simd<T>, T: Scalar, const R: usize, const J: usize, const WHOLE: bool>(
    simd: S,
    a: Rows<'_, T>,
    (b, row_step): ([&[T]; J], usize),
    i: usize,
    rows: usize,
    prefetch: &mut Prefetch<'_, T>,
    sums: &mut [[S::Vector; R]; J],
) {
    let (mut column, column_step) = (a.from(i), a.column_step(R * T::LANES));
    let below = a.below(R * T::LANES);
    let (mut place, end) = (0, b[0].len());
    while place < end {
        prefetch.ask(simd);
        for _ in 0..STEP {
            let x = read::<S, T, R, WHOLE>(simd, &column[..rows]);
            if WHOLE && let Some(below) = column.get(below..) {
                for r in 0..R {
                    if let Some(value) = below.get(r * T::LANES) {
                        simd.prefetch(value);
                    }
                }
            }
            column = column.get(column_step..).unwrap_or_default();
            for j in 0..J {
                add_products(simd, x, simd.splat(b[j][place]), &mut sums[j]);
            }
            place += row_step;
            if place >= end {
                break;
            }
        }
    }
}

/// `R` blocks, the last of which may not be whole unless all are.
#[inline(always)]
fn read<S: Simd<T>, T: Scalar, const R: usize, const WHOLE: bool>(
    simd: S,
    from: &[T],
) -> [S::Vector; R] {
    let mut vectors = [simd.splat(T::ZERO); R];
    if !WHOLE {
        let (before, last) = from.split_at((R - 1) * T::LANES);
        for (vector, block) in vectors.iter_mut().zip(T::blocks(before).0) {
            *vector = simd.load(block);
        }
        vectors[R - 1] = simd.load_rest(last);
        return vectors;
    }
    for (vector, block) in vectors.iter_mut().zip(T::blocks(from).0) {
        *vector = simd.load(block);
    }
    vectors
}
