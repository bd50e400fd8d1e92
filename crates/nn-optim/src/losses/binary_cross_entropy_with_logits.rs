use nn_tensor::{Matrix, Real, Scalar, Shape, View, ViewMut};

use super::times;
use crate::targets::check_weights;
use crate::{ElementLoss, Loss, Reduction, Result, Targets, element_loss};

/// The cross-entropy of yes and no from logits, `-(w·t·ln σ(y) + (1 - t)·ln(1 - σ(y)))` of each output,
/// its mean taken over all outputs of all samples (`torch.nn.BCEWithLogitsLoss`).
///
/// Takes the values before a sigmoid `σ`. Exact at any logit, infinite ones included, where PyTorch
/// gives NaN: a logit of infinity whose target is 1 has no loss.
///
/// ```
/// use nn_optim::{BinaryCrossEntropyWithLogits, Loss};
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[0.0, 800.0], [f64::INFINITY, -2.0]]), Matrix::from([[1.0, 0.0]; 2]));
/// let loss = BinaryCrossEntropyWithLogits { pos_weight: vec![3.0], ..Default::default() };
/// assert_eq!(format!("{:.4}", loss.unreduced(&y, &t)?), "[[  2.0794 800.0000]\n [  0.0000   0.1269]]");
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "BCEWithLogitsLoss")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BinaryCrossEntropyWithLogits {
    /// `w`, by how much a "yes" counts more than a "no": one number for all outputs or one for each,
    /// finite and at least 0. Empty by default, which is 1.
    pub pos_weight: Vec<f64>,
    /// The mean over all outputs of all samples, by default, or their sum.
    pub reduction: Reduction,
}

const NAME: &str = "BinaryCrossEntropyWithLogits";

/// The loss of the outputs of one column.
#[derive(Debug, Clone, Copy)]
struct OfColumn {
    pos_weight: f64,
}

/// `-ln σ(-x) = ln(1 + eˣ)`
#[inline(always)]
fn softplus<R: Real>(x: R) -> R {
    x.maximum(R::ZERO) + x.exp_minus_abs().ln_1p()
}

impl ElementLoss for OfColumn {
    #[inline(always)]
    fn loss<R: Real>(&self, y: R, t: R) -> R {
        let yes = R::from_f64(self.pos_weight) * t;
        times(yes, softplus(-y)) + times(R::ONE - t, softplus(y))
    }

    #[inline(always)]
    fn slope<R: Real>(&self, y: R, t: R) -> R {
        let yes = R::from_f64(self.pos_weight) * t;
        let slope = (R::ONE - t) * y.sigmoid() - yes * (-y).sigmoid();
        // What would move no weight would soon be subnormal, for which some processors take long.
        if slope.abs() < R::MIN_POSITIVE / R::EPSILON { R::ZERO } else { slope }
    }
}

impl BinaryCrossEntropyWithLogits {
    fn check(&self, outputs: Shape) -> Result<()> {
        match self.pos_weight.len() {
            0 => Ok(()),
            1 => check_weights("output", 1, &self.pos_weight),
            _ => check_weights("output", outputs.columns, &self.pos_weight),
        }
    }

    fn of_column(&self, column: usize) -> OfColumn {
        let pos_weight = match self.pos_weight[..] {
            [] => 1.0,
            [of_all] => of_all,
            ref of_each => of_each[column],
        };
        OfColumn { pos_weight }
    }
}

impl<T: Scalar> Loss<T> for BinaryCrossEntropyWithLogits {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        self.check(outputs)?;
        element_loss::divisor(NAME, self.reduction, outputs, targets)
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        self.check(outputs.shape())?;
        let of_column = |column| self.of_column(column);
        element_loss::sum_into(NAME, &of_column, outputs, targets, scale, gradient)
    }

    fn unreduced<'a>(
        &self,
        outputs: &Matrix<T>,
        targets: impl Into<Targets<'a, T>>,
    ) -> Result<Matrix<f64>> {
        self.check(outputs.shape())?;
        let of_column = |column| self.of_column(column);
        element_loss::unreduced(NAME, &of_column, outputs, targets.into())
    }
}
