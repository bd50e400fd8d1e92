//! How a product of matrices is computed: the one place that decides.
//!
//! Three products make up a dense layer, forward and backward. Each is one function here. Three kernels of
//! our own compute them: tiles of the output, for nearly everything, columns of the output where few
//! columns add up to them, and products of two columns, for a single sample and for outputs so small that
//! turning an operand by 90 degrees would cost more. Outputs of 2 to 24 rows (12 in `f64`), which fill few
//! vectors, are worked by their transpose. All give the same bits with all instruction sets, and the first
//! two, which give the same as each other, with any number of threads (feature `rayon`). Two thin layers in
//! a row are one kernel, [`OneHidden`].
//!
//! What was weighed: nalgebra's product, matrixmultiply (0.3) and the `gemm` crate (0.19), over 200 shapes
//! from 1 to 4096, each forward and backward (`benches/peers/products` times them). On one Emerald Rapids
//! core ours reaches 0.95 of the fastest of the three in 459 of the 600 products and 0.9 in 501, and 1.04 to
//! 1.16 of it in the median of each form; it is well ahead where a matrix is narrow or a batch has few rows.
//! Behind are products of fewer than some hundred multiplications, where a call costs more than the
//! arithmetic, those with a side of one to four, and by up to a tenth some large ones.
//! None of the three promises bits, and the latter two take memory for a product.
//!
//! A thread takes the memory that tiles are packed into once, at its first product that packs, and
//! keeps it: 644 KiB for `f32`, 776 KiB for `f64`. So it does with that for outputs of so few rows, which
//! is as large as they are.

mod dots;
mod few_rows;
mod finish;
pub(crate) mod one_hidden;
mod pack;
mod row;
mod shares;
mod thin;
mod tiles;

use std::cell::Cell;

pub(crate) use dots::Dots;
pub(crate) use few_rows::FewRows;
#[cfg(test)]
pub(crate) use few_rows::Turn;
pub(crate) use finish::Finish;
pub use one_hidden::{Affine, OneHidden};
pub(crate) use thin::Thin;
pub(crate) use tiles::{Start, Tiles};

use crate::simd::dispatch;
use crate::{
    Matrix, Scalar, Shape, ShapeError, View, ViewMut, column_sums,
    shape::{Expected, expect_length, expect_shape},
};

/// `C = A·B`, with `A` of `n × k`, `B` of `k × m`, `C` of `n × m`.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn matmul<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    combine("matmul", a, b, None, Finish::Keep, c)
}

/// `C = A·B + b`, with `A` of `n × k`, `B` of `k × m`, `C` of `n × m`, and `b` of `m` values, added
/// to every row.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
pub fn affine<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    bias: &[T],
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    expect_length("affine", b.columns(), bias.len())?;
    combine("affine", a, b, Some(bias), Finish::Keep, c)
}

/// `C = max(A·B + b, 0)`: [`affine`] and the rectified linear unit in one.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
pub fn affine_rectified<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    bias: &[T],
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    expect_length("affine_rectified", b.columns(), bias.len())?;
    combine("affine_rectified", a, b, Some(bias), Finish::Rectify, c)
}

/// `y = x·W + b` for a single sample: `x` of `k` values, `W` of `k × m`, `b` and `y` of `m` values.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
#[inline]
pub fn affine_row<T: Scalar>(
    x: &[T],
    weights: &Matrix<T>,
    bias: &[T],
    y: &mut [T],
) -> Result<(), ShapeError> {
    row("affine_row", x, weights, bias, y, -T::INFINITY)
}

/// `y = max(x·W + b, 0)`: [`affine_row`] and the rectified linear unit in one.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
#[inline]
pub fn affine_row_rectified<T: Scalar>(
    x: &[T],
    weights: &Matrix<T>,
    bias: &[T],
    y: &mut [T],
) -> Result<(), ShapeError> {
    row("affine_row_rectified", x, weights, bias, y, T::ZERO)
}

/// `y = max(x·W + b, floor)`
#[inline(always)]
fn row<T: Scalar>(
    name: &'static str,
    x: &[T],
    weights: &Matrix<T>,
    bias: &[T],
    y: &mut [T],
    floor: T,
) -> Result<(), ShapeError> {
    expect_length(name, weights.rows(), x.len())?;
    expect_length(name, weights.columns(), bias.len())?;
    expect_length(name, weights.columns(), y.len())?;
    row::affine(x, weights, bias, y, floor);
    Ok(())
}

fn combine<T: Scalar>(
    name: &'static str,
    a: View<'_, T>,
    b: View<'_, T>,
    start: Option<&[T]>,
    finish: Finish<'_, T>,
    mut c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    expect_shape(name, "a right-hand side", Expected::rows(a.columns()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.rows(), columns: b.columns() }, c.shape())?;
    // One sample: each output is the product of the row with a column of B, both contiguous.
    if let Some(row) = a.row_as_column() {
        T::dots(&mut Dots { a: row, b, start, c: c.reborrow(), sums: None });
        finish.apply(&mut c);
        return Ok(());
    }
    let (a, b) = (Strided::of(a), Strided::of(b));
    if few_rows::fit_product::<T>(c.rows(), c.columns(), a.columns) {
        FewRows { a: b.transposed(), b: a.transposed(), start, finish, c }.share();
        return Ok(());
    }
    multiply(&mut Tiles { a, b, start: Start::of(start), finish, c });
    Ok(())
}

