use nn_tensor::Real;

use crate::{Domain, ElementLoss, Reduction};

/// The cross-entropy of probabilities of yes and no, `-(t·ln y + (1 - t)·ln(1 - y))` of each output,
/// its mean taken over all outputs of all samples (`torch.nn.BCELoss`).
///
/// Outputs and targets are from 0 to 1, and a target of 0.3 means "yes" in three cases of ten. As
/// PyTorch has it, a logarithm is no less than -100 and the slope `(y - t) / (y·(1 - y))` is divided by
/// no less than 10⁻¹²: so a wrong output of exactly 0 or 1 costs 100, where the exact loss is infinite.
/// [`BinaryCrossEntropyWithLogits`](super::BinaryCrossEntropyWithLogits) needs no such bounds.
///
/// ```
/// use nn_optim::{BinaryCrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[0.5, 0.0]]), Matrix::from([[1.0, 1.0]]));
/// let losses = BinaryCrossEntropy::default().unreduced(&y, &t)?;
/// assert_eq!(losses, Matrix::from([[std::f64::consts::LN_2, 100.0]]));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "BCELoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BinaryCrossEntropy {
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

const LEAST_LOGARITHM: f64 = -100.0;
/// As PyTorch has it, which rounds this to `f32` at every precision.
const LEAST_VARIANCE: f64 = 1e-12_f32 as f64;

impl ElementLoss for BinaryCrossEntropy {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        let least = R::from_f64(LEAST_LOGARITHM);
        let (yes, no) = (y.ln().maximum(least), (-y).ln_1p().maximum(least));
        -(t * yes + (R::ONE - t) * no)
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        (y - t) / (y * (R::ONE - y)).maximum(R::from_f64(LEAST_VARIANCE))
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn outputs(&self) -> Domain {
        Domain::Probability
    }

    fn targets(&self) -> Domain {
        Domain::Probability
    }
}
