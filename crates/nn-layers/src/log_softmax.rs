//! The logarithm of softmax.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::{Rows, exponentials, row_blocks};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Layer, Result};

/// The logarithm of [`Softmax`](crate::Softmax), `yⱼ = xⱼ - ln Σₖ exp(xₖ)` (`torch.nn.LogSoftmax(dim=1)`).
///
/// Finite also where the probability itself rounds to 0, as long as no two values of a row are further
/// apart than the largest number.
///
/// ```
/// use nn_layers::{Layer, LogSoftmax};
/// use nn_tensor::Matrix;
///
/// let y = LogSoftmax.forward(&Matrix::from([[0.0, 1000.0]]))?;
/// assert_eq!(y, Matrix::from([[-1000.0, 0.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogSoftmax;

impl<T: Scalar> Layer<T> for LogSoftmax {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        expect_shape("LogSoftmax", "an output", input.shape(), output.shape())?;
        for rows in row_blocks(input.rows()) {
            let x = input.row_range(rows.clone())?;
            dispatch(Forward { x, y: output.reborrow().row_range(rows)? });
        }
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("LogSoftmax", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        for rows in row_blocks(pass.input.rows()) {
            let y = pass.output.row_range(rows.clone())?;
            let dy = pass.d_output.row_range(rows.clone())?;
            dispatch(Slopes { y, dy, dx: d_input.reborrow().row_range(rows)? });
        }
        Ok(())
    }
}

/// `yⱼ = (xⱼ - m) - ln Σₖ exp(xₖ - m)` with `m` the largest of the row
struct Forward<'a, T> {
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let rows = exponentials(self.x, self.y.reborrow());
        let logs = rows.ln_sums();
        for (y, x) in self.y.iter_columns_mut().zip(self.x.iter_columns()) {
            for (((y, &x), &max), &log) in
                y.iter_mut().zip(x).zip(rows.maxima.iter()).zip(logs.iter())
            {
                *y = (x - max) - log;
            }
        }
    }
}

/// `∂xⱼ = ∂yⱼ - exp(yⱼ)·Σₖ ∂yₖ`
struct Slopes<'a, T> {
    y: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Slopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let mut sums = Rows::splat(T::ZERO);
        for dy in self.dy.iter_columns() {
            for (sum, &dy) in sums.iter_mut().zip(dy) {
                *sum += dy;
            }
        }
        let read = self.y.iter_columns().zip(self.dy.iter_columns());
        for (dx, (y, dy)) in self.dx.iter_columns_mut().zip(read) {
            for (((dx, &y), &dy), &sum) in dx.iter_mut().zip(y).zip(dy).zip(sums.iter()) {
                *dx = dy - y.exp() * sum;
            }
        }
    }
}
