use nn_tensor::{Matrix, Scalar};

use crate::targets::check_labels;
use crate::{Domain, Result};

/// The mean of `-ln pₗ` over rows `p` of probabilities and their labels `l`
/// (`sklearn.metrics.log_loss`).
///
/// As scikit-learn has it, a probability is taken to be no closer to 0 and to 1 than `T::EPSILON`, so
/// that a wrong certainty costs 36 in `f64` and 16 in `f32`. The loss to train by is
/// [`CrossEntropy`](crate::CrossEntropy), of logits.
///
/// ```
/// use nn_optim::metrics::log_loss;
/// use nn_tensor::Matrix;
///
/// let probabilities = Matrix::from([[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]);
/// assert!((log_loss(&probabilities, &[1, 0, 0, 1])? - 0.21616).abs() < 1e-5);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`EmptyBatch`](crate::OptimError::EmptyBatch) where there are no rows,
/// [`LabelCount`](crate::OptimError::LabelCount) and
/// [`LabelOutOfRange`](crate::OptimError::LabelOutOfRange) where the labels do not fit,
/// [`OutOfRange`](crate::OptimError::OutOfRange) where a probability is not from 0 to 1.
pub fn log_loss<T: Scalar>(probabilities: &Matrix<T>, labels: &[usize]) -> Result<f64> {
    check_labels(labels, probabilities.shape())?;
    Domain::Probability.check("log_loss", "probabilities", probabilities.view())?;
    let of_row = |(row, &label): (usize, &usize)| {
        let p = probabilities[(row, label)];
        p.maximum(T::EPSILON).minimum(T::ONE - T::EPSILON).to_f64().ln()
    };
    let sum: f64 = labels.iter().enumerate().map(of_row).sum();
    Ok(-sum / labels.len() as f64)
}
