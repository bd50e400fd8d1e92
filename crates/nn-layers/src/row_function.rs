//! Functions of whole rows, and the loops that make layers of them.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::{Block, block_starts};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Result};

/// A function of each row by itself, as wide as the row. Both functions are given a block of `N`
/// rows, and should be `#[inline(always)]`.
pub(crate) trait RowFunction: Copy {
    /// The name of the layer.
    const NAME: &'static str;

    /// `y = f(x)` for each row.
    fn value<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: Block<S, N, WHOLE>,
        x: View<'_, T>,
        y: ViewMut<'_, T>,
    );

    /// `∂x`, from `y` and `∂y`, for each row.
    fn gradient<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: Block<S, N, WHOLE>,
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

/// Calls a method for blocks of as many rows as there are enough of. Short rows are read again from
/// the fastest cache; of long ones, which do not fit there, long pieces of a column are read fastest.
macro_rules! in_blocks {
    ($kernel:ident.$blocks:ident of $shape:expr, $simd:expr) => {
        match ($shape.rows, $shape.columns) {
            (512.., 129..) => $kernel.$blocks(Block::<S, 512, true>($simd)),
            (128.., _) => $kernel.$blocks(Block::<S, 128, true>($simd)),
            (16.., _) => $kernel.$blocks(Block::<S, 16, true>($simd)),
            _ => $kernel.$blocks(Block::<S, 16, false>($simd)),
        }
    };
}

struct Values<'a, T, F> {
    function: F,
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> Values<'_, T, F> {
    #[inline(always)]
    fn blocks<S: Simd<T>, const N: usize, const WHOLE: bool>(
        mut self,
        block: Block<S, N, WHOLE>,
    ) -> Result<()> {
        for start in block_starts(self.x.rows(), N) {
            let rows = start..(start + N).min(self.x.rows());
            let x = self.x.row_range(rows.clone())?;
            self.function.value(block, x, self.y.reborrow().row_range(rows)?);
        }
        Ok(())
    }
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Values<'_, T, F> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> Result<()> {
        in_blocks!(self.blocks of self.x.shape(), simd)
    }
}

struct Gradients<'a, T, F> {
    function: F,
    y: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> Gradients<'_, T, F> {
    #[inline(always)]
    fn blocks<S: Simd<T>, const N: usize, const WHOLE: bool>(
        mut self,
        block: Block<S, N, WHOLE>,
    ) -> Result<()> {
        for start in block_starts(self.y.rows(), N) {
            let rows = start..(start + N).min(self.y.rows());
            let (y, dy) = (self.y.row_range(rows.clone())?, self.dy.row_range(rows.clone())?);
            self.function.gradient(block, y, dy, self.dx.reborrow().row_range(rows)?);
        }
        Ok(())
    }
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Gradients<'_, T, F> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> Result<()> {
        in_blocks!(self.blocks of self.y.shape(), simd)
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
