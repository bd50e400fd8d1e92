//! The figures of a network on some data.

use nn_layers::{Network, Scratch};
use nn_optim::{Loss, OptimError, Targets};
use nn_tensor::{Matrix, Scalar, View};

/// A figure for people: what it is called, and how it is worked out.
pub(crate) struct Metric<'a, T> {
    pub(crate) name: String,
    pub(crate) function: Function<'a, T>,
}

type Of<'a, T, A> = Box<dyn Fn(&Matrix<T>, &A) -> Result<f64, OptimError> + 'a>;

/// From all outputs, and the labels or the values that they should have been, to a figure.
pub(crate) enum Function<'a, T> {
    OfLabels(Of<'a, T, [usize]>),
    OfValues(Of<'a, T, Matrix<T>>),
}

/// Some data with room for a network's outputs, so that each epoch uses it again.
pub(crate) struct Evaluation<'a, T> {
    inputs: View<'a, T>,
    targets: Targets<'a, T>,
    outputs: Matrix<T>,
    /// The targets once more, where they are values and a metric asks for them.
    values: Option<Matrix<T>>,
    scratch: Scratch<T>,
}

impl<'a, T: Scalar> Evaluation<'a, T> {
    pub(crate) fn new((inputs, targets): (View<'a, T>, Targets<'a, T>)) -> Self {
        let (outputs, scratch) = (Matrix::zeros(0, 0), Scratch::default());
        Self { inputs, targets, outputs, values: None, scratch }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.inputs.rows() == 0
    }

    /// Works out all outputs.
    pub(crate) fn predict(&mut self, network: &Network<T>) -> Result<(), OptimError> {
        if self.outputs.rows() != self.inputs.rows() {
            self.outputs = Matrix::try_zeros(self.inputs.rows(), network.output_width())?;
        }
        network.predict_into(self.inputs, self.outputs.view_mut(), &mut self.scratch)?;
        Ok(())
    }

    /// The loss of the outputs.
    pub(crate) fn loss(&self, loss: &impl Loss<T>) -> Result<f64, OptimError> {
        let value = loss.value(&self.outputs, self.targets)?;
        if value.is_finite() { Ok(value) } else { Err(OptimError::NonFiniteLoss { loss: value }) }
    }

    /// A metric of the outputs; the weights of samples do not count.
    pub(crate) fn metric(&mut self, function: &Function<'_, T>) -> Result<f64, OptimError> {
        let (shape, targets) = (self.outputs.shape(), self.targets.unweighted());
        match function {
            Function::OfLabels(metric) => metric(&self.outputs, targets.labels("metric", shape)?),
            Function::OfValues(metric) => {
                let values = match self.values.take() {
                    Some(values) => values,
                    None => targets.values("metric_of_values", shape)?.to_matrix(),
                };
                metric(&self.outputs, self.values.insert(values))
            }
        }
    }
}