/// Splits columns evenly into tiles no wider than `most`.
#[inline(always)]
fn even_tiles(
    columns: usize,
    most: usize,
) -> impl ExactSizeIterator<Item = (usize, usize)> + Clone {
    let tiles = columns.div_ceil(most);
    // The first and the last are known without a division, which a small product would notice.
    let place = move |tile| match tile {
        0 => 0,
        tile if tile == tiles => columns,
        tile => tile * columns / tiles,
    };
    (0..tiles).map(move |tile| (place(tile), place(tile + 1) - place(tile)))
}

/// Whether a core's own cache is far too small for so many values. Memory is then read and written
/// few columns at a time, as it likes best.
fn is_large(values: usize) -> bool {
    values > 1 << 20
}

/// Does nothing where there is nothing to do, and a large product in threads.
fn multiply<T: Scalar>(product: &mut Tiles<'_, T>) {
    if product.is_empty() {
        return;
    }
    shares::run(product);
}

/// `C = Aᵀ·B`, with `A` of `n × k`, `B` of `n × m`, `C` of `k × m`: the gradient of the weights.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn transpose_matmul<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    transposed_product("transpose_matmul", a, b, c, None)
}

/// `C = Aᵀ·B` as [`transpose_matmul`] and `s = Σᵢ bᵢ` as [`column_sums`], with `A`
/// of `n × k`, `B` of `n × m`, `C` of `k × m`, and `s` of `m` values: the gradients of the weights and
/// of the biases, for which `B` is read once where `C` is small.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
pub fn transpose_matmul_and_sums<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
    sums: &mut [T],
) -> Result<(), ShapeError> {
    expect_length("transpose_matmul_and_sums", b.columns(), sums.len())?;
    transposed_product("transpose_matmul_and_sums", a, b, c, Some(sums))
}

fn transposed_product<T: Scalar>(
    name: &'static str,
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
    sums: Option<&mut [T]>,
) -> Result<(), ShapeError> {
    expect_shape(name, "a right-hand side", Expected::rows(a.rows()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.columns(), columns: b.columns() }, c.shape())?;
    if sums_columns(a.rows(), a.columns(), b.columns()) {
        T::dots(&mut Dots { a, b, start: None, c, sums });
        return Ok(());
    }
    if few_rows::fit_transposed_left::<T>(c.rows(), c.columns(), a.rows()) {
        let (columns, rows) = (Strided::of(b).transposed(), Strided::of(a));
        FewRows { a: columns, b: rows, start: None, finish: Finish::Keep, c }.share();
        return sums.map_or(Ok(()), |sums| column_sums(b, sums));
    }
    let transposed = Strided::of(a).transposed();
    multiply(&mut Tiles {
        a: transposed,
        b: Strided::of(b),
        start: Start::Zeros,
        finish: Finish::Keep,
        c,
    });
    sums.map_or(Ok(()), |sums| column_sums(b, sums))
}

/// Whether `Aᵀ·B` is better computed as products of columns, each of `n` values, than by tiles.
///
/// Counted is what either does beside the products, in sixteenths of a vector: tiles work the rows that
/// `C` lacks to whole vectors, turn `A` by 90 degrees, and take memory for that; products of columns end
/// in a sum across a vector for each value of `C`. Up to four rows of `C`, which fill no tile, are always
/// summed; a single row of `A` needs no turning and never is. So many products that threads share them
/// are left to tiles, but where `C` is narrow. The weights were fitted to times of `f32` with AVX-512.
fn sums_columns(n: usize, k: usize, m: usize) -> bool {
    if n < 2
        || k == 0
        || (k.min(m) > 16 && shares::are_worth(n.saturating_mul(k).saturating_mul(m)))
    {
        return false;
    }
    let padded = k.next_multiple_of(16);
    k <= 4 || n * m * (padded - k) + 4 * n * padded + 1500 > 80 * k * m
}

/// `C = A·Bᵀ`, with `A` of `n × m`, `B` of `k × m`, `C` of `n × k`: how a gradient passes back
/// through the weights.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn matmul_transpose<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    transposed_right("matmul_transpose", a, b, Finish::Keep, c)
}

/// `C = A·Bᵀ` where `X` is positive, and 0 elsewhere, with `X` of `n × k`, else as [`matmul_transpose`]:
/// how a gradient passes back through the weights and through the rectified linear unit that gave `X`.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn matmul_transpose_rectified<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    x: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    let name = "matmul_transpose_rectified";
    expect_shape(name, "an input", c.shape(), x.shape())?;
    transposed_right(name, a, b, Finish::WherePositive(x), c)
}

