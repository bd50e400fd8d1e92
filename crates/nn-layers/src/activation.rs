//! Functions of single values, and the one loop that makes a layer of each.

use std::fmt;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Real, Scalar, View, ViewMut, expect_shape};

use crate::{Backward, InPlace, Layer, Result};

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
///     #[inline(always)]
///     fn value<R: Real>(&self, x: R) -> R {
///         x * x.maximum(R::ZERO)
///     }
///
///     #[inline(always)]
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
/// The loop is compiled for each activation by itself and for each instruction set, so a
/// branch-free pair of functions is vectorised, whoever wrote it. Mark both `#[inline(always)]`:
/// what is not inlined is called for one value at a time, which can be a hundred times slower. The
/// functions of [`Real`] are branch-free; those of the standard library are not.
///
/// Where the slope can be told from `y` alone, say so by [`Activation::SLOPE_FROM_OUTPUT`], and a
/// network spares a matrix.
pub trait Activation: fmt::Debug + Copy + Send + Sync {
    /// Whether `slope` looks at `y` alone. In a network, the layer then writes its output over its
    /// input, and `slope` is given `y` in the place of `x`.
    const SLOPE_FROM_OUTPUT: bool = false;

    /// `f(x)`
    fn value<R: Real>(&self, x: R) -> R;

    /// `f′(x)`, given `y = f(x)` as well: many slopes are simplest through the output.
    fn slope<R: Real>(&self, x: R, y: R) -> R;
}

impl<T: Scalar, A: Activation> Layer<T> for A {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        expect_shape("activation", "an output", input.shape(), output.shape())?;
        dispatch(Forward { activation: *self, input, output });
        Ok(())
    }

    fn forward_row(&self, input: &[T], output: &mut [T]) -> Result<()> {
        let (inputs, outputs) = (input.len(), output.len());
        let input = View::from_slice(input, inputs, 1)?;
        self.forward_into(input, ViewMut::from_slice(output, outputs, 1)?)
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("activation", pass.input.columns(), 0)?;
        dispatch(Slopes { activation: *self, pass });
        Ok(())
    }

    fn in_place(&self) -> Option<&dyn InPlace<T>> {
        if A::SLOPE_FROM_OUTPUT { Some(self) } else { None }
    }
}

/// `Y = f(X)`
struct Forward<'a, T, A> {
    activation: A,
    input: View<'a, T>,
    output: ViewMut<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Forward<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        for (y, x) in self.output.iter_columns_mut().zip(self.input.iter_columns()) {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = self.activation.value(x);
            }
        }
    }
}

/// `∂X = ∂Y ∘ f′(X)`
struct Slopes<'a, T, A> {
    activation: A,
    pass: Backward<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Slopes<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        let Some(mut d_input) = self.pass.d_input else { return };
        let read = self.pass.input.iter_columns().zip(self.pass.output.iter_columns());
        let read = read.zip(self.pass.d_output.iter_columns());
        for (dx, ((x, y), dy)) in d_input.iter_columns_mut().zip(read) {
            for (dx, ((&x, &y), &dy)) in dx.iter_mut().zip(x.iter().zip(y).zip(dy)) {
                *dx = dy * self.activation.slope(x, y);
            }
        }
    }
}
