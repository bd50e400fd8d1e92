use nn_tensor::Real;

use super::sign;
use crate::error::check;
use crate::{ElementLoss, Reduction, Result};

/// The absolute error with its corner rounded off: for an error `e = y - t`, `½·e² / beta` where
/// `|e| < beta`, else `|e| - ½·beta` (`torch.nn.SmoothL1Loss`).
///
/// The slope far from the target is 1 whatever `beta` is; [`Huber`](super::Huber) is this times its
/// `delta`. Girshick, "Fast R-CNN", 2015.
///
/// ```
/// use nn_optim::{Loss, SmoothL1};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[0.5, 4.0]]), Matrix::from([[0.0, 0.0]]));
/// let losses = SmoothL1::default().unreduced(&y, &t)?;
/// assert_eq!(losses, Matrix::from([[0.125, 3.5]]));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "SmoothL1Loss")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmoothL1 {
    /// Where the loss goes over from a parabola to a line, at least 0; 1 by default. With 0 it is
    /// [`MeanAbsoluteError`](super::MeanAbsoluteError).
    pub beta: f64,
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

impl Default for SmoothL1 {
    fn default() -> Self {
        Self { beta: 1.0, reduction: Reduction::Mean }
    }
}

impl ElementLoss for SmoothL1 {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        let (e, beta) = ((y - t).abs(), R::from_f64(self.beta));
        if e < beta { R::HALF * e * (e / beta) } else { e - R::HALF * beta }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        let (e, beta) = (y - t, R::from_f64(self.beta));
        if e.abs() < beta { e / beta } else { sign(e) }
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn check(&self) -> Result<()> {
        check("beta", self.beta, |beta| beta >= 0.0, "finite and at least 0")
    }
}
