use nn_tensor::Real;

use crate::{ElementLoss, Reduction};

/// The squared error, `(y - t)²` of each output, its mean taken over all outputs of all samples
/// (`torch.nn.MSELoss`).
///
/// ```
/// use nn_optim::{Loss, MeanSquaredError};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[1.0, 2.0]]), Matrix::from([[0.0, 4.0]]));
/// let (loss, gradient) = MeanSquaredError::default().value_and_gradient(&y, &t)?;
/// assert_eq!((loss, gradient), (2.5, Matrix::from([[1.0, -2.0]])));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "MSELoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeanSquaredError {
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

impl ElementLoss for MeanSquaredError {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        (y - t) * (y - t)
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        (y - t) + (y - t)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }
}
