//! A leaky ReLU whose slope is learnt.

use nn_tensor::{Matrix, Scalar, Shape, View, ViewMut, expect_shape};

use crate::{Backward, Layer, LayerError, Result};

/// The parametric ReLU, `f(x) = x` for `x ≥ 0`, else `a·x`, with `a` learnt: one for all features, or
/// one for each (`torch.nn.PReLU`).
///
/// He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015. Weight decay pulls the slopes to 0,
/// which is best left out for them.
///
/// ```
/// use nn_layers::{Layer, PRelu};
/// use nn_tensor::Matrix;
///
/// let layer = PRelu::new(1)?;
/// assert_eq!(layer.forward(&Matrix::from([[-1.0, 2.0]]))?, Matrix::from([[-0.25, 2.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "PReLU")]
#[derive(Debug, Clone, PartialEq)]
pub struct PRelu<T = f32> {
    /// `a`, `1 × 1` or `1 × features`.
    pub slopes: Matrix<T>,
}

impl<T: Scalar> PRelu<T> {
    /// A number of slopes, 1 for all features or one for each, that start at 0.25.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where there are to be none.
    pub fn new(slopes: usize) -> Result<Self> {
        Self::with_slope(slopes, 0.25)
    }

    /// A number of slopes that start at `init`.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where there are to be none, [`LayerError::Hyperparameter`] where
    /// `init` is not finite.
    pub fn with_slope(slopes: usize, init: f64) -> Result<Self> {
        if slopes == 0 {
            return Err(LayerError::ZeroWidth { inputs: slopes, outputs: slopes });
        }
        if !init.is_finite() {
            let (name, value, allowed) = ("init", init, "finite");
            return Err(LayerError::Hyperparameter { name, value, allowed });
        }
        let mut layer = Self { slopes: Matrix::try_zeros(1, slopes)? };
        layer.slopes.as_mut_slice().fill(T::from_f64(init));
        Ok(layer)
    }

    /// The slope of each feature. They are as many as needed, or one.
    fn slope_of(&self, feature: usize) -> T {
        self.slopes.as_slice()[if self.slopes.columns() == 1 { 0 } else { feature }]
    }
}

impl<T: Scalar> Layer<T> for PRelu<T> {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        if self.slopes.shape() != (Shape { rows: 1, columns: 1 }) {
            let expected = Shape { rows: 1, columns: inputs };
            expect_shape("PRelu", "a slope", expected, self.slopes.shape())?;
        }
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        self.output_width(input.columns())?;
        expect_shape("PRelu", "an output", input.shape(), output.shape())?;
        for (j, (y, x)) in output.iter_columns_mut().zip(input.iter_columns()).enumerate() {
            let a = self.slope_of(j);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = if x < T::ZERO { a * x } else { x };
            }
        }
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        let width = self.output_width(pass.input.columns())?;
        pass.check("PRelu", width, self.slopes.columns())?;
        pass.d_parameters.fill(T::ZERO);
        for (j, (x, dy)) in pass.input.iter_columns().zip(pass.d_output.iter_columns()).enumerate()
        {
            // ∂a = Σ ∂y·x over the values below 0, and nothing at 0
            let below = |(&x, &dy): (&T, &T)| if x < T::ZERO { x * dy } else { T::ZERO };
            let sum: T = x.iter().zip(dy).map(below).sum();
            pass.d_parameters[if self.slopes.columns() == 1 { 0 } else { j }] += sum;
        }
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        let columns = pass.input.iter_columns().zip(pass.d_output.iter_columns());
        for (j, (dx, (x, dy))) in d_input.iter_columns_mut().zip(columns).enumerate() {
            let a = self.slope_of(j);
            for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                // As PyTorch: the slope at 0 is a.
                *dx = if x > T::ZERO { dy } else { a * dy };
            }
        }
        Ok(())
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        visitor("weight", &self.slopes);
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        visitor("weight", self.slopes.view_mut());
    }

    fn needs_output(&self) -> bool {
        false
    }
}
