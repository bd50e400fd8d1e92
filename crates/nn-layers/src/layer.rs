//! What a layer is.

use std::fmt;

use nn_tensor::{Matrix, Scalar, Shape, View, ViewMut, expect_length, expect_shape};

use crate::{Activation, InPlace, InTraining, Rectify, Relu, Result};

/// A differentiable function of a batch, with the parameters it has learnt.
///
/// A layer maps an input of `n × inputs` to an output of `n × outputs`, one row a sample. It owns
/// its parameters and nothing else: what a pass writes belongs to the caller, so a layer is shared
/// between threads as it is.
///
/// To write one, say how wide its output is and give the two passes; if it has parameters, show
/// them to both visitors, in the order in which `backward_into` writes their gradients. Both
/// passes check the shapes that they are given. A function of single values is better written as an
/// [`Activation`](crate::Activation), which becomes a layer by itself.
///
/// ```
/// use nn_layers::{Backward, Layer, Result};
/// use nn_tensor::{Matrix, Scalar, View, ViewMut, expect_shape};
///
/// /// Y = s·X, with the scale s learnt.
/// #[derive(Debug)]
/// struct Scale<T> {
///     scale: Matrix<T>,
/// }
///
/// impl<T: Scalar> Layer<T> for Scale<T> {
///     fn output_width(&self, inputs: usize) -> Result<usize> {
///         Ok(inputs)
///     }
///
///     fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
///         expect_shape("Scale", "an output", input.shape(), output.shape())?;
///         for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
///             for (y, &x) in y.iter_mut().zip(x) {
///                 *y = self.scale[(0, 0)] * x;
///             }
///         }
///         Ok(())
///     }
///
///     fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
///         pass.check("Scale", pass.input.columns(), 1)?;
///         let columns = pass.input.iter_columns().zip(pass.d_output.iter_columns());
///         let products = columns.flat_map(|(x, dy)| x.iter().zip(dy).map(|(&x, &dy)| x * dy));
///         pass.d_parameters[0] = products.sum(); // ∂s = Σ x·∂y
///         match pass.d_input {
///             Some(d_input) => self.forward_into(pass.d_output, d_input), // ∂X = s·∂Y
///             None => Ok(()),
///         }
///     }
///
///     fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
///         visitor("scale", &self.scale);
///     }
///
///     fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
///         visitor("scale", self.scale.view_mut());
///     }
/// }
///
/// let layer = Scale { scale: Matrix::from([[3.0]]) };
/// assert_eq!(layer.forward(&Matrix::from([[1.0, -2.0]]))?, Matrix::from([[3.0, -6.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
pub trait Layer<T: Scalar>: fmt::Debug + Send + Sync {
    /// What a network calls the layer when it prints: the name of its type.
    fn kind(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        let path = path.split_once('<').map_or(path, |(path, _)| path);
        path.rsplit_once("::").map_or(path, |(_, name)| name)
    }

    /// The width of the output for an input of `inputs` columns.
    ///
    /// # Errors
    /// Where the layer takes no input of that width.
    fn output_width(&self, inputs: usize) -> Result<usize>;

    /// Writes the output, `n × outputs`, for the input, `n × inputs`.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()>;

    /// Writes the output for a single sample: one row in, one row out. A layer that is asked for many
    /// predictions one by one may do so with less ado than [`Layer::forward_into`].
    ///
    /// # Errors
    /// Where the lengths do not fit.
    fn forward_row(&self, input: &[T], output: &mut [T]) -> Result<()> {
        self.forward_into(View::from_row(input), ViewMut::from_row(output))
    }

    /// Writes `max(y, 0)` in the place of the output `y` of [`Layer::forward_row`], and NaN where it is:
    /// the layer and the rectified linear unit after it in one.
    ///
    /// # Errors
    /// As [`Layer::forward_row`].
    fn forward_row_rectified(&self, input: &[T], output: &mut [T]) -> Result<()> {
        self.forward_row(input, output)?;
        for y in output {
            *y = Relu.value(*y);
        }
        Ok(())
    }

    /// Writes the gradients of the input and of the parameters.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()>;

    /// Shows each parameter with its name, always in the same order.
    fn visit<'a>(&'a self, _visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {}

