//! Precision, recall and F1, read from a confusion matrix.

use super::ConfusionMatrix;

/// How the scores of the single classes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// The mean over the classes.
    Macro,
    /// The score of all samples at once, which for each of the three scores is the accuracy.
    Micro,
    /// The mean over the classes, each counting by how many samples there are of it.
    Weighted,
}

/// `a / b`, and 0 for 0 / 0.
fn share(a: usize, b: usize) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

/// A score that is 0 / 0, as the precision of a class that was never predicted, is 0 and goes into the
/// averages as such (scikit-learn's `zero_division=0`).
///
/// ```
/// use nn_optim::metrics::{Average, ConfusionMatrix};
///
/// let confusion = ConfusionMatrix::of_predictions(2, &[0, 0, 0, 1], &[0, 0, 1, 1])?;
/// assert_eq!(confusion.precisions(), [2.0 / 3.0, 1.0]);
/// assert_eq!(confusion.recalls(), [1.0, 0.5]);
/// assert_eq!(confusion.f1(Average::Micro), 0.75);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
impl ConfusionMatrix {
    /// Of the samples taken for each class, the share that are of it.
    #[must_use]
    pub fn precisions(&self) -> Vec<f64> {
        self.of_classes(|class| share(self.right(class), self.of_prediction(class)))
    }

    /// Of the samples of each class, the share that was recognised.
    #[must_use]
    pub fn recalls(&self) -> Vec<f64> {
        self.of_classes(|class| share(self.right(class), self.of_label(class)))
    }

    /// The harmonic mean of precision and recall of each class.
    #[must_use]
    pub fn f1s(&self) -> Vec<f64> {
        self.of_classes(|class| {
            share(2 * self.right(class), self.of_label(class) + self.of_prediction(class))
        })
    }

    /// The average of the [`precisions`](Self::precisions) (`sklearn.metrics.precision_score`).
    #[doc(alias = "precision_score")]
    #[must_use]
    pub fn precision(&self, average: Average) -> f64 {
        self.average(average, &self.precisions())
    }

    /// The average of the [`recalls`](Self::recalls) (`sklearn.metrics.recall_score`).
    #[doc(alias = "recall_score")]
    #[must_use]
    pub fn recall(&self, average: Average) -> f64 {
        self.average(average, &self.recalls())
    }

    /// The average of the F1 scores of the [classes](Self::f1s) (`sklearn.metrics.f1_score`).
    #[doc(alias = "f1_score")]
    #[must_use]
    pub fn f1(&self, average: Average) -> f64 {
        self.average(average, &self.f1s())
    }

    fn of_classes(&self, score: impl Fn(usize) -> f64) -> Vec<f64> {
        (0..self.classes()).map(score).collect()
    }

    fn average(&self, average: Average, scores: &[f64]) -> f64 {
        let classes = 0..self.classes();
        let samples: usize = classes.clone().map(|class| self.of_label(class)).sum();
        match average {
            Average::Macro => scores.iter().sum::<f64>() / scores.len() as f64,
            // Each sample that is wrong is one too many of one class, and one too few of another.
            Average::Micro => share(classes.map(|class| self.right(class)).sum(), samples),
            Average::Weighted => {
                let weighted =
                    classes.zip(scores).map(|(class, score)| self.of_label(class) as f64 * score);
                weighted.sum::<f64>() / samples as f64
            }
        }
    }
}
