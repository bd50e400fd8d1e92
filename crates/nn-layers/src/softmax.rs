//! Softmax over the columns of each row.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::{Rows, exponentials, row_blocks};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Layer, Result};

/// Turns each row into probabilities, `yⱼ = exp(xⱼ) / Σₖ exp(xₖ)` (`torch.nn.Softmax(dim=1)`).
///
/// The row's maximum is subtracted first, so that no exponential overflows. Rows of finite values
/// sum to 1 within rounding. A value of negative infinity has probability 0; a row that holds a NaN
/// or positive infinity, or nothing but negative infinity, becomes NaN throughout.
///
/// Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990. To
/// train a classifier, leave this layer out: the cross-entropy takes the values before it.
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
            let x = input.row_range(rows.clone())?;
            dispatch(Forward { x, y: output.reborrow().row_range(rows)? });
        }
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("Softmax", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        for rows in row_blocks(pass.input.rows()) {
            let y = pass.output.row_range(rows.clone())?;
            let dy = pass.d_output.row_range(rows.clone())?;
            dispatch(Slopes { y, dy, dx: d_input.reborrow().row_range(rows)? });
        }
        Ok(())
    }
}

/// `yⱼ = exp(xⱼ - m) / Σₖ exp(xₖ - m)` with `m` the largest of the row
struct Forward<'a, T> {
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let sums = exponentials(self.x, self.y.reborrow()).sums();
        for y in self.y.iter_columns_mut() {
            for (y, &sum) in y.iter_mut().zip(sums.iter()) {
                *y = *y / sum;
            }
        }
    }
}

/// `∂xⱼ = yⱼ·(∂yⱼ - Σₖ ∂yₖ·yₖ)`
struct Slopes<'a, T> {
    y: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Slopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let mut dots = Rows::splat(T::ZERO);
        for (y, dy) in self.y.iter_columns().zip(self.dy.iter_columns()) {
            for ((dot, &y), &dy) in dots.iter_mut().zip(y).zip(dy) {
                *dot += dy * y;
            }
        }
        let read = self.y.iter_columns().zip(self.dy.iter_columns());
        for (dx, (y, dy)) in self.dx.iter_columns_mut().zip(read) {
            for (((dx, &y), &dy), &dot) in dx.iter_mut().zip(y).zip(dy).zip(dots.iter()) {
                *dx = y * (dy - dot);
            }
        }
    }
}
