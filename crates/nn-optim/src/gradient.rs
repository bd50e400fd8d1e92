//! From a batch to the gradients of a network's parameters.

use nn_layers::{Network, Trace};
use nn_tensor::{Expected, Scalar, Shape, View, expect_shape};

use crate::{Loss, OptimError, Result, Targets};

/// The loss of a batch; its gradients with respect to all parameters are left in `trace`, in place
/// of what was there.
///
/// The batch is worked in parts, as [`Network::forward_backward`] says. `inputs` is `n × inputs`, and `targets` has `n` rows or labels. This is what PyTorch's
/// `loss(model(inputs), targets)` and `loss.backward()` do together, after `zero_grad()`.
///
/// ```
/// use nn_layers::{Network, Relu};
/// use nn_optim::{CrossEntropy, value_and_gradient};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network = Network::<f64>::builder(2).dense(8).layer(Relu).dense(2).build(&mut rng)?;
/// let mut trace = network.trace();
/// let inputs = Matrix::from([[0.5, -0.5], [1.0, 2.0]]);
/// let loss = value_and_gradient(&network, &CrossEntropy::default(), &inputs, &[0, 1], &mut trace)?;
/// assert!(loss > 0.0);
/// assert_eq!(trace.gradients().len(), network.parameter_count());
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// Where inputs or targets do not fit the network, the batch is empty
/// ([`OptimError::EmptyBatch`]), or the loss is infinite or NaN ([`OptimError::NonFiniteLoss`]).
pub fn value_and_gradient<'a, T: Scalar>(
    network: &Network<T>,
    loss: &dyn Loss<T>,
    inputs: impl Into<View<'a, T>>,
    targets: impl Into<Targets<'a, T>>,
    trace: &mut Trace<T>,
) -> Result<f64> {
    let (inputs, targets) = (inputs.into(), targets.into());
    let rows = inputs.rows();
    if rows == 0 {
        return Err(OptimError::EmptyBatch);
    }
    let needed = Expected::columns(network.widths()[0]);
    expect_shape("value_and_gradient", "an input", needed, inputs.shape())?;
    let divisor = loss.divisor(Shape { rows, columns: network.output_width() }, targets)?;
    let scale = T::from_f64(1.0 / divisor);
    let sum = network.forward_backward(inputs, trace, |rows, outputs, gradient| {
        let part = targets.row_range(rows.clone())?;
        loss.sum_into(outputs, part, scale, gradient).map_err(|error| error.after_rows(rows.start))
    })?;
    let value = sum / divisor;
    if value.is_finite() { Ok(value) } else { Err(OptimError::NonFiniteLoss { loss: value }) }
}
