use nn_tensor::{Matrix, Scalar};

use crate::{Result, Targets};

/// The coefficient of determination, `R² = 1 - Σ(y - t)² / Σ(t - t̄)²`, the mean of that of each column
/// (`sklearn.metrics.r2_score`).
///
/// It is 1 where outputs are their targets, and 0 for the mean of the targets as output. Where all
/// targets of a column are alike, the column has 1 if its outputs are equal to them, else 0, as
/// scikit-learn has it.
///
/// ```
/// use nn_optim::metrics::r_squared;
/// use nn_tensor::Matrix;
///
/// let (y, t) = (Matrix::from([[1.0], [2.0], [4.0]]), Matrix::from([[1.0], [2.0], [3.0]]));
/// assert_eq!(r_squared(&y, &t)?, 0.5);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// # Errors
/// [`EmptyBatch`](crate::OptimError::EmptyBatch) where there are no values,
/// [`Shape`](crate::OptimError::Shape) where there are not as many targets as outputs.
#[doc(alias = "r2_score")]
pub fn r_squared<T: Scalar>(outputs: &Matrix<T>, targets: &Matrix<T>) -> Result<f64> {
    let targets = Targets::from(targets).values("r_squared", outputs.shape())?;
    let columns = outputs.view().iter_columns().zip(targets.iter_columns());
    Ok(columns.map(|(y, t)| of_column(y, t)).sum::<f64>() / outputs.columns() as f64)
}

fn of_column<T: Scalar>(y: &[T], t: &[T]) -> f64 {
    let mean = t.iter().map(|t| t.to_f64()).sum::<f64>() / t.len() as f64;
    let squares = |differences: &mut dyn Iterator<Item = f64>| differences.map(|d| d * d).sum();
    let errors: f64 = squares(&mut y.iter().zip(t).map(|(y, t)| y.to_f64() - t.to_f64()));
    let spread: f64 = squares(&mut t.iter().map(|t| t.to_f64() - mean));
    match (errors == 0.0, t.iter().all(|other| *other == t[0])) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => 1.0 - errors / spread,
    }
}
