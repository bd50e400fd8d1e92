//! The logarithm of softmax.

use nn_tensor::softmax::{BLOCK, exponentials, row_blocks};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Layer, Result};

/// The logarithm of [`Softmax`](crate::Softmax), `yⱼ = xⱼ - ln Σₖ exp(xₖ)` (`torch.nn.LogSoftmax(dim=1)`).
///
/// Finite wherever the input is, also where the probability itself rounds to 0.
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
            let mut y = output.reborrow().row_range(rows)?;
            let block = exponentials(x, y.reborrow())?;
            let logs = block.ln_sums();
            for (y, x) in y.iter_columns_mut().zip(x.iter_columns()) {
                for (((y, &x), &max), &log) in y.iter_mut().zip(x).zip(&block.maxima).zip(&logs) {
                    *y = (x - max) - log;
                }
            }
        }
        Ok(())
    }

    // ∂xⱼ = ∂yⱼ - exp(yⱼ)·Σₖ ∂yₖ
    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("LogSoftmax", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        for rows in row_blocks(pass.input.rows()) {
            let y = pass.output.row_range(rows.clone())?;
            let dy = pass.d_output.row_range(rows.clone())?;
            let mut dx = d_input.reborrow().row_range(rows)?;
            let mut sums = [T::ZERO; BLOCK];
            for dy in dy.iter_columns() {
                for (sum, &dy) in sums.iter_mut().zip(dy) {
                    *sum += dy;
                }
            }
            for ((dx, y), dy) in dx.iter_columns_mut().zip(y.iter_columns()).zip(dy.iter_columns())
            {
                for (((dx, &y), &dy), &sum) in dx.iter_mut().zip(y).zip(dy).zip(&sums) {
                    *dx = dy - y.exp() * sum;
                }
            }
        }
        Ok(())
    }
}
