//! The gated linear unit.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, ShapeError, View, ViewMut, expect_shape};

use crate::{Backward, Layer, LayerError, Result};

/// The gated linear unit, `Y = A ∘ σ(B)`, with `A` the first half of the columns of the input and `B`
/// the second (`torch.nn.GLU`).
///
/// The input is `n × 2m`, the output `n × m`. Dauphin, Fan, Auli and Grangier, "Language modeling with
/// gated convolutional networks", 2017.
///
/// ```
/// use nn_layers::{Glu, Layer};
/// use nn_tensor::Matrix;
///
/// assert_eq!(Glu.forward(&Matrix::from([[3.0, 0.0]]))?, Matrix::from([[1.5]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "GLU")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Glu;

impl<T: Scalar> Layer<T> for Glu {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        if inputs.is_multiple_of(2) {
            return Ok(inputs / 2);
        }
        let (operation, what, expected) =
            ("Glu", "an input of an even width", inputs.saturating_add(1));
        Err(LayerError::Shape(ShapeError::Width { operation, what, expected, found: inputs }))
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        let width = <Self as Layer<T>>::output_width(self, input.columns())?;
        let expected = Shape { rows: input.rows(), columns: width };
        expect_shape("Glu", "an output", expected, output.shape())?;
        dispatch(Values { x: input, y: output });
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        let width = <Self as Layer<T>>::output_width(self, pass.input.columns())?;
        pass.check("Glu", width, 0)?;
        let Some(dx) = pass.d_input else { return Ok(()) };
        dispatch(Gradients { x: pass.input, dy: pass.d_output, dx });
        Ok(())
    }

    fn needs_output(&self) -> bool {
        false
    }
}

/// `y = a·σ(b)`
struct Values<'a, T> {
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Values<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let width = self.y.columns();
        for j in 0..width {
            let (Some(a), Some(b)) = (self.x.column(j), self.x.column(j + width)) else { return };
            let Some(y) = self.y.column_mut(j) else { return };
            for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
                *y = a * b.sigmoid();
            }
        }
    }
}

/// `∂a = ∂y·σ(b)` and `∂b = ∂y·a·σ(b)·σ(-b)`
struct Gradients<'a, T> {
    x: View<'a, T>,
    dy: View<'a, T>,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Gradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let width = self.dy.columns();
        for j in 0..width {
            let (Some(a), Some(b)) = (self.x.column(j), self.x.column(j + width)) else { return };
            let Some(dy) = self.dy.column(j) else { return };
            let Some(da) = self.dx.column_mut(j) else { return };
            for ((da, &b), &dy) in da.iter_mut().zip(b).zip(dy) {
                *da = dy * b.sigmoid();
            }
            let Some(db) = self.dx.column_mut(j + width) else { return };
            for (((db, &a), &b), &dy) in db.iter_mut().zip(a).zip(b).zip(dy) {
                *db = dy * a * b.sigmoid() * (-b).sigmoid();
            }
        }
    }
}
