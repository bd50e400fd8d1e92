use nn_tensor::softmax::{exponentials, row_blocks};
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
        let mut loss = 0.0;
        for rows in row_blocks(logits.rows()) {
            let x = logits.row_range(rows.clone())?;
            let mut dx = gradient.reborrow().row_range(rows.clone())?;
            let labels = &labels[rows];

            let block = exponentials(x, dx.reborrow())?;
            // ∂x = softmax(x)·scale …
            let shares = block.sums().map(|sum| scale / sum);
            for dx in dx.iter_columns_mut() {
                for (dx, &share) in dx.iter_mut().zip(&shares) {
                    *dx *= share;
                }
            }
            // … - scale at the label, where the loss is ln Σ exp(x - max) - (x - max).
            let logs = block.ln_sums();
            let (stride, dx) = (dx.stride(), dx.data_mut());
            for (row, &label) in labels.iter().enumerate() {
                let place = label * stride + row;
                dx[place] -= scale;
                let margin = x.data()[label * x.stride() + row] - block.maxima[row];
                loss += (logs[row] - margin).to_f64();
            }
        }
        Ok(loss)
    }
}