    /// Shows each parameter to be changed, with the same names in the same order.
    fn visit_mut(&mut self, _visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {}

    /// The layer as one that can work in place, if it can; see [`InPlace`].
    fn in_place(&self) -> Option<&dyn InPlace<T>> {
        None
    }

    /// The layer as one that does the ReLU beside it on its way, if it can; see [`Rectify`].
    fn rectify(&self) -> Option<&dyn Rectify<T>> {
        None
    }

    /// The layer as one that does in training what it does not in inference, if it does; see
    /// [`InTraining`].
    fn in_training(&self) -> Option<&dyn InTraining<T>> {
        None
    }

    /// The same, to be changed.
    fn in_training_mut(&mut self) -> Option<&mut dyn InTraining<T>> {
        None
    }

    /// Shows what the layer has learnt without gradients and inference reads, as the running mean of a
    /// [`BatchNorm`](crate::BatchNorm), always in the same order.
    fn visit_statistics<'a>(&'a self, _visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {}

    /// Shows the same to be changed.
    fn visit_statistics_mut(&mut self, _visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {}

    /// Whether [`Layer::backward_into`] reads the output. Where it does not, the next layer may write
    /// over it.
    fn needs_output(&self) -> bool {
        true
    }

    /// The number of trainable parameters: the values of all matrices that [`Layer::visit`] shows.
    fn parameter_count(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |_, parameter| count += parameter.as_slice().len());
        count
    }

    /// The output, `n × outputs`, for an input of `n × inputs`.
    ///
    /// # Errors
    /// Where the input has not as many columns as the layer has inputs.
    fn forward(&self, input: &Matrix<T>) -> Result<Matrix<T>> {
        let width = self.output_width(input.columns())?;
        let mut output = Matrix::try_zeros(input.rows(), width)?;
        self.forward_into(input.view(), output.view_mut())?;
        Ok(output)
    }

    /// The gradients of a loss with respect to the input and the parameters, from its gradient with
    /// respect to the output.
    ///
    /// # Errors
    /// Where `d_output` has not the shape of the output for this input.
    fn backward(&self, input: &Matrix<T>, d_output: &Matrix<T>) -> Result<Gradients<T>> {
        let output = self.forward(input)?;
        let mut gradients = Gradients {
            input: Matrix::try_zeros(input.rows(), input.columns())?,
            parameters: vec![T::ZERO; self.parameter_count()],
        };
        let pass = Backward {
            input: input.view(),
            output: output.view(),
            d_output: d_output.view(),
            d_input: Some(gradients.input.view_mut()),
            d_parameters: &mut gradients.parameters,
        };
        pass.check("backward", output.columns(), self.parameter_count())?;
        self.backward_into(pass)?;
        Ok(gradients)
    }
}

/// What a layer's backward pass reads and writes.
#[derive(Debug)]
pub struct Backward<'a, T> {
    /// The input of the forward pass, `X` of `n × inputs`.
    pub input: View<'a, T>,
    /// The output of the forward pass, `Y` of `n × outputs`.
    pub output: View<'a, T>,
    /// The loss's gradient with respect to the output, `∂Y` of `n × outputs`.
    pub d_output: View<'a, T>,
    /// Where its gradient with respect to the input is written, `∂X` of `n × inputs`; `None` where
    /// nobody asks for it, as before a network's first layer.
    pub d_input: Option<ViewMut<'a, T>>,
    /// Where its gradients with respect to the parameters are written: one value for each parameter,
    /// in the order of [`Layer::visit`], each matrix column by column.
    pub d_parameters: &'a mut [T],
}

impl<T: Scalar> Backward<'_, T> {
    /// Checks every shape of the pass against its input, `outputs` columns and `parameters` values.
    ///
    /// # Errors
    /// Where one does not fit.
    pub fn check(&self, operation: &'static str, outputs: usize, parameters: usize) -> Result<()> {
        let input = self.input.shape();
        let output = Shape { rows: input.rows, columns: outputs };
        expect_shape(operation, "an output", output, self.output.shape())?;
        expect_shape(operation, "an output gradient", output, self.d_output.shape())?;
        if let Some(d_input) = &self.d_input {
            expect_shape(operation, "an input gradient", input, d_input.shape())?;
        }
        expect_length(operation, parameters, self.d_parameters.len())?;
        Ok(())
    }
}

/// What [`Layer::backward`] returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients<T> {
    /// The gradient with respect to the input, `n × inputs`.
    pub input: Matrix<T>,
    /// The gradients with respect to the parameters, in the order of [`Layer::visit`], each matrix
    /// column by column.
    pub parameters: Vec<T>,
}

/// A boxed layer is a layer, so that networks can be built from what is known at run time.
impl<T: Scalar> Layer<T> for Box<dyn Layer<T>> {
    fn kind(&self) -> &'static str {
        self.as_ref().kind()
    }

    fn output_width(&self, inputs: usize) -> Result<usize> {
        self.as_ref().output_width(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        self.as_ref().forward_into(input, output)
    }

    fn forward_row(&self, input: &[T], output: &mut [T]) -> Result<()> {
        self.as_ref().forward_row(input, output)
    }

    fn forward_row_rectified(&self, input: &[T], output: &mut [T]) -> Result<()> {
        self.as_ref().forward_row_rectified(input, output)
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        self.as_ref().backward_into(pass)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        self.as_ref().visit(visitor);
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        self.as_mut().visit_mut(visitor);
    }

    fn in_place(&self) -> Option<&dyn InPlace<T>> {
        self.as_ref().in_place()
    }

    fn rectify(&self) -> Option<&dyn Rectify<T>> {
        self.as_ref().rectify()
    }

    fn in_training(&self) -> Option<&dyn InTraining<T>> {
        self.as_ref().in_training()
    }

    fn in_training_mut(&mut self) -> Option<&mut dyn InTraining<T>> {
        self.as_mut().in_training_mut()
    }

    fn visit_statistics<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        self.as_ref().visit_statistics(visitor);
    }

    fn visit_statistics_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        self.as_mut().visit_statistics_mut(visitor);
    }

    fn needs_output(&self) -> bool {
        self.as_ref().needs_output()
    }
}
