use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::{Rows, exponentials, row_blocks};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use crate::{Loss, Reduction, Result, Targets};

/// The cross-entropy of logits and labels, `-ln softmax(x)ₗ` for a row `x` of label `l`
/// (`torch.nn.CrossEntropyLoss`).
///
/// Takes the values before a softmax. It is finite where the probability of the label rounds to 0,
/// and keeps its digits where that probability rounds to 1, where PyTorch gives 0.
/// Its gradient with respect to a row is `softmax(x)` minus 1 at the label.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.0, 1000.0]]);
/// assert_eq!(CrossEntropy::default().value(&logits, &[0])?, 1000.0);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "CrossEntropyLoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CrossEntropy {
    /// The mean over the samples, by default, or their sum.
    pub reduction: Reduction,
}

impl<T: Scalar> Loss<T> for CrossEntropy {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        let labels = targets.labels("CrossEntropy", outputs)?;
        Ok(match self.reduction {
            Reduction::Mean => labels.len() as f64,
            Reduction::Sum => 1.0,
        })
    }

    fn sum_into(
        &self,
        logits: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        mut gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        let labels = targets.labels("CrossEntropy", logits.shape())?;
        expect_shape("CrossEntropy", "a gradient", logits.shape(), gradient.shape())?;
        let mut losses = Rows::splat(0.0);
        for rows in row_blocks(logits.rows()) {
            let x = logits.row_range(rows.clone())?;
            let dx = gradient.reborrow().row_range(rows.clone())?;
            dispatch(RowLosses { x, labels: &labels[rows], scale, dx, losses: &mut losses });
        }
        Ok(losses.iter().sum())
    }
}

/// Adds each row's loss, `ln Σₖ exp(xₖ - m) - (xₗ - m)` with `m` the largest of the row and `l` its
/// label, and writes `∂xⱼ = scale·(softmax(x)ⱼ - [j = l])`.
struct RowLosses<'a, T> {
    x: View<'a, T>,
    labels: &'a [usize],
    scale: T,
    dx: ViewMut<'a, T>,
    losses: &'a mut Rows<f64>,
}

impl<T: Scalar> Kernel<T> for RowLosses<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let rows = exponentials(self.x, self.dx.reborrow());
        let (sums, mut losses) = (rows.sums(), rows.ln_sums());
        let columns = self.dx.iter_columns_mut().zip(self.x.iter_columns());
        for (class, (dx, x)) in columns.enumerate() {
            let read = x.iter().zip(self.labels).zip(rows.maxima.iter().zip(sums.iter()));
            let write = dx.iter_mut().zip(losses.iter_mut());
            for ((dx, loss), ((&x, &label), (&max, &sum))) in write.zip(read) {
                let hit = label == class;
                *dx = self.scale * (*dx / sum) - if hit { self.scale } else { T::ZERO };
                *loss -= if hit { x - max } else { T::ZERO };
            }
        }
        for ((total, loss), _) in self.losses.iter_mut().zip(losses.iter()).zip(self.labels) {
            *total += loss.to_f64();
        }
    }
}
