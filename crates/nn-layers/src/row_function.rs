//! Functions of whole rows, and the loops that make layers of them.

use std::ops::Range;

use nn_tensor::row_blocks::RowBlock;
use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use crate::{Backward, Result};

/// A function of each row by itself, as wide as the row. Both functions are given a block of `N`
/// rows, and should be `#[inline(always)]`.
pub(crate) trait RowFunction: Copy {
    /// The name of the layer.
    const NAME: &'static str;

    /// `y = f(x)` for each row.
    fn value<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        x: View<'_, T>,
        y: ViewMut<'_, T>,
    );

    /// `∂x`, from `y` and `∂y`, for each row.
    fn gradient<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        y: View<'_, T>,
        dy: View<'_, T>,
        dx: ViewMut<'_, T>,
    );
}

/// The forward pass.
pub(crate) fn forward_into<T: Scalar, F: RowFunction>(
    function: F,
    input: View<'_, T>,
    output: ViewMut<'_, T>,
) -> Result<()> {
    expect_shape(F::NAME, "an output", input.shape(), output.shape())?;
    dispatch(Values { function, x: input, y: output })
}

/// The backward pass.
pub(crate) fn backward_into<T: Scalar, F: RowFunction>(
    function: F,
    pass: Backward<'_, T>,
) -> Result<()> {
    pass.check(F::NAME, pass.input.columns(), 0)?;
    let Some(dx) = pass.d_input else { return Ok(()) };
    dispatch(Gradients { function, y: pass.output, dy: pass.d_output, dx })
}

/// The rows of a block where rows are short: the fastest cache then holds all their columns,
/// and the loops over a column are unrolled.
const ROWS_IF_SHORT: usize = 128;

/// The rows of a block where there are fewer than that.
const ROWS_IF_FEW: usize = 16;

/// The most rows of a block where rows are long: their columns are then in no near cache when they are read
/// again, and what counts is that memory is read in order.
const ROWS_IF_LONG: usize = 1024;

/// More columns than these make rows long.
const SHORT: usize = 128;

/// Fewer columns than these are not worth it to be worked in parts.
const SHORT_IF_FEW: usize = 24;

/// What is to be done for each block of rows.
trait BlockWork<T: Scalar> {
    fn work<S: Simd<T>, const N: usize, const WHOLE: bool>(
        &mut self,
        rows: Range<usize>,
        block: RowBlock<S, N, WHOLE>,
    ) -> Result<()>;
}

/// Does the work block by block, for matrices of a shape whose columns are so far apart.
#[inline(always)]
fn in_blocks<T: Scalar, S: Simd<T>>(
    work: &mut impl BlockWork<T>,
    simd: S,
    Shape { rows, columns }: Shape,
    strides: &[usize],
) -> Result<()> {
    if rows == 0 || columns == 0 {
        return Ok(());
    }
    if columns <= SHORT && rows >= ROWS_IF_SHORT {
        return in_whole_blocks(work, RowBlock::<S, ROWS_IF_SHORT, true>::whole(simd), rows);
    }
    if columns <= SHORT && rows >= ROWS_IF_FEW {
        return in_whole_blocks(work, RowBlock::<S, ROWS_IF_FEW, true>::whole(simd), rows);
    }
    if columns < SHORT_IF_FEW {
        return work.work(0..rows, RowBlock::<S, ROWS_IF_FEW, false>::of_rows(simd, rows));
    }
    if rows < ROWS_IF_SHORT && strides.iter().all(|&stride| stride == rows) {
        let block = RowBlock::<S, ROWS_IF_SHORT, false>::in_parts(simd, rows, columns);
        return work.work(0..rows, block);
    }
    for start in (0..rows).step_by(ROWS_IF_LONG) {
        let end = rows.min(start + ROWS_IF_LONG);
        let block = RowBlock::<S, ROWS_IF_LONG, false>::of_rows(simd, end - start);
        work.work(start..end, block)?;
    }
    Ok(())
}

/// The same for at least as many rows as a block has. The last begins early, so that it is whole.
#[inline(always)]
fn in_whole_blocks<T: Scalar, S: Simd<T>, const N: usize>(
    work: &mut impl BlockWork<T>,
    block: RowBlock<S, N, true>,
    rows: usize,
) -> Result<()> {
    for start in (0..rows).step_by(N) {
        let start = start.min(rows - N);
        work.work(start..start + N, block)?;
    }
    Ok(())
}

struct Values<'a, T, F> {
    function: F,
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> BlockWork<T> for Values<'_, T, F> {
    #[inline(always)]
    fn work<S: Simd<T>, const N: usize, const WHOLE: bool>(
        &mut self,
        rows: Range<usize>,
        block: RowBlock<S, N, WHOLE>,
    ) -> Result<()> {
        let x = self.x.row_range(rows.clone())?;
        self.function.value(block, x, self.y.reborrow().row_range(rows)?);
        Ok(())
    }
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Values<'_, T, F> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) -> Result<()> {
        let (shape, strides) = (self.x.shape(), [self.x.stride(), self.y.stride()]);
        in_blocks(&mut self, simd, shape, &strides)
    }
}

struct Gradients<'a, T, F> {
    function: F,
    y: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> BlockWork<T> for Gradients<'_, T, F> {
    #[inline(always)]
    fn work<S: Simd<T>, const N: usize, const WHOLE: bool>(
        &mut self,
        rows: Range<usize>,
        block: RowBlock<S, N, WHOLE>,
    ) -> Result<()> {
        let (y, dy) = (self.y.row_range(rows.clone())?, self.dy.row_range(rows.clone())?);
        self.function.gradient(block, y, dy, self.dx.reborrow().row_range(rows)?);
        Ok(())
    }
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Gradients<'_, T, F> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) -> Result<()> {
        let strides = [self.y.stride(), self.dy.stride(), self.dx.stride()];
        let shape = self.y.shape();
        in_blocks(&mut self, simd, shape, &strides)
    }
}

/// Makes a layer of a function of rows.
macro_rules! row_function_layer {
    ($name:ident) => {
        impl<T: Scalar> $crate::Layer<T> for $name {
            fn output_width(&self, inputs: usize) -> $crate::Result<usize> {
                Ok(inputs)
            }

            fn forward_into(
                &self,
                input: View<'_, T>,
                output: ViewMut<'_, T>,
            ) -> $crate::Result<()> {
                $crate::row_function::forward_into(*self, input, output)
            }

            fn backward_into(&self, pass: $crate::Backward<'_, T>) -> $crate::Result<()> {
                $crate::row_function::backward_into(*self, pass)
            }
        }
    };
}

pub(crate) use row_function_layer;
