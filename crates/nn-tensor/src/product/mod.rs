//! Products of matrices: the three that make up a dense layer, forward and backward, each a function.
//!
//! Which of our own kernels computes one is decided in `choice.rs`: tiles of the output, for nearly
//! everything; columns of the output where few products add up to each value; products of two columns for a
//! single sample, and for outputs so small that a transpose would cost more. Outputs of 2 to 24 rows (12 in
//! `f64`), which fill few vectors, are worked by their transpose. Two thin layers in a row are one kernel,
//! [`OneHidden`]. Every kernel gives the same bits with all instruction sets and with any number of threads
//! (feature `rayon`); of the first two, each gives the bits of the other.
//!
//! What was weighed: nalgebra's product, matrixmultiply (0.3) and the `gemm` crate (0.19), over 200 shapes
//! from 1 to 4096, each forward and backward (`benches/peers/products` times them). On one Emerald Rapids
//! core ours is 3 to 15 % faster than the fastest of the three in the median of each form, and reaches 0.95
//! of it in 451 of the 600 products; it is well ahead where a matrix is narrow or a batch has few rows.
//! Behind are products of fewer than some hundred multiplications, where a call costs more than the
//! arithmetic, those with a side of one to four, and by up to a tenth some large ones. None of the three
//! promises bits, and the latter two take memory for a product.
//!
//! A thread takes the memory that tiles are packed into once, at its first product that packs, and
//! keeps it: 644 KiB for `f32`, 776 KiB for `f64`. So it does with that for outputs of so few rows, which
//! is as large as they are.

mod choice;
mod dots;
mod few_rows;
mod finish;
mod kernels;
pub(crate) mod one_hidden;
mod pack;
mod parallel;
mod row;
mod strided;
mod thin;
mod tiles;

pub(crate) use dots::Dots;
pub(crate) use few_rows::FewRows;
#[cfg(test)]
pub(crate) use few_rows::Transpose;
pub(crate) use finish::Finish;
#[doc(hidden)]
pub use kernels::Gemm;
pub use one_hidden::{Affine, OneHidden};
#[doc(hidden)]
pub use strided::Strided;
pub(crate) use thin::Thin;
pub(crate) use tiles::{Start, Tiles};

use choice::{Method, Sides};

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
    let sides = Sides { rows: a.rows, columns: b.columns, depth: a.columns };
    if choice::product::<T>(sides) == Method::FewRows {
        FewRows { a: b.transposed(), b: a.transposed(), start, finish, c }.run();
    } else {
        multiply(&mut Tiles { a, b, start: Start::of(start), finish, c });
    }
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

/// Computes a product, a large one in threads.
fn multiply<T: Scalar>(product: &mut Tiles<'_, T>) {
    if !product.finish_if_empty() {
        parallel::run(product);
    }
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
    let (of_a, of_b) = (Strided::of(a), Strided::of(b));
    let sides = Sides { rows: a.columns(), columns: b.columns(), depth: a.rows() };
    match choice::transposed_left::<T>(sides) {
        Method::Dots => {
            T::dots(&mut Dots { a, b, start: None, c, sums });
            return Ok(());
        }
        Method::FewRows => {
            let (a, b) = (of_b.transposed(), of_a);
            FewRows { a, b, start: None, finish: Finish::Keep, c }.run();
        }
        Method::Tiles => {
            let (a, b, start) = (of_a.transposed(), of_b, Start::Zeros);
            multiply(&mut Tiles { a, b, start, finish: Finish::Keep, c });
        }
    }
    sums.map_or(Ok(()), |sums| column_sums(b, sums))
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
    let (a, b) = (Strided::of(a), Strided::of(b));
    // One sample: the gradient of the row is a sum of the columns of B.
    if c.is_packed_row()
        && let Some(finish) = finish.of_row_as_column()
    {
        let (a, b, c) = (b, a.transposed(), c.row_into_column());
        multiply(&mut Tiles { a, b, start: Start::Zeros, finish, c });
        return Ok(());
    }
    let sides = Sides { rows: a.rows, columns: b.rows, depth: a.columns };
    if choice::transposed_right::<T>(sides) == Method::FewRows {
        FewRows { a: b, b: a.transposed(), start: None, finish, c }.run();
    } else {
        multiply(&mut Tiles { a, b: b.transposed(), start: Start::Zeros, finish, c });
    }
    Ok(())
}
