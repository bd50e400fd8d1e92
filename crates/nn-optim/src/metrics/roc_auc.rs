use nn_tensor::{Matrix, Scalar, Shape};

use crate::targets::check_labels;
use crate::{OptimError, Result};

/// The area under the receiver operating characteristic of scores for the class 1 against the class
/// 0: how likely a sample of class 1 has a higher score than one of class 0, where a tie is half of it
/// (`sklearn.metrics.roc_auc_score`).
///
/// ```
/// use nn_optim::metrics::roc_auc;
///
/// assert_eq!(roc_auc(&[0.1, 0.4, 0.35, 0.8], &[0, 0, 1, 1])?, 0.75);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`OptimError::EmptyBatch`] where there are no scores, [`OptimError::LabelCount`] where there are
/// not as many labels, [`OptimError::LabelOutOfRange`] where one is neither 0 nor 1,
/// [`OptimError::OneClass`] where all are the same, [`OptimError::OutOfRange`] where a score is NaN.
#[doc(alias = "roc_auc_score")]
pub fn roc_auc<T: Scalar>(scores: &[T], labels: &[usize]) -> Result<f64> {
    check_labels(labels, Shape { rows: scores.len(), columns: 2 })?;
    area(scores.iter().copied().zip(labels.iter().map(|&label| label == 1)).collect())
}

/// The mean of [`roc_auc`] over the classes, each against all others, with a column of scores for each
/// (`sklearn.metrics.roc_auc_score(multi_class="ovr")`).
///
/// # Errors
/// As [`roc_auc`], and [`OptimError::OneClass`] where a class has no samples.
pub fn roc_auc_one_vs_rest<T: Scalar>(scores: &Matrix<T>, labels: &[usize]) -> Result<f64> {
    check_labels(labels, scores.shape())?;
    let mut sum = 0.0;
    for (class, column) in scores.view().iter_columns().enumerate() {
        let labels = labels.iter().map(|&label| label == class);
        sum += area(column.iter().copied().zip(labels).collect())?;
    }
    Ok(sum / scores.columns() as f64)
}

/// The area for samples with a score, of which some are positive.
fn area<T: Scalar>(mut samples: Vec<(T, bool)>) -> Result<f64> {
    let metric = "ROC AUC";
    if samples.iter().any(|(score, _)| score.is_nan()) {
        let (what, allowed, value) = ("scores", "that are numbers", f64::NAN);
        return Err(OptimError::OutOfRange { operation: metric, what, allowed, value });
    }
    samples
        .sort_unstable_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    // Twice the pairs in which the positive sample has the higher score; a tie counts once.
    let (mut twice, mut positives, mut negatives) = (0_u128, 0_u128, 0_u128);
    for tied in samples.chunk_by(|(a, _), (b, _)| a == b) {
        let positive = tied.iter().filter(|(_, positive)| *positive).count() as u128;
        let negative = tied.len() as u128 - positive;
        twice += positive * (2 * negatives + negative);
        positives += positive;
        negatives += negative;
    }
    match 2 * positives * negatives {
        0 => Err(OptimError::OneClass { metric }),
        pairs => Ok(twice as f64 / pairs as f64),
    }
}
