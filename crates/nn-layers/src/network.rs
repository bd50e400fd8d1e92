//! Layers in a row.

use std::fmt;

use nn_tensor::{Expected, Matrix, Scalar, Shape, View, ViewMut, expect_length, expect_shape};
use rand::Rng;

use crate::columns::Columns;
use crate::initializers::{FanInUniform, Initializer};
use crate::{Backward, Dense, Layer, LayerError, Result, Trace};

/// A batch is carried through all layers in parts of so many rows, however many threads there are:
/// what a part touches stays in cache.
pub const ROWS_AT_ONCE: usize = 512;

/// Layers in a row, each taking what the one before it gives (`torch.nn.Sequential`).
///
/// ```
/// use nn_layers::{Network, Relu};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
/// assert_eq!(network.to_string(), "Network(2 → Dense 10 → Relu → Dense 2, 52 parameters)");
///
/// let logits = network.predict(&Matrix::from([[0.5, -0.5], [1.0, 2.0], [0.0, 0.0]]))?;
/// assert_eq!((logits.rows(), logits.columns()), (3, 2));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "Sequential")]
pub struct Network<T = f32> {
    layers: Vec<Box<dyn Layer<T>>>,
    /// The width of the input, then of each layer's output.
    widths: Vec<usize>,
}

/// Memory for [`Network::predict_into`]: what passes between the layers.
#[derive(Debug, Clone)]
pub struct Scratch<T = f32>([Columns<T>; 2]);

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self([Columns::default(), Columns::default()])
    }
}

/// Which parameter of a network: prints as PyTorch's `nn.Sequential` names it, `0.weight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParameterName {
    /// The place of the layer, counted from 0.
    pub layer: usize,
    /// The parameter's name within the layer.
    pub name: &'static str,
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.layer, self.name)
    }
}

impl<T: Scalar> Network<T> {
    /// Starts a network that takes `inputs` features; see [`NetworkBuilder`].
    #[must_use]
    pub const fn builder(inputs: usize) -> NetworkBuilder<T> {
        NetworkBuilder { inputs, plan: Vec::new() }
    }

    /// A network of layers that are there already.
    ///
    /// # Errors
    /// [`LayerError::NoLayers`] where there are none, [`LayerError::Misfit`] where one does not take
    /// what the one before it gives, [`LayerError::InconsistentParameters`] where the visitors of one
    /// disagree.
    pub fn from_layers(inputs: usize, mut layers: Vec<Box<dyn Layer<T>>>) -> Result<Self> {
        if layers.is_empty() {
            return Err(LayerError::NoLayers);
        }
        let mut widths = vec![inputs];
        for (index, layer) in layers.iter_mut().enumerate() {
            widths.push(width_after(index, layer.as_ref(), widths[index])?);
            check_parameters(index, layer.as_mut())?;
        }
        Ok(Self { layers, widths })
    }

    /// The width of the input, then of each layer's output.
    #[must_use]
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The width of the output.
    #[must_use]
    pub fn output_width(&self) -> usize {
        self.widths[self.layers.len()]
    }

    /// The layers, from the input to the output.
    #[must_use]
    pub fn layers(&self) -> &[Box<dyn Layer<T>>] {
        &self.layers
    }

