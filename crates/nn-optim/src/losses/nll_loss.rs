use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use super::label_weights::LabelWeights;
use super::times;
use crate::{Loss, Reduction, Result, Targets};

/// The negative logarithm of the likelihood, `-w·xₗ` for a row `x` of logarithms of probabilities, its
/// label `l` and the weight `w` of that class (`torch.nn.NLLLoss`).
///
/// After a [`LogSoftmax`](nn_layers::LogSoftmax) this is the
/// [`CrossEntropy`](super::CrossEntropy) of what went into it.
///
/// ```
/// use nn_optim::{Loss, NllLoss};
/// use nn_tensor::Matrix;
///
/// let x = Matrix::from([[-0.5, -1.0], [-2.0, -0.25]]);
/// let (loss, gradient) = NllLoss::default().value_and_gradient(&x, &[0, 1])?;
/// assert_eq!((loss, gradient), (0.375, Matrix::from([[-0.5, 0.0], [0.0, -0.5]])));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "NLLLoss")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NllLoss {
    /// How much each class counts, finite and at least 0; 1 by default.
    #[doc(alias = "weight")]
    pub class_weights: Option<Vec<f64>>,
    /// The label of samples that do not count, which need not be that of a class; none by default.
    pub ignore_index: Option<usize>,
    /// The mean over the samples, by default, or their sum. The mean is the weighted one: over the
    /// weights of the labels' classes, without those that are ignored. The mean of nothing is
    /// [`NothingCounted`](crate::OptimError::NothingCounted), where PyTorch gives NaN.
    pub reduction: Reduction,
}

const NAME: &str = "NllLoss";

impl NllLoss {
    fn label_weights(&self) -> LabelWeights<'_> {
        LabelWeights { classes: self.class_weights.as_deref(), ignored: self.ignore_index }
    }
}

impl<T: Scalar> Loss<T> for NllLoss {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        let weights = self.label_weights();
        let (labels, _) = weights.read(NAME, outputs, targets)?;
        self.reduction.divisor(weights.total(labels), outputs.rows)
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        mut gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        let weights = self.label_weights();
        let (labels, of_samples) = weights.read(NAME, outputs.shape(), targets)?;
        expect_shape(NAME, "a gradient", outputs.shape(), gradient.shape())?;
        gradient.fill(T::ZERO);
        let mut sum = 0.0;
        for (row, &label) in labels.iter().enumerate() {
            let weight = weights.of(label) * of_samples.map_or(1.0, |weights| weights[row].to_f64());
            // An ignored label need not be that of a class.
            if let (Some(x), Some(dx)) = (outputs.column(label), gradient.column_mut(label)) {
                sum -= times(weight, x[row].to_f64());
                dx[row] = -scale * T::from_f64(weight);
            }
        }
        Ok(sum)
    }
}
