//! How a product of matrices is computed: the one place that decides.
//!
//! Three products make up a dense layer, forward and backward. Each is one function here, and none
//! of them transposes anything in memory. Where a side is so short that packing costs more than the
//! arithmetic, our own loops run down the columns; everywhere else it is matrixmultiply's blocked
//! kernel, which nalgebra rests on as well and which picks its instructions at run time. It is
//! called directly because nalgebra's own transposed products are dot loops, several times slower,
//! and because nalgebra's views of transposed memory are unsound (its issue 1616).

mod row;
mod thin;

pub(crate) use row::Row;
pub(crate) use thin::{Combine, Dots};

use crate::simd::dispatch;
use crate::{
    Matrix, Scalar, Shape, ShapeError, View, ViewMut,
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

/// `y = x·W + b` for a single sample: `x` of `k` values, `W` of `k × m`, `b` and `y` of `m` values.
///
/// # Errors
/// [`ShapeError`] where the shapes do not fit.
pub fn affine_row<T: Scalar>(
    x: &[T],
    weights: &Matrix<T>,
    bias: &[T],
    y: &mut [T],
) -> Result<(), ShapeError> {
    let (name, weights) = ("affine_row", weights.view());
    expect_length(name, weights.rows(), x.len())?;
    expect_length(name, weights.columns(), bias.len())?;
    expect_length(name, weights.columns(), y.len())?;
    T::row(Row { x, weights, bias, y });
    Ok(())
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
    if a.columns().min(b.columns()) <= THIN || a.rows() == 1 {
        T::combine(Combine { a, b: Strided::of(b), start, c });
        return Ok(());
    }
    let beta = if start.is_some() { T::ONE } else { T::ZERO };
    if start.is_some() {
        fill_rows(&mut c, start);
    }
    gemm(Strided::of(a), Strided::of(b), beta, c);
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
        gemm(Strided::of(a).transposed(), Strided::of(b), T::ONE, c);
    }
    Ok(())
}

/// `C = Aᵀ·B`, with `A` of `n × k`, `B` of `n × m`, `C` of `k × m`: the gradient of the weights.
///
/// # Errors
/// [`ShapeError::Mismatch`] where the shapes do not fit.
pub fn transpose_matmul<T: Scalar>(
    a: View<'_, T>,
    b: View<'_, T>,
    mut c: ViewMut<'_, T>,
) -> Result<(), ShapeError> {
    c.fill(T::ZERO);
    add_transpose_matmul(a, b, c)
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
        T::combine(Combine { a: b, b: weights, start: None, c });
        return Ok(());
    }
    let b = Strided::of(b).transposed();
    if b.rows.min(b.columns) <= THIN || a.rows() == 1 {
        T::combine(Combine { a, b, start: None, c });
    } else {
        gemm(Strided::of(a), b, T::ZERO, c);
    }
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

    fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
            ..self
        }
    }

    /// The value in row `i` of column `j`. Panics outside the matrix.
    #[inline(always)]
    fn get(&self, i: usize, j: usize) -> T {
        self.data[i * self.row_step + j * self.column_step]
    }

    /// One past the last place that the matrix reads.
    fn end(&self) -> usize {
        if self.rows == 0 || self.columns == 0 {
            return 0;
        }
        (self.rows - 1) * self.row_step + (self.columns - 1) * self.column_step + 1
    }
}

/// `C = A·B + β·C` by matrixmultiply.
fn gemm<T: Scalar>(a: Strided<'_, T>, b: Strided<'_, T>, beta: T, mut c: ViewMut<'_, T>) {
    let (m, k, n) = (a.rows, a.columns, b.columns);
    let stride = c.stride();
    let out = c.data_mut();
    // What the kernel reads and writes, checked once more where it is relied upon: the price is a
    // few comparisons for a whole product.
    assert!(b.rows == k && a.end() <= a.data.len() && b.end() <= b.data.len());
    assert!(m == 0 || n == 0 || (n - 1) * stride + m <= out.len());
    assert!(stride >= m, "columns of the output may not overlap");
    T::gemm(a, b, beta, out, stride);
}

/// The precisions that there are kernels for, which are compiled here, once, and not in every crate
/// that multiplies. Not part of the public interface.
#[doc(hidden)]
pub trait Gemm: Sized {
    #[doc(hidden)]
    fn gemm(a: Strided<'_, Self>, b: Strided<'_, Self>, beta: Self, c: &mut [Self], stride: usize);
    #[doc(hidden)]
    fn combine(kernel: Combine<'_, Self>);
    #[doc(hidden)]
    fn dots(kernel: Dots<'_, Self>);
    #[doc(hidden)]
    fn row(kernel: Row<'_, Self>);
}

macro_rules! kernels {
    ($($float:ty, $function:ident;)*) => {$(
        impl Gemm for $float {
            fn combine(kernel: Combine<'_, Self>) {
                dispatch(kernel);
            }

            fn dots(kernel: Dots<'_, Self>) {
                dispatch(kernel);
            }

            fn row(kernel: Row<'_, Self>) {
                dispatch(kernel);
            }

            #[expect(unsafe_code, reason = "matrixmultiply takes pointers")]
            fn gemm(a: Strided<'_, Self>, b: Strided<'_, Self>, beta: Self, c: &mut [Self], stride: usize) {
                // SAFETY: the caller has checked that `a` and `b` lie within their slices for every
                // row and column, that the `a.rows` values of each of `b.columns` columns of `c`,
                // `stride` apart, lie within `c`, and that these columns do not overlap. `c` is
                // borrowed mutably, so neither `a` nor `b` aliases it. A slice is at most
                // `isize::MAX` bytes, so no step wraps when cast.
                unsafe {
                    matrixmultiply::$function(
                        a.rows, a.columns, b.columns,
                        1.0,
                        a.data.as_ptr(), a.row_step as isize, a.column_step as isize,
                        b.data.as_ptr(), b.row_step as isize, b.column_step as isize,
                        beta,
                        c.as_mut_ptr(), 1, stride as isize,
                    );
                }
            }
        }
    )*};
}

kernels! {
    f32, sgemm;
    f64, dgemm;
}
