use std::fmt;

use nn_tensor::{Matrix, Scalar, Shape, ShapeError};

use crate::targets::check_labels;
use crate::{OptimError, Result};

/// How often samples of each class were taken for each class: one row for each true class, one
/// column for each predicted one (`sklearn.metrics.confusion_matrix`).
///
/// Prints as a table. [`precision`](Self::precision), [`recall`](Self::recall) and [`f1`](Self::f1)
/// are read from it.
///
/// ```
/// use nn_optim::metrics::ConfusionMatrix;
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.1, 0.9], [2.0, -1.0], [0.3, 0.2], [0.0, 1.0]]);
/// let confusion = ConfusionMatrix::new(&logits, &[1, 0, 1, 1])?;
/// assert_eq!(confusion.count(1, 0), Some(1)); // a 1 that was taken for a 0
/// println!("{confusion}");
/// // true \ predicted  0  1
/// //                0  1  0
/// //                1  1  2
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// Row by row.
    counts: Vec<usize>,
}

impl ConfusionMatrix {
    /// Takes each row's largest output for its prediction, the first where several are equal.
    ///
    /// # Errors
    /// [`OptimError::EmptyBatch`] where there are no rows, [`OptimError::LabelCount`] and
    /// [`OptimError::LabelOutOfRange`] where the labels do not fit, [`OptimError::OutOfRange`] where
    /// an output is NaN.
    pub fn new<T: Scalar>(outputs: &Matrix<T>, labels: &[usize]) -> Result<Self> {
        check_labels(labels, outputs.shape())?;
        let predicted: Option<Vec<usize>> = outputs.argmax_rows().into_iter().collect();
        let nan = OptimError::OutOfRange {
            operation: "ConfusionMatrix",
            what: "outputs",
            allowed: "that are numbers",
            value: f64::NAN,
        };
        Self::of_predictions(outputs.columns(), &predicted.ok_or(nan)?, labels)
    }

    /// Counts predicted classes against the true ones, of which there are `classes`.
    ///
    /// # Errors
    /// [`OptimError::EmptyBatch`] where there are none, [`OptimError::LabelCount`] where they are not
    /// equally many, [`OptimError::LabelOutOfRange`] where one names no class, [`OptimError::Shape`]
    /// where there are too many classes.
    pub fn of_predictions(classes: usize, predicted: &[usize], labels: &[usize]) -> Result<Self> {
        let shape = Shape { rows: predicted.len(), columns: classes };
        check_labels(predicted, shape)?;
        check_labels(labels, shape)?;
        let too_large = ShapeError::TooLarge { shape: Shape { rows: classes, columns: classes } };
        let size = classes.checked_mul(classes).ok_or(too_large.clone())?;
        let mut counts = Vec::new();
        counts.try_reserve_exact(size).map_err(|_| too_large)?;
        counts.resize(size, 0);
        for (&label, &predicted) in labels.iter().zip(predicted) {
            counts[label * classes + predicted] += 1;
        }
        Ok(Self { classes, counts })
    }

    /// How many classes there are.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.classes
    }

    /// How many samples of class `label` were taken for class `predicted`; `None` where there is no
    /// such class.
    #[must_use]
    pub fn count(&self, label: usize, predicted: usize) -> Option<usize> {
        let row = self.counts.chunks(self.classes).nth(label)?;
        row.get(predicted).copied()
    }

    /// How many samples of a class were recognised.
    pub(super) fn right(&self, class: usize) -> usize {
        self.counts[class * self.classes + class]
    }

    /// How many samples there are of a class.
    pub(super) fn of_label(&self, class: usize) -> usize {
        self.counts[class * self.classes..][..self.classes].iter().sum()
    }

    /// How many samples were taken for a class.
    pub(super) fn of_prediction(&self, class: usize) -> usize {
        self.counts.iter().skip(class).step_by(self.classes).sum()
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let largest = self.counts.iter().copied().max().unwrap_or(0).max(self.classes);
        let width = largest.to_string().len();
        f.write_str(CORNER)?;
        for class in 0..self.classes {
            write!(f, "  {class:>width$}")?;
        }
        for (label, row) in self.counts.chunks(self.classes).enumerate() {
            write!(f, "\n{label:>corner$}", corner = CORNER.len())?;
            for count in row {
                write!(f, "  {count:>width$}")?;
            }
        }
        Ok(())
    }
}
