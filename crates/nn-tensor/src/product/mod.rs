//! How a product of matrices is computed: the one place that decides.
//!
//! Three products make up a dense layer, forward and backward. Each is one function here, and none
//! of them transposes a whole matrix in memory.

mod dots;
mod pack;
mod tiles;

use std::cell::Cell;

pub(crate) use dots::Dots;
pub(crate) use tiles::{Start, Tiles};

use crate::simd::dispatch;
use crate::{
    Scalar, Shape, ShapeError, View, ViewMut,
    shape::{Expected, expect_length, expect_shape},
};

/// Where a side that is summed over or tiled is no longer than this, or there is but one row, packing
/// costs more than it gains.
const THIN: usize = 8;

/// `C = A·B`, with `A` of `n × k`, `B` of `k × m`, `C` of `n × m`.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn matmul<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    combine("matmul", a, b, None, c)
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
    combine("affine", a, b, Some(bias), c)
}

fn combine<T: Scalar>(
    name: &'static str,
    a: View<'_, T>,
    b: View<'_, T>,
    start: Option<&[T]>,
    mut c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    expect_shape(name, "a right-hand side", Expected::rows(a.columns()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.rows(), columns: b.columns() }, c.shape())?;
    // One sample: each output is the product of the row with a column of B, both contiguous.
    if let Some(row) = a.row_as_column() {
        fill_rows(&mut c, start);
        T::dots(Dots { a: row, b, c });
        return Ok(());
    }
    T::tiles(Tiles {
        a: Strided::of(a),
        b: Strided::of(b),
        start: start.map_or(Start::Zeros, Start::Row),
        c,
    });
    Ok(())
}

/// Sets each row to `start`, or to zeros.
fn fill_rows<T: Scalar>(c: &mut ViewMut<'_, T>, start: Option<&[T]>) {
    for (j, c) in c.iter_columns_mut().enumerate() {
        c.fill(start.map_or(T::ZERO, |start| start[j]));
    }
}

/// `C += Aᵀ·B`, with `A` of `n × k`, `B` of `n × m`, `C` of `k × m`: what a batch adds to the
/// gradient of the weights.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn add_transpose_matmul<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    let name = "add_transpose_matmul";
    expect_shape(name, "a right-hand side", Expected::rows(a.rows()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.columns(), columns: b.columns() }, c.shape())?;
    if a.columns().min(b.columns()) <= THIN || a.rows() == 1 {
        T::dots(Dots { a, b, c });
    } else {
        let a = Strided::of(a).transposed();
        T::tiles(Tiles { a, b: Strided::of(b), start: Start::Output, c });
    }
    Ok(())
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
    let name = "matmul_transpose";
    expect_shape(name, "a right-hand side", Expected::columns(a.columns()), b.shape())?;
    expect_shape(name, "an output", Shape { rows: a.rows(), columns: b.rows() }, c.shape())?;
    // One sample: the gradient of the row is a sum of the columns of B.
    if c.is_packed_row() {
        let (weights, c) = (Strided::of(a).transposed(), c.row_into_column());
        T::tiles(Tiles { a: Strided::of(b), b: weights, start: Start::Zeros, c });
        return Ok(());
    }
    let b = Strided::of(b).transposed();
    T::tiles(Tiles { a: Strided::of(a), b, start: Start::Zeros, c });
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
            column_step: self.row_step,
            ..self
        }
    }

    /// At most `rows` rows from row `i` on, of `columns` columns from column `j` on.
    #[inline(always)]
    fn block(self, i: usize, j: usize, rows: usize, columns: usize) -> Self {
        let data = &self.data[i * self.row_step + j * self.column_step..];
        Self { data, rows: rows.min(self.rows - i), columns, ..self }
    }
}

/// The precisions that there are kernels for, which are compiled here, once, and not in every crate
/// that multiplies. Not part of the public interface.
#[doc(hidden)]
pub trait Gemm: Sized {
    #[doc(hidden)]
    fn tiles(product: Tiles<'_, Self>);
    #[doc(hidden)]
    fn dots(product: Dots<'_, Self>);
}

macro_rules! kernels {
    ($($float:ty)*) => {$(
        impl Gemm for $float {
            fn tiles(mut product: Tiles<'_, Self>) {
                thread_local! {
                    static BUFFER: Cell<Vec<$float>> = const { Cell::new(Vec::new()) };
                }
                if product.is_empty() {
                    return;
                }
                let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
                dispatch(product.with_buffer(&mut buffer));
                // A thread that is about to end has no use for it.
                let _ = BUFFER.try_with(|kept| kept.set(buffer));
            }

            fn dots(product: Dots<'_, Self>) {
                dispatch(product);
            }
        }
    )*};
}

kernels! { f32 f64 }
