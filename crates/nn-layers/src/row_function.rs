//! Functions of whole rows, and the two loops that make layers of them.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::row_blocks;
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Result};

/// A function of each row by itself, as wide as the row. Both functions are given a block of rows,
/// and should be `#[inline(always)]`.
pub(crate) trait RowFunction: Copy {
    /// The name of the layer.
    const NAME: &'static str;

    /// `y = f(x)` for each row.
    fn value<T: Scalar>(self, x: View<'_, T>, y: ViewMut<'_, T>);

    /// `∂x`, from `y` and `∂y`, for each row.
    fn gradient<T: Scalar>(self, y: View<'_, T>, dy: View<'_, T>, dx: ViewMut<'_, T>);
}

/// The forward pass, a block of rows at a time.
pub(crate) fn forward_into<T: Scalar, F: RowFunction>(
    function: F,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) -> Result<()> {
    expect_shape(F::NAME, "an output", input.shape(), output.shape())?;
    for rows in row_blocks(input.rows()) {
        let x = input.row_range(rows.clone())?;
        dispatch(Values { function, x, y: output.reborrow().row_range(rows)? });
    }
    Ok(())
}

/// The backward pass, a block of rows at a time.
pub(crate) fn backward_into<T: Scalar, F: RowFunction>(
    function: F,
    pass: Backward<'_, T>,
) -> Result<()> {
    pass.check(F::NAME, pass.input.columns(), 0)?;
    let Some(mut d_input) = pass.d_input else { return Ok(()) };
    for rows in row_blocks(pass.output.rows()) {
        let y = pass.output.row_range(rows.clone())?;
        let dy = pass.d_output.row_range(rows.clone())?;
        dispatch(Gradients { function, y, dy, dx: d_input.reborrow().row_range(rows)? });
    }
    Ok(())
}

struct Values<'a, T, F> {
    function: F,
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Values<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        self.function.value(self.x, self.y);
    }
}

struct Gradients<'a, T, F> {
    function: F,
    y: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar, F: RowFunction> Kernel<T> for Gradients<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        self.function.gradient(self.y, self.dy, self.dx);
    }
}
