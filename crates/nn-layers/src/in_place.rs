//! Layers that write over what they read.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, View, ViewMut, expect_shape};

use crate::activation::{columns, columns_mut, is_packed};
use crate::{Activation, Result};

/// A layer whose output can take the place of its input, and whose backward pass does without that
/// input: a network spares the memory, and the way through it.
///
/// [`Layer::in_place`](crate::Layer::in_place) says that a layer is one; its output is as wide as its
/// input.
pub trait InPlace<T: Scalar> {
    /// Writes the output over the input.
    ///
    /// # Errors
    /// Where the layer takes no input of that width.
    fn forward_in_place(&self, values: ViewMut<'_, T>) -> Result<()>;

    /// Writes the gradient of the input over that of the output.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    fn backward_in_place(&self, output: View<'_, T>, gradient: ViewMut<'_, T>) -> Result<()>;

    /// Whether the layer is the rectified linear unit, which its neighbours may do on their way; see
    /// [`Rectify`](crate::Rectify).
    fn rectifies(&self) -> bool {
        false
    }
}

impl<T: Scalar, A: Activation> InPlace<T> for A {
    fn forward_in_place(&self, mut values: ViewMut<'_, T>) -> Result<()> {
        let packed = is_packed(&values.as_view());
        dispatch(Values { activation: *self, values: columns_mut(&mut values, packed)? });
        Ok(())
    }

    fn backward_in_place(&self, output: View<'_, T>, mut gradient: ViewMut<'_, T>) -> Result<()> {
        expect_shape("activation", "an output gradient", output.shape(), gradient.shape())?;
        let packed = is_packed(&output) && is_packed(&gradient.as_view());
        let (output, gradient) = (columns(output, packed)?, columns_mut(&mut gradient, packed)?);
        dispatch(Slopes { activation: *self, output, gradient });
        Ok(())
    }

    fn rectifies(&self) -> bool {
        A::RECTIFIES
    }
}

/// `Y = f(X)`
struct Values<'a, T, A> {
    activation: A,
    values: ViewMut<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Values<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        for j in 0..self.values.columns() {
            let Some(column) = self.values.column_mut(j) else { return };
            for x in column {
                *x = self.activation.value(*x);
            }
        }
    }
}

/// `∂X = ∂Y ∘ f′(X)`, with the slope from `Y`
struct Slopes<'a, T, A> {
    activation: A,
    output: View<'a, T>,
    gradient: ViewMut<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Slopes<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        for j in 0..self.output.columns() {
            let (Some(d), Some(y)) = (self.gradient.column_mut(j), self.output.column(j)) else {
                return;
            };
            for (d, &y) in d.iter_mut().zip(y) {
                *d *= self.activation.slope(y, y);
            }
        }
    }
}
