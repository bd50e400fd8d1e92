//! Penalties on large parameters.

use nn_layers::{Network, ParameterName};
use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, expect_length};

use crate::Result;
use crate::error::check;
use crate::losses::sign;

/// What large parameters cost: `l1·Σ|w| + l2·Σw²`, added to the loss, and `l1·sign(w) + 2·l2·w` to the
/// gradient of each.
///
/// These are the regularisers of Kinsley and Kukieła, "Neural networks from scratch in Python", 2020,
/// but that the slope of `|w|` at 0 is 0 here, as in PyTorch, where theirs is 1.
///
/// Weight decay is told apart: an optimizer's `weight_decay` of `λ` adds `λ·w` to the gradient, which
/// is an `l2` of `λ / 2` that the loss does not show; and that of AdamW shrinks a parameter by
/// `learning_rate·λ·w` beside the step, so that what the rule makes of gradients does not touch it.
#[doc(alias = "regularizer")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Penalty {
    /// How much the sum of the absolute values counts, at least 0; 0 by default.
    pub l1: f64,
    /// How much the sum of the squares counts, at least 0; 0 by default.
    pub l2: f64,
}

/// Adds to the gradients of a network what its parameters cost, and returns what is to be added to the
/// loss. `penalty` says of each parameter, by its layer and its name, how much.
///
/// ```
/// use nn_layers::{Dense, Network, ParameterName};
/// use nn_optim::{Loss, MeanSquaredError, Penalty, add_penalty, value_and_gradient};
/// use nn_tensor::Matrix;
///
/// let dense = Dense::from_parameters(Matrix::from([[3.0], [-1.0]]), Matrix::from([[0.5]]))?;
/// let network = Network::from_layers(2, vec![Box::new(dense)])?;
/// let mut trace = network.trace();
/// let (x, y) = (Matrix::from([[1.0, 1.0]]), Matrix::from([[2.5]]));
/// let loss = value_and_gradient(&network, &MeanSquaredError::default(), &x, &y, &mut trace)?;
///
/// let penalty = |parameter: ParameterName| match parameter.name {
///     "weight" => Penalty { l1: 0.5, l2: 0.25 },
///     _ => Penalty::default(), // none for biases
/// };
/// let loss = loss + add_penalty(&network, penalty, trace.gradients_mut())?;
/// assert_eq!(loss, 0.5 * (3.0 + 1.0) + 0.25 * (9.0 + 1.0));
/// assert_eq!(trace.gradients(), [0.5 + 0.5 * 3.0, -0.5 - 0.5 * 1.0, 0.0]);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`Hyperparameter`](crate::OptimError::Hyperparameter) where a penalty is negative, infinite or NaN,
/// [`Shape`](crate::OptimError::Shape) where there are not as many gradients as parameters; the
/// gradients are then as they were.
pub fn add_penalty<T: Scalar>(
    network: &Network<T>,
    penalty: impl Fn(ParameterName) -> Penalty,
    gradients: &mut [T],
) -> Result<f64> {
    expect_length("add_penalty", network.parameter_count(), gradients.len())?;
    let mut all = Vec::new();
    network.visit(&mut |name, parameter| all.push((penalty(name), parameter.as_slice())));
    for (Penalty { l1, l2 }, _) in &all {
        check("l1", *l1, |l1| l1 >= 0.0, "finite and at least 0")?;
        check("l2", *l2, |l2| l2 >= 0.0, "finite and at least 0")?;
    }
    let (mut sum, mut rest) = (0.0, gradients);
    for (penalty, parameters) in all {
        let (gradients, others) = rest.split_at_mut(parameters.len());
        sum += dispatch(Add { penalty, parameters, gradients });
        rest = others;
    }
    Ok(sum)
}

/// `Σ (l1·|w| + l2·w²)`, and `g ← g + l1·sign(w) + 2·l2·w`.
struct Add<'a, T> {
    penalty: Penalty,
    parameters: &'a [T],
    gradients: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Add<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) -> f64 {
        let Penalty { l1, l2 } = self.penalty;
        let (slope, curvature) = (T::from_f64(l1), T::from_f64(2.0 * l2));
        let mut sums = [0.0; 16];
        for (w, g) in self.parameters.chunks(16).zip(self.gradients.chunks_mut(16)) {
            for (g, &w) in g.iter_mut().zip(w) {
                *g += slope * sign(w) + curvature * w;
            }
            for (sum, w) in sums.iter_mut().zip(w) {
                let w = w.to_f64();
                *sum += l1 * w.abs() + l2 * (w * w);
            }
        }
        sums.iter().sum()
    }
}