    /// The number of trainable parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameter_count()).sum()
    }

    /// Shows each parameter with its name, always in the same order.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(ParameterName, &'a Matrix<T>)) {
        for (layer, each) in self.layers.iter().enumerate() {
            each.visit(&mut |name, parameter| visitor(ParameterName { layer, name }, parameter));
        }
    }

    /// Shows each parameter to be changed, with the same names in the same order.
    pub fn visit_mut(&mut self, visitor: &mut dyn FnMut(ParameterName, &mut Matrix<T>)) {
        for (layer, each) in self.layers.iter_mut().enumerate() {
            each.visit_mut(&mut |name, parameter| {
                visitor(ParameterName { layer, name }, parameter);
            });
        }
    }

    /// All parameters as one list, in the order of [`Network::visit`], each matrix column by column:
    /// what to keep of the best network so far, for [`Network::set_parameters`] to bring back.
    #[must_use]
    pub fn parameters(&self) -> Vec<T> {
        let mut values = Vec::new();
        self.visit(&mut |_, parameter| values.extend_from_slice(parameter.as_slice()));
        values
    }

    /// Sets all parameters from a list as [`Network::parameters`] gives it.
    ///
    /// # Errors
    /// [`LayerError::Shape`] where there are not as many values as parameters; none is set then.
    pub fn set_parameters(&mut self, values: &[T]) -> Result<()> {
        expect_length("set_parameters", self.parameter_count(), values.len())?;
        let mut rest = values;
        self.visit_mut(&mut |_, parameter| {
            for (to, from) in parameter.as_mut_slice().iter_mut().zip(rest) {
                *to = *from;
            }
            rest = rest.get(parameter.as_slice().len()..).unwrap_or_default();
        });
        Ok(())
    }

    /// Memory for training passes through this network.
    #[must_use]
    pub fn trace(&self) -> Trace<T> {
        Trace::new(self.widths.clone(), self.parameter_count())
    }

    /// The output, `n × outputs`, for an input of `n × inputs`.
    ///
    /// # Errors
    /// [`LayerError::Shape`] where the input has another number of columns.
    pub fn predict<'a>(&self, input: impl Into<View<'a, T>>) -> Result<Matrix<T>> {
        let input = input.into();
        let mut output = Matrix::try_zeros(input.rows(), self.output_width())?;
        self.predict_into(input, output.view_mut(), &mut Scratch::default())?;
        Ok(output)
    }

    /// Writes the output, `n × outputs`, for an input of `n × inputs`. Takes no memory where `scratch`
    /// has served as many rows of this network before; each thread has a scratch of its own.
    ///
    /// ```
    /// use nn_layers::{Network, Relu, Scratch};
    /// use nn_tensor::Matrix;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network: Network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
    /// let (mut scratch, mut output) = (Scratch::default(), Matrix::zeros(1, 2));
    /// for i in 0..3 {
    ///     let sample = Matrix::from([[0.5, i as f32]]);
    ///     network.predict_into(sample.view(), output.view_mut(), &mut scratch)?;
    ///     assert_eq!(output, network.predict(&sample)?);
    /// }
    /// # Ok::<(), nn_layers::LayerError>(())
    /// ```
    ///
    /// # Errors
    /// [`LayerError::Shape`] where the input or the output has the wrong shape.
    pub fn predict_into(
        &self,
        input: View<'_, T>,
        mut output: ViewMut<'_, T>,
        scratch: &mut Scratch<T>,
    ) -> Result<()> {
        self.check_input("predict", &input)?;
        let rows = input.rows();
        let expected = Shape { rows, columns: self.output_width() };
        expect_shape("predict", "an output", expected, output.shape())?;
        let widest = self.widths.iter().copied().max().unwrap_or(0);
        for columns in &mut scratch.0 {
            columns.resize(rows.min(ROWS_AT_ONCE), widest)?;
        }
        for start in (0..rows).step_by(ROWS_AT_ONCE) {
            let range = start..rows.min(start + ROWS_AT_ONCE);
            let x = input.row_range(range.clone())?;
            self.predict_rows(x, &mut scratch.0, output.reborrow().row_range(range)?)?;
        }
        Ok(())
    }

    /// Carries a few rows through all layers, between two buffers in turn.
    fn predict_rows(
        &self,
        input: View<'_, T>,
        [from, to]: &mut [Columns<T>; 2],
        output: ViewMut<'_, T>,
    ) -> Result<()> {
        let rows = input.rows();
        let (last, others) = self.layers.split_last().ok_or(LayerError::NoLayers)?;
        // The first layer reads the input, every other what the one before it wrote.
        let mut x = input;
        for (index, layer) in others.iter().enumerate() {
            let outputs = self.widths[index + 1];
            layer.forward_into(x, to.view_mut(rows, outputs)?)?;
            std::mem::swap(from, to);
            x = from.view(rows, outputs)?;
        }
        last.forward_into(x, output)
    }

    /// The forward pass of training: writes the output of every layer to `trace`, where
    /// [`Trace::output_and_gradient`] shows the last.
    ///
    /// # Errors
    /// Where the input has another number of columns, or the trace was made for another network.
    pub fn forward(&self, input: View<'_, T>, trace: &mut Trace<T>) -> Result<()> {
        self.check_input("forward", &input)?;
        trace.check(&self.widths, self.parameter_count())?;
        trace.resize(input.rows())?;
        for (index, layer) in self.layers.iter().enumerate() {
            let (x, y) = trace.forward(index)?;
            layer.forward_into(x.unwrap_or(input), y)?;
        }
        Ok(())
    }

    /// The backward pass: from the gradient of the output, which the loss has written to `trace`,
    /// adds to the gradients of all parameters there. `input` is that of the forward pass.
    ///
    /// # Errors
    /// Where the trace was made for another network, or holds no forward pass of as many rows.
    pub fn backward(&self, input: View<'_, T>, trace: &mut Trace<T>) -> Result<()> {
        self.check_input("backward", &input)?;
        let mut end = self.parameter_count();
        trace.check(&self.widths, end)?;
        if trace.rows() != input.rows() {
            return Err(LayerError::NoForwardPass { expected: trace.rows(), found: input.rows() });
        }
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let parts = trace.backward(index)?;
            // The first layer's input is data: nobody asks for its gradient.
            let (x, d_input) = match parts.input {
                Some((x, dx)) => (x, Some(dx)),
                None => (input, None),
            };
            let start = end.saturating_sub(layer.parameter_count());
            let d_parameters = parts.gradients.get_mut(start..end).unwrap_or_default();
            let (output, d_output) = (parts.output, parts.d_output);
            layer.backward_into(Backward { input: x, output, d_output, d_input, d_parameters })?;
            end = start;
        }
        Ok(())
    }

    fn check_input(&self, operation: &'static str, input: &View<'_, T>) -> Result<()> {
        Ok(expect_shape(operation, "an input", Expected::columns(self.widths[0]), input.shape())?)
    }
}

