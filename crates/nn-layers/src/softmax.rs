//! Softmax over the columns of each row.

use nn_tensor::softmax::{BLOCK, exponentials, row_blocks};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Layer, Result};

/// Turns each row into probabilities, `yⱼ = exp(xⱼ) / Σₖ exp(xₖ)` (`torch.nn.Softmax(dim=1)`).
///
/// The row's maximum is subtracted first, so that no exponential overflows. Rows of finite values
/// sum to 1 within rounding. A value of negative infinity has probability 0; a row that holds a NaN
/// or positive infinity, or nothing but negative infinity, becomes NaN throughout.
///
/// To train a classifier, leave this layer out: the cross-entropy takes the values before it.
///
/// ```
/// use nn_layers::{Layer, Softmax};
/// use nn_tensor::Matrix;
///
/// let y = Softmax.forward(&Matrix::from([[1.0, 2.0, 3.0], [-2.0, -1.0, 0.0]]))?;
/// assert_eq!(format!("{y:.6}"), "[[0.090031 0.244728 0.665241]\n [0.090031 0.244728 0.665241]]");
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Softmax;

impl<T: Scalar> Layer<T> for Softmax {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        expect_shape("Softmax", "an output", input.shape(), output.shape())?;
        for rows in row_blocks(input.rows()) {
            let mut y = output.reborrow().row_range(rows.clone())?;
            let sums = exponentials(input.row_range(rows)?, y.reborrow())?.sums();
            for y in y.iter_columns_mut() {
                for (y, &sum) in y.iter_mut().zip(&sums) {
                    *y = *y / sum;
                }
            }
        }
        Ok(())
    }

    // ∂xⱼ = yⱼ·(∂yⱼ - Σₖ ∂yₖ·yₖ)
    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("Softmax", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        for rows in row_blocks(pass.input.rows()) {
            let y = pass.output.row_range(rows.clone())?;
            let dy = pass.d_output.row_range(rows.clone())?;
            let mut dx = d_input.reborrow().row_range(rows)?;
            let mut means = [T::ZERO; BLOCK];
            for (y, dy) in y.iter_columns().zip(dy.iter_columns()) {
                for ((mean, &y), &dy) in means.iter_mut().zip(y).zip(dy) {
                    *mean += dy * y;
                }
            }
            for ((dx, y), dy) in dx.iter_columns_mut().zip(y.iter_columns()).zip(dy.iter_columns())
            {
                for (((dx, &y), &dy), &mean) in dx.iter_mut().zip(y).zip(dy).zip(&means) {
                    *dx = y * (dy - mean);
                }
            }
        }
        Ok(())
    }
}
