//! Which kernel computes a product, from what, and by how many threads: the one place that decides.
//!
//! Nothing here changes a bit of a result but the choice of [`Method::Dots`], whose sums run in another
//! order, and that looks at shapes alone. The bounds are those that were measured, with AVX-512.

use crate::Scalar;

/// The sides of a product: `C` of `rows × columns`, each of whose values is the sum of `depth` products.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) depth: usize,
}

impl Sides {
    fn multiply_adds(self) -> usize {
        self.rows.saturating_mul(self.columns).saturating_mul(self.depth)
    }
}

/// A kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Each value as the product of two columns ([`Dots`](super::Dots)).
    Dots,
    /// By the transpose, where rows are few ([`FewRows`](super::FewRows)).
    FewRows,
    /// Tile by tile ([`Tiles`](super::Tiles)), or column by column ([`Thin`](super::Thin)).
    Tiles,
}

impl Method {
    fn few_rows_if(condition: bool) -> Self {
        if condition { Self::FewRows } else { Self::Tiles }
    }
}

/// The most rows that are few: a vector and a half. More of them fill two vectors well enough for tiles.
const fn most_few<T: Scalar>() -> usize {
    T::LANES + T::LANES / 2
}

/// For `C = X·W`, of which the transpose needs that of `W`.
pub(super) fn product<T: Scalar>(Sides { rows, columns, depth }: Sides) -> Method {
    let deep = depth > SHALLOW && !is_large(depth * columns);
    let few = 1 < rows && rows <= most_few::<T>();
    Method::few_rows_if(few && columns >= 16.max(3 * rows) && deep)
}

/// For `C = ∂Y·Wᵀ`.
pub(super) fn transposed_right<T: Scalar>(Sides { rows, columns, depth }: Sides) -> Method {
    let deep = depth > SHALLOW || (rows <= 4 && columns >= 256);
    let few = 1 < rows && rows <= most_few::<T>();
    Method::few_rows_if(few && columns >= 16.max(2 * rows) && deep)
}

/// For `C = Xᵀ·∂Y`, of which the transpose needs that of `∂Y`.
pub(super) fn transposed_left<T: Scalar>(sides: Sides) -> Method {
    let Sides { rows, columns, depth } = sides;
    if is_for_dots(sides) {
        return Method::Dots;
    }
    let few = (8..=most_few::<T>()).contains(&rows);
    Method::few_rows_if(few && columns >= 3 * rows && depth > 1)
}

/// Whether `Xᵀ·∂Y` is better computed as products of columns than by tiles.
///
/// Counted is what either does beside the products, in sixteenths of a vector: tiles work the rows that
/// `C` lacks to whole vectors, transpose `X`, and take memory for that; products of columns end in a sum
/// across a vector for each value of `C`. Up to four rows of `C`, which fill no tile, are always summed; a
/// single row of `X` needs no transposing and never is. So many products that threads share them are left
/// to tiles, but where `C` is narrow.
fn is_for_dots(sides: Sides) -> bool {
    /// To copy a value of the transpose.
    const COPY: usize = 4;
    /// To take memory.
    const MEMORY: usize = 1500;
    /// To add up a vector.
    const SUM: usize = 80;

    let Sides { rows, columns, depth } = sides;
    if depth < 2 || rows == 0 || (rows.min(columns) > 16 && is_worth_sharing(sides)) {
        return false;
    }
    let padded = rows.next_multiple_of(16);
    let of_tiles = depth * columns * (padded - rows) + COPY * depth * padded + MEMORY;
    rows <= 4 || of_tiles > SUM * rows * columns
}

/// The most columns of `A` that are few: their multipliers stay in registers.
pub(super) const SHALLOW: usize = 4;

/// Whether columns of `A` are so few, or those of `C`, that [`Thin`](super::Thin) is faster than tiles.
pub(super) fn is_thin(Sides { rows, columns, depth }: Sides) -> bool {
    let most = match columns {
        1 => usize::MAX,
        2 if rows < 2048 => 10,
        3 => SHALLOW,
        _ if (32..768).contains(&rows) => 2 * SHALLOW,
        _ => SHALLOW,
    };
    depth <= most
}

/// Whether tiles read a copy of `A`, the values of each column side by side: where they lie apart, and
/// where so many tiles read them that memory is better read from end to end.
pub(super) fn packs_rows(sides: Sides, row_step: usize, column_step: usize) -> bool {
    let large = sides.rows * sides.depth > 1 << 15;
    row_step != 1 || sides.columns >= 256 || (sides.columns > 32 && (column_step > 512 || large))
}

/// Whether tiles read a copy of `B`, the values of each row side by side: where so many of them read
/// the same columns that it is worth copying those, the more so where that transposes them.
pub(super) fn packs_columns<T: Scalar>(sides: Sides, transposes: bool) -> bool {
    sides.rows >= if transposes { 12 * T::LANES } else { 64 }
}

/// How many of the columns of `A` are worked at once, of at most so many. Where `A` is read but once, its
/// columns are followed from top to bottom, few at a time, so that memory is read from end to end; and fewer
/// where they come from far away, so that most of them are asked for while others are worked.
pub(super) fn depth_at_once(sides: Sides, is_cut_from_larger: bool, most: usize) -> usize {
    if sides.columns <= 8 && sides.rows >= 1024 {
        16
    } else if is_cut_from_larger {
        most / 2
    } else {
        most
    }
}

/// Whether a core's own cache is far too small for so many values. Memory is then read and written
/// few columns at a time, from end to end.
pub(super) fn is_large(values: usize) -> bool {
    values > 1 << 20
}

/// Whether two threads gain by sharing a product: below so many multiply-adds, handing half of it to another
/// costs more than it saves.
pub(super) fn is_worth_sharing(sides: Sides) -> bool {
    sides.multiply_adds() >= 1 << 21
}