/// The width of the output of layer `index`.
fn width_after<T: Scalar>(index: usize, layer: &dyn Layer<T>, inputs: usize) -> Result<usize> {
    let outputs = layer.output_width(inputs).map_err(|source| LayerError::Misfit {
        index,
        layer: layer.kind(),
        source: Box::new(source),
    })?;
    if inputs == 0 || outputs == 0 {
        return Err(LayerError::ZeroWidth { inputs, outputs });
    }
    Ok(outputs)
}

/// Refuses a layer whose visitors disagree: an optimizer would step half of it.
fn check_parameters<T: Scalar>(index: usize, layer: &mut dyn Layer<T>) -> Result<()> {
    let (mut shown, mut shown_mut) = (Vec::new(), Vec::new());
    layer.visit(&mut |name, values| shown.push((name, values.shape())));
    layer.visit_mut(&mut |name, values| shown_mut.push((name, values.shape())));
    let count = |shown: &[(&str, Shape)]| shown.iter().map(|(_, s)| s.rows * s.columns).sum();
    let (visited, visited_mut): (usize, usize) = (count(&shown), count(&shown_mut));
    let (layer, counted) = (layer.kind(), layer.parameter_count());
    if shown == shown_mut && counted == visited {
        return Ok(());
    }
    Err(LayerError::InconsistentParameters { index, layer, visited, visited_mut, counted })
}

/// One line: `Network(2 → Dense 10 → Relu → Dense 2, 52 parameters)`.
impl<T: Scalar> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({}", self.widths[0])?;
        for (layer, pair) in self.layers.iter().zip(self.widths.windows(2)) {
            write!(f, " → {}", layer.kind())?;
            if pair[0] != pair[1] || layer.parameter_count() > 0 {
                write!(f, " {}", pair[1])?;
            }
        }
        write!(f, ", {} parameters)", self.parameter_count())
    }
}

impl<T: Scalar> fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A network in the making: the layers are named from input to output, and made by
/// [`build`](NetworkBuilder::build), which finds the widths and draws the weights.
#[derive(Debug)]
pub struct NetworkBuilder<T = f32> {
    inputs: usize,
    plan: Vec<Plan<T>>,
}

/// A layer to be made once the width of its input is known, or one that is there.
#[derive(Debug)]
enum Plan<T> {
    Dense { outputs: usize, weights: Box<dyn Initializer>, biases: Box<dyn Initializer> },
    Layer(Box<dyn Layer<T>>),
}

impl<T: Scalar> NetworkBuilder<T> {
    /// Adds a [`Dense`] layer of so many outputs that starts as PyTorch's does.
    #[must_use]
    pub fn dense(self, outputs: usize) -> Self {
        self.dense_with(outputs, FanInUniform, FanInUniform)
    }

    /// Adds a [`Dense`] layer of so many outputs that starts as told.
    #[must_use]
    pub fn dense_with(
        mut self,
        outputs: usize,
        weights: impl Initializer + 'static,
        biases: impl Initializer + 'static,
    ) -> Self {
        let (weights, biases) = (Box::new(weights), Box::new(biases));
        self.plan.push(Plan::Dense { outputs, weights, biases });
        self
    }

    /// Adds any other layer, or a [`Dense`] that is there already.
    #[must_use]
    pub fn layer(mut self, layer: impl Layer<T> + 'static) -> Self {
        self.plan.push(Plan::Layer(Box::new(layer)));
        self
    }

    /// Makes the layers, drawing their weights in order.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where a layer is to have no inputs or no outputs,
    /// [`LayerError::Misfit`] where one does not take what the one before it gives,
    /// [`LayerError::NoLayers`] where none was added, and whatever an initialiser refuses.
    pub fn build<R: Rng + ?Sized>(self, rng: &mut R) -> Result<Network<T>> {
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
        let mut width = self.inputs;
        for (index, plan) in self.plan.into_iter().enumerate() {
            let layer = match plan {
                Plan::Layer(layer) => layer,
                Plan::Dense { outputs, weights, biases } => Box::new(Dense::with_initializers(
                    width,
                    outputs,
                    weights.as_ref(),
                    biases.as_ref(),
                    rng,
                )?),
            };
            width = width_after(index, layer.as_ref(), width)?;
            layers.push(layer);
        }
        Network::from_layers(self.inputs, layers)
    }
}