fn transposed_right<T: Scalar>(
    name: &'static str,
    a: View<'_, T>,
    b: View<'_, T>,
    finish: Finish<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    expect_shape(name, "a right-hand side", Expected::columns(a.columns()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.rows(), columns: b.rows() }, c.shape())?;
    // One sample: the gradient of the row is a sum of the columns of B.
    if c.is_packed_row()
        && let Some(finish) = finish.of_row_as_column()
    {
        let (a, b) = (Strided::of(b), Strided::of(a).transposed());
        multiply(&mut Tiles { a, b, start: Start::Zeros, finish, c: c.row_into_column() });
        return Ok(());
    }
    if few_rows::fit_transposed_right::<T>(c.rows(), c.columns(), a.columns()) {
        let (a, b) = (Strided::of(b), Strided::of(a).transposed());
        FewRows { a, b, start: None, finish, c }.share();
        return Ok(());
    }
    let b = Strided::of(b).transposed();
    multiply(&mut Tiles { a: Strided::of(a), b, start: Start::Zeros, finish, c });
    Ok(())
}

/// A matrix in memory, as a blocked kernel wants it told: a step to the next row and one to the
/// next column.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Strided<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    row_step: usize,
    column_step: usize,
}

impl<'a, T: Scalar> Strided<'a, T> {
    pub(crate) fn of(view: View<'a, T>) -> Self {
        Self {
            data: view.data(),
            rows: view.rows(),
            columns: view.columns(),
            row_step: 1,
            column_step: view.stride(),
        }
    }

    pub(crate) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            // A single column has no neighbour, but it is as long as any.
            column_step: if self.rows == 1 { self.columns.max(1) } else { self.row_step },
            ..self
        }
    }

    /// At most `rows` rows from row `i` on, of `columns` columns from column `j` on.
    #[inline(always)]
    fn block(self, i: usize, j: usize, rows: usize, columns: usize) -> Self {
        let data = &self.data[i * self.row_step + j * self.column_step..];
        Self { data, rows: rows.min(self.rows - i), columns, ..self }
    }

    /// The first `J` columns, each from its first value to its last.
    #[inline(always)]
    fn column_slices<const J: usize>(self) -> [&'a [T]; J] {
        let length = (self.rows - 1) * self.row_step + 1;
        let mut columns = [&self.data[..length]; J];
        for (j, column) in columns.iter_mut().enumerate() {
            *column = &self.data[j * self.column_step..][..length];
        }
        columns
    }
}

/// The precisions that there are kernels for. Not part of the public interface.
///
/// Those of `f32` are compiled here, once, and not in every crate that multiplies. Those of `f64` take
/// as long, and most programs have no use for them: a release build compiles them where they are used.
#[doc(hidden)]
pub trait Gemm: Sized {
    #[doc(hidden)]
    fn tiles(product: &mut Tiles<'_, Self>);
    #[doc(hidden)]
    fn few_rows(product: FewRows<'_, Self>);
    #[doc(hidden)]
    fn dots(product: &mut Dots<'_, Self>);
    #[doc(hidden)]
    fn one_hidden_forward(pass: one_hidden::Forward<'_, Self>);
    #[doc(hidden)]
    fn one_hidden_backward(pass: one_hidden::Backward<'_, Self>);
}

macro_rules! kernels {
    ($($(#[$inline:meta])? $float:ty;)*) => {$(
        impl Gemm for $float {
            $(#[$inline])?
            fn tiles(product: &mut Tiles<'_, Self>) {
                if product.is_thin() {
                    return dispatch(Thin(product));
                }
                thread_local! {
                    static BUFFER: Cell<Vec<$float>> = const { Cell::new(Vec::new()) };
                }
                let packs = product.packs();
                let mut buffer = Vec::new();
                if packs {
                    buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
                }
                dispatch(product.with_buffer(&mut buffer));
                if packs {
                    // A thread that is about to end has no use for it.
                    let _ = BUFFER.try_with(|kept| kept.set(buffer));
                }
            }

            $(#[$inline])?
            fn few_rows(product: FewRows<'_, Self>) {
                thread_local! {
                    static MEMORY: Cell<Vec<$float>> = const { Cell::new(Vec::new()) };
                }
                let mut memory = MEMORY.try_with(Cell::take).unwrap_or_default();
                let length = product.memory();
                if memory.len() < length {
                    memory.resize(length, 0.0);
                }
                product.run(&mut memory[..length]);
                let _ = MEMORY.try_with(|kept| kept.set(memory));
            }

            $(#[$inline])?
            fn dots(product: &mut Dots<'_, Self>) {
                dispatch(product);
            }

            $(#[$inline])?
            fn one_hidden_forward(pass: one_hidden::Forward<'_, Self>) {
                dispatch(pass);
            }

            $(#[$inline])?
            fn one_hidden_backward(pass: one_hidden::Backward<'_, Self>) {
                dispatch(pass);
            }
        }
    )*};
}

kernels! {
    f32;
    #[cfg_attr(not(debug_assertions), inline)]
    f64;
}
