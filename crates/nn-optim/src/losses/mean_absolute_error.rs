use nn_tensor::Real;

use super::sign;
use crate::{ElementLoss, Reduction};

/// The absolute error, `|y - t|` of each output, its mean taken over all outputs of all samples
/// (`torch.nn.L1Loss`).
///
/// Its slope is 0 where `y = t`, as PyTorch's.
///
/// ```
/// use nn_optim::{Loss, MeanAbsoluteError};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[1.0, 2.0]]), Matrix::from([[0.0, 4.0]]));
/// let (loss, gradient) = MeanAbsoluteError::default().value_and_gradient(&y, &t)?;
/// assert_eq!((loss, gradient), (1.5, Matrix::from([[0.5, -0.5]])));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "L1Loss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MeanAbsoluteError {
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

impl ElementLoss for MeanAbsoluteError {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        (y - t).abs()
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        sign(y - t)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }
}
