//! Functions of single values, and the one loop that makes a layer of each.

use std::fmt;

use nn_tensor::{Real, Scalar, View, ViewMut, expect_shape};

use crate::{Backward, Layer, Result};

/// A function of one value, applied to each value of a matrix.
///
/// Two one-line functions, written once for every precision, and it is a [`Layer`]:
///
/// ```
/// use nn_layers::{Activation, Layer};
/// use nn_tensor::{Matrix, Real};
///
/// /// y = x² for x > 0, else 0 (So et al., "Primer", 2021).
/// #[derive(Debug, Clone, Copy)]
/// struct SquaredRelu;
///
/// impl Activation for SquaredRelu {
///     fn value<R: Real>(&self, x: R) -> R {
///         x * x.maximum(R::ZERO)
///     }
///
///     fn slope<R: Real>(&self, x: R, _y: R) -> R {
///         let positive = x.maximum(R::ZERO);
///         positive + positive
///     }
/// }
///
/// let x = Matrix::from([[-1.0, 0.5, 3.0]]);
/// assert_eq!(SquaredRelu.forward(&x)?, Matrix::from([[0.0, 0.25, 9.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
///
/// The loop is compiled for each activation by itself, so a branch-free pair of functions is
/// vectorised, whoever wrote it. The functions of [`Real`] are branch-free; those of the standard
/// library are not.
pub trait Activation: fmt::Debug + Send + Sync {
    /// `f(x)`
    fn value<R: Real>(&self, x: R) -> R;

    /// `f′(x)`, given `y = f(x)` as well: many slopes are simplest through the output.
    fn slope<R: Real>(&self, x: R, y: R) -> R;
}

impl<T: Scalar, A: Activation> Layer<T> for A {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    // Y = f(X)
    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        expect_shape("activation", "an output", input.shape(), output.shape())?;
        for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = self.value(x);
            }
        }
        Ok(())
    }

    // ∂X = ∂Y ∘ f′(X)
    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("activation", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        let read = pass.input.iter_columns().zip(pass.output.iter_columns());
        let read = read.zip(pass.d_output.iter_columns());
        for (dx, ((x, y), dy)) in d_input.iter_columns_mut().zip(read) {
            for (dx, ((&x, &y), &dy)) in dx.iter_mut().zip(x.iter().zip(y).zip(dy)) {
                *dx = dy * self.slope(x, y);
            }
        }
        Ok(())
    }
}
