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

use super::dots::add_products;
use super::pack::{Ahead, Rows, pack_columns, strips};
use super::{Finish, Strided, even_tiles, thin};

/// The most columns of a tile.
pub(super) const WIDEST: usize = 6;

/// So many values lie side by side for each row of a tile's columns that are packed: of those, and of
/// nothing.
pub(super) const WIDTH: usize = 8;

/// The most columns of `A` that are worked at once: so many rows of a tile's columns of `B` fill half
/// of the first level of cache.
const DEPTH: usize = 512;

/// So many blocks of rows of `A`, of [`DEPTH`] columns, fill half of the second level of cache.
const HEIGHT: usize = 16;

/// For so many tiles side by side, rows of `B` are copied at once, so that whole lines of cache are.
pub(super) const GROUP: usize = 8;

/// How many rows there is room for in the panel of a tile. What is more than is used keeps panels from
/// competing for the same place in cache.
pub(super) const PANEL: usize = DEPTH + 16;

/// After so many columns of `A`, a tile asks memory for what will be needed next.
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
    match S::REGISTERS {
        32.. => 4,
        8.. if columns <= 3 => 2,
        _ => 1,
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
        for (first, depth) in even_tiles(product.a.columns, product.depth()) {
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
                product.rows(simd, a, next, panels, [top * unit, first, depth]);
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

    /// Whether there are no products to be added, and does what is left to do then.
    pub(super) fn is_empty(&mut self) -> bool {
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

    /// Whether `A` has few columns, or `C` one, so that [`Thin`](super::Thin) is faster than tiles. The
    /// bounds are those that were measured.
    pub(super) fn is_thin(&self) -> bool {
        let most = match self.b.columns {
            1 => usize::MAX,
            2 if self.a.rows < 2048 => 10,
            3 => thin::TILE,
            _ if (32..768).contains(&self.a.rows) => 2 * thin::TILE,
            _ => thin::TILE,
        };
        let is_read = matches!(self.start, Start::Output);
        self.a.row_step == 1 && self.a.columns <= most && !is_read
    }

    /// How many multiply-adds this is.
    pub(super) fn multiply_adds(&self) -> usize {
        self.a.rows.saturating_mul(self.a.columns).saturating_mul(self.b.columns)
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

    /// Whether tiles read a copy of `A`, the values of each column side by side: where they lie apart, and
    /// where so many tiles read them that memory is better read from end to end.
    fn packs_rows(&self) -> bool {
        let large = self.a.rows * self.a.columns > 1 << 15;
        self.a.row_step != 1
            || self.b.columns >= 256
            || (self.b.columns > 32 && (self.a.column_step > 512 || large))
    }

    /// Whether tiles read a copy of `B`, the values of each row side by side: where so many of them read
    /// the same columns that it is worth copying those, the more so where that turns them by 90 degrees.
    fn packs_columns(&self) -> bool {
        let turns = self.b.row_step == 1;
        self.a.rows >= if turns { 12 * T::LANES } else { 64 }
    }

    /// Whether this needs memory.
    pub(super) fn packs(&self) -> bool {
        self.packs_rows() || self.packs_columns()
    }

    /// How many columns of `A` are worked at once. Where `A` is read but once, its columns are
    /// followed from top to bottom, a few at a time, as memory likes it; and fewer where they come from
    /// far away, so that most of them are asked for while others are worked.
    fn depth(&self) -> usize {
        match () {
            () if self.b.columns <= 8 && self.a.rows >= 1024 => 16,
            () if self.is_cut_from_larger() => DEPTH / 2,
            () => DEPTH,
        }
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

    /// Adds a block of `A`, which begins with row `top` and column `first`, times as many rows of `B`.
    #[inline(always)]
    fn rows<S: Simd<T>>(
        &mut self,
        simd: S,
        a: Rows<'_, T>,
        next_block: Ahead<'a, T>,
        panels: &mut [T],
        [top, first, depth]: [usize; 3],
    ) {
        // Where little is added up, C passes through, and many columns at once do not stay in cache.
        let most = match const { S::REGISTERS } {
            8.. if depth < 8 => 4,
            8.. => WIDEST,
            _ => 1,
        };
        let b = self.b.block(first, 0, depth, self.b.columns);
        let packs = self.packs_columns();
        let at_once = if b.row_step == 1 { 1 } else { GROUP };
        let lines = (WIDEST * STEP / T::LANES).div_ceil(a.rows.div_ceil(4 * T::LANES));
        let mut ahead = [next_block, Ahead::nothing()];
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
            ahead[1] = Ahead::of(b, next, (at_once * most).min(b.columns - next), lines);
            for (tile, &(j, columns)) in group.iter().enumerate() {
                let b = if packs {
                    let panel = &panels[tile * PANEL * WIDTH..];
                    Factors::Packed(&panel.as_chunks().0[..depth])
                } else {
                    Factors::InPlace(b.block(0, j, depth, columns))
                };
                let part =
                    Columns { product: self, a, b, place: [top, j, first], ahead: &mut ahead };
                match columns {
                    1 => part.work::<S, 1>(simd),
                    2 if const { S::REGISTERS >= 8 } => part.work::<S, 2>(simd),
                    3 if const { S::REGISTERS >= 8 } => part.work::<S, 3>(simd),
                    4 if const { S::REGISTERS >= 8 } => part.work::<S, 4>(simd),
                    _ if const { S::REGISTERS >= 8 } => part.work::<S, WIDEST>(simd),
                    _ => {}
                }
            }
        }
    }
}

/// What the values of `A` are multiplied by: some columns of `B`.
#[derive(Clone, Copy)]
enum Factors<'a, T> {
    /// The values of a row side by side.
    Packed(&'a [[T; WIDTH]]),
    InPlace(Strided<'a, T>),
}

/// The product of rows of `A` and the columns of `B` that begin with column `j` of `C`.
struct Columns<'p, 'a, T> {
    product: &'p mut Tiles<'a, T>,
    a: Rows<'p, T>,
    b: Factors<'p, T>,
    /// The row and the column of `C` where this begins, and the first of the columns of `A`.
    place: [usize; 3],
    /// What the tiles after these will need of `A` and of `B`.
    ahead: &'p mut [Ahead<'a, T>; 2],
}

impl<T: Scalar> Columns<'_, '_, T> {
    /// Adds it to `J` columns of `C`.
    #[inline(always)]
    fn work<S: Simd<T>, const J: usize>(self, simd: S) {
        simd.apart(Stack::<T, J>(self));
    }
}

/// [`Columns`] of which the number is known to the compiler.
struct Stack<'p, 'a, T, const J: usize>(Columns<'p, 'a, T>);

impl<T: Scalar, const J: usize> Kernel<T> for Stack<'_, '_, T, J> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        let Columns { product, a, b, place: [top, j, first], ahead } = self.0;
        let start = if first > 0 { Start::Output } else { product.start.without_first(j) };
        let mut c = product.c.columns_from::<J>(j);
        for c in &mut c {
            *c = &mut std::mem::take(c)[top..][..a.rows];
        }
        let columns = match b {
            Factors::Packed(_) => [[].as_slice(); J],
            Factors::InPlace(b) => b.column_slices::<J>(),
        };
        let b = (columns, b);
        let most = tallest::<T, S>(if a.is_in_place() { J } else { WIDEST });
        for (i, rows) in strips::<T>(a.rows, most) {
            macro_rules! tile {
                ($blocks:literal, $whole:literal, $first:expr) => {
                    tile::<S, T, $blocks, J, $whole>(simd, a, b, start, &mut c, $first, ahead)
                };
            }
            const { assert!(matches!(tallest::<T, S>(J), 1 | 2 | 4)) };
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
                // A part of a block is read by more than one instruction: not where it need not be.
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
    (columns, b): ([&[T]; J], Factors<'_, T>),
    start: Start<'_, T>,
    c: &mut [&mut [T]; J],
    i: usize,
    ahead: &mut [Ahead<'_, T>; 2],
) {
    let rows = if WHOLE { R * T::LANES } else { (R * T::LANES).min(a.rows - i) };
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
    let mut column = a.from(i);
    let column_step = a.column_step(R * T::LANES);
    match b {
        Factors::Packed(b) => {
            for b in b.chunks(STEP) {
                ahead[0].ask(simd);
                ahead[1].ask(simd);
                for b in b {
                    let x = read::<S, T, R, WHOLE>(simd, &column[..rows]);
                    column = column.get(column_step..).unwrap_or_default();
                    for j in 0..J {
                        add_products(simd, x, simd.splat(b[j]), &mut sums[j]);
                    }
                }
            }
        }
        Factors::InPlace(Strided { row_step, .. }) => {
            let below = a.below(R * T::LANES);
            let (mut place, end) = (0, columns[0].len());
            while place < end {
                ahead[0].ask(simd);
                ahead[1].ask(simd);
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
                        add_products(simd, x, simd.splat(columns[j][place]), &mut sums[j]);
                    }
                    place += row_step;
                    if place >= end {
                        break;
                    }
                }
            }
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
