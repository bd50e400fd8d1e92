use nn_tensor::{Matrix, Scalar};

use crate::Result;
use crate::error::check;
use crate::targets::check_labels;

/// The share of rows in which the label's output is among the `k` largest, from 0 to 1
/// (`sklearn.metrics.top_k_accuracy_score`).
///
/// Of equal outputs the first counts as the larger, so that `k = 1` is
/// [`accuracy`](super::accuracy()). A row that holds a NaN counts as wrong.
///
/// ```
/// use nn_optim::metrics::top_k_accuracy;
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.1, 0.9, 0.5], [2.0, -1.0, 0.0]]);
/// assert_eq!(top_k_accuracy(&logits, &[2, 1], 2)?, 0.5);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`Hyperparameter`](crate::OptimError::Hyperparameter) where `k` is 0 or more than there are
/// classes, [`EmptyBatch`](crate::OptimError::EmptyBatch) where there are no rows,
/// [`LabelCount`](crate::OptimError::LabelCount) and
/// [`LabelOutOfRange`](crate::OptimError::LabelOutOfRange) where the labels do not fit.
#[doc(alias = "top_k_accuracy_score")]
pub fn top_k_accuracy<T: Scalar>(outputs: &Matrix<T>, labels: &[usize], k: usize) -> Result<f64> {
    check_labels(labels, outputs.shape())?;
    let in_range = |_| (1..=outputs.columns()).contains(&k);
    check("k", k as f64, in_range, "from 1 to the number of classes")?;
    let is_right = |(row, label): &(Vec<T>, usize)| {
        let (own, places) = (row[*label], row.iter().enumerate());
        let before = places.filter(|&(class, &x)| x > own || (x == own && class < *label)).count();
        before < k && !row.iter().any(|x| x.is_nan())
    };
    let right = outputs.iter_rows().zip(labels.iter().copied()).filter(is_right);
    Ok(right.count() as f64 / labels.len() as f64)
}
