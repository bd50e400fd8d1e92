use nn_tensor::Real;

use super::times;
use crate::{Domain, ElementLoss, Reduction};

/// The Kullback-Leibler divergence of targets `t` from outputs that are logarithms of probabilities,
/// `t·(ln t - y)` for each output (`torch.nn.KLDivLoss`).
///
/// The outputs come from a [`LogSoftmax`](nn_layers::LogSoftmax), the targets are probabilities, or
/// their logarithms. Where a target is 0, so is the loss, whatever the output. The mean is over all
/// outputs of all samples, as PyTorch has it; [`Reduction::BatchMean`] gives the divergence of a row as
/// the books define it, averaged over the samples.
///
/// ```
/// use nn_optim::{KlDivergence, Loss, Reduction};
/// use nn_tensor::Matrix;
///
/// let y = Matrix::from([[0.5_f64.ln(), 0.5_f64.ln()]]);
/// let loss = KlDivergence { reduction: Reduction::BatchMean, ..KlDivergence::default() };
/// let divergence = loss.value(&y, &Matrix::from([[0.25, 0.75]]))?;
/// assert!((divergence - (0.75 * 3.0_f64.ln() - 2.0_f64.ln())).abs() < 1e-15);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "KLDivLoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct KlDivergence {
    /// Whether the targets are logarithms of probabilities; by default they are probabilities.
    pub log_target: bool,
    /// The mean over all outputs of all samples, by default, their sum, or that for each sample.
    pub reduction: Reduction,
}

impl ElementLoss for KlDivergence {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        let (probability, logarithm) = if self.log_target { (t.exp(), t) } else { (t, t.ln()) };
        times(probability, logarithm) - times(probability, y)
    }

    #[inline(always)]
    fn slope<R: Real>(&self, _y: R, t: R) -> R {
        if self.log_target { -t.exp() } else { -t }
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn targets(&self) -> Domain {
        if self.log_target { Domain::Any } else { Domain::NotNegative }
    }
}
