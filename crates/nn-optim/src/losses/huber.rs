use nn_tensor::Real;

use super::sign;
use crate::error::check;
use crate::{ElementLoss, Reduction, Result};

/// Huber's loss: for an error `e = y - t`, `½·e²` where `|e| < delta`, else `delta·(|e| - ½·delta)`
/// (`torch.nn.HuberLoss`).
///
/// Huber, "Robust estimation of a location parameter", 1964.
///
/// ```
/// use nn_optim::{Huber, Loss};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[0.5, 4.0]]), Matrix::from([[0.0, 0.0]]));
/// let losses = Huber { delta: 2.0, ..Huber::default() }.unreduced(&y, &t)?;
/// assert_eq!(losses, Matrix::from([[0.125, 6.0]]));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "HuberLoss")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    /// Where the loss goes over from a parabola to a line, above 0; 1 by default.
    pub delta: f64,
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0, reduction: Reduction::Mean }
    }
}

impl ElementLoss for Huber {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        let (e, delta) = ((y - t).abs(), R::from_f64(self.delta));
        if e < delta { R::HALF * e * e } else { delta * (e - R::HALF * delta) }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        let (e, delta) = (y - t, R::from_f64(self.delta));
        if e.abs() < delta { e } else { delta * sign(e) }
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn check(&self) -> Result<()> {
        check("delta", self.delta, |delta| delta > 0.0, "finite and above 0")
    }
}
