//! What a network has learnt, as a copy.

use nn_tensor::{Scalar, ViewMut, expect_length};

use crate::{Network, Result};

/// All that a network has learnt: its parameters, and the statistics that layers such as
/// [`BatchNorm`](crate::BatchNorm) keep for inference (PyTorch's `state_dict`).
///
/// ```
/// use nn_layers::{Network, Relu};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut network: Network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
/// let best = network.state();
/// network.set_parameters(&[0.0; 52])?;
/// network.set_state(&best)?;
/// assert_eq!(network.state(), best);
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "state_dict")]
#[derive(Debug, Clone, PartialEq)]
pub struct State<T = f32> {
    parameters: Vec<T>,
    statistics: Vec<T>,
}

impl<T: Scalar> State<T> {
    /// The parameters, in the order of [`Network::visit`], each matrix column by column.
    #[must_use]
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// The statistics that layers keep for inference, in their order, each matrix column by column.
    #[must_use]
    pub fn statistics(&self) -> &[T] {
        &self.statistics
    }

    /// Becomes the state of `network`, in the memory that this one has.
    pub fn copy_from(&mut self, network: &Network<T>) {
        self.parameters.clear();
        network.visit(&mut |_, parameter| self.parameters.extend_from_slice(parameter.as_slice()));
        self.statistics.clear();
        for layer in network.layers() {
            layer.visit_statistics(&mut |_, values| {
                self.statistics.extend_from_slice(values.as_slice());
            });
        }
    }
}

impl<T: Scalar> Network<T> {
    /// All parameters as one list, in the order of [`Network::visit`], each matrix column by column.
    #[must_use]
    pub fn parameters(&self) -> Vec<T> {
        self.state().parameters
    }

    /// Sets all parameters from a list as [`Network::parameters`] gives it.
    ///
    /// # Errors
    /// [`LayerError::Shape`](crate::LayerError::Shape) where there are not as many values as
    /// parameters; none is set then.
    pub fn set_parameters(&mut self, values: &[T]) -> Result<()> {
        expect_length("set_parameters", self.parameter_count(), values.len())?;
        let mut rest = values;
        self.visit_mut(&mut |_, parameter| fill(parameter, &mut rest));
        Ok(())
    }

    /// A copy of all that the network has learnt, for [`Network::set_state`] to bring back.
    #[must_use]
    pub fn state(&self) -> State<T> {
        let mut state = State { parameters: Vec::new(), statistics: Vec::new() };
        state.copy_from(self);
        state
    }

    /// Brings back what [`Network::state`] has copied, of this network or of one of equal layers.
    ///
    /// # Errors
    /// [`LayerError::Shape`](crate::LayerError::Shape) where there are not as many parameters or
    /// statistics as this network has; none is set then.
    #[doc(alias = "load_state_dict")]
    pub fn set_state(&mut self, state: &State<T>) -> Result<()> {
        expect_length("set_state", self.statistics_count(), state.statistics.len())?;
        self.set_parameters(&state.parameters)?;
        let mut rest = state.statistics.as_slice();
        for layer in &mut self.layers {
            layer.visit_statistics_mut(&mut |_, values| fill(values, &mut rest));
        }
        Ok(())
    }

    /// The number of values that layers keep for inference, beside the parameters.
    #[must_use]
    pub fn statistics_count(&self) -> usize {
        let mut count = 0;
        for layer in &self.layers {
            layer.visit_statistics(&mut |_, values| count += values.as_slice().len());
        }
        count
    }
}

/// Fills a matrix, column by column, with the first of `values`, and leaves the rest of these.
fn fill<T: Scalar>(mut matrix: ViewMut<'_, T>, values: &mut &[T]) {
    for column in matrix.iter_columns_mut() {
        let (own, rest) = values.split_at(column.len().min(values.len()));
        for (to, from) in column.iter_mut().zip(own) {
            *to = *from;
        }
        *values = rest;
    }
}
