//! What a loss compares outputs with.

use std::ops::Range;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Scalar, Shape, ShapeError, View, expect_shape};

use crate::{OptimError, Result};

/// What the outputs of a batch should have been, and how much each sample counts.
///
/// Made from what is at hand: `&[usize]` and `&Vec<usize>` are labels, the class of each row counted
/// from 0; `&Matrix` and [`View`] are values, one for each output of each row, `n × outputs`.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss, Targets};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.0, 0.0], [0.0, 0.0], [3.0, 0.0]]);
/// let targets = Targets::from(&[0, 1, 1]).weighted(&[1.0, 2.0, 0.0]);
/// let loss = CrossEntropy::default().value(&logits, targets)?;
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15); // (1·ln 2 + 2·ln 2 + 0) / 3
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Targets<'a, T> {
    answers: Answers<'a, T>,
    weights: Option<&'a [T]>,
}

#[derive(Debug, Clone, Copy)]
enum Answers<'a, T> {
    Labels(&'a [usize]),
    Values(View<'a, T>),
}

impl<'a, T: Scalar> Targets<'a, T> {
    /// The same targets, with a weight for each sample by which its loss is multiplied.
    ///
    /// A mean is then still over all samples, as with the `weight` of PyTorch's `BCELoss`: weights whose
    /// mean is 1 give the weighted mean.
    #[must_use]
    pub const fn weighted(self, weights: &'a [T]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// The same targets, with every sample of the same weight.
    #[must_use]
    pub const fn unweighted(self) -> Self {
        Self { weights: None, ..self }
    }

    /// Whether these are labels, and not values.
    #[must_use]
    pub const fn are_labels(&self) -> bool {
        matches!(self.answers, Answers::Labels(_))
    }

    /// Whether each sample has a weight.
    #[must_use]
    pub const fn are_weighted(&self) -> bool {
        self.weights.is_some()
    }

    /// The targets of the rows `range`.
    ///
    /// # Errors
    /// [`OptimError::Shape`] where there are not so many.
    pub fn row_range(&self, range: Range<usize>) -> Result<Self> {
        let answers = match self.answers {
            Answers::Values(values) => Answers::Values(values.row_range(range.clone())?),
            Answers::Labels(labels) => Answers::Labels(part(labels, range.clone())?),
        };
        let weights = self.weights.map(|weights| part(weights, range)).transpose()?;
        Ok(Self { answers, weights })
    }

    /// The weight of each sample, where there are weights.
    ///
    /// # Errors
    /// [`OptimError::WeightCount`] where there are not as many as rows of the outputs,
    /// [`OptimError::Weight`] where one is negative, infinite or NaN.
    pub fn weights(&self, outputs: Shape) -> Result<Option<&'a [T]>> {
        if let Some(weights) = self.weights {
            check_weights("sample", outputs.rows, weights)?;
        }
        Ok(self.weights)
    }

    /// Refuses weights, for a loss that knows nothing of them.
    fn refuse_weights(&self, loss: &'static str) -> Result<()> {
        match self.weights {
            Some(_) => Err(OptimError::Weighted { loss }),
            None => Ok(()),
        }
    }

    /// The labels, for the loss of that name. A loss that multiplies by the [`weights`](Self::weights)
    /// asks for them first, and then for the labels of the targets [`unweighted`](Self::unweighted).
    ///
    /// # Errors
    /// [`OptimError::TargetKind`] where the targets are values, [`OptimError::EmptyBatch`] where
    /// there are no rows, [`OptimError::LabelCount`] and [`OptimError::LabelOutOfRange`] where the
    /// labels do not fit outputs of that shape, [`OptimError::Weighted`] where there are weights.
    pub fn labels(&self, loss: &'static str, outputs: Shape) -> Result<&'a [usize]> {
        let labels = self.labels_or(loss, outputs, None)?;
        self.refuse_weights(loss)?;
        Ok(labels)
    }

    /// The labels, each of a class or else the `ignored` one. Weights are the caller's business.
    pub(crate) fn labels_or(
        &self,
        loss: &'static str,
        outputs: Shape,
        ignored: Option<usize>,
    ) -> Result<&'a [usize]> {
        let labels = self.label_of_each_row(loss, outputs)?;
        check_range(labels, outputs.columns, ignored)?;
        Ok(labels)
    }

    /// The labels, which may still be out of range. Weights are the caller's business.
    pub(crate) fn label_of_each_row(
        &self,
        loss: &'static str,
        outputs: Shape,
    ) -> Result<&'a [usize]> {
        match self.answers {
            Answers::Labels(labels) => check_count(labels, outputs.rows).map(|()| labels),
            Answers::Values(_) => {
                Err(OptimError::TargetKind { loss, expected: "a label for each row" })
            }
        }
    }

    /// The values, for the loss of that name. As to weights, see [`labels`](Self::labels).
    ///
    /// # Errors
    /// [`OptimError::TargetKind`] where the targets are labels, [`OptimError::EmptyBatch`] where
    /// there are no rows, [`OptimError::Shape`] where the shape is not that of the outputs,
    /// [`OptimError::Weighted`] where there are weights.
    pub fn values(&self, loss: &'static str, outputs: Shape) -> Result<View<'a, T>> {
        let Answers::Values(values) = self.answers else {
            return Err(OptimError::TargetKind { loss, expected: "a value for each output" });
        };
        if outputs.rows == 0 || outputs.columns == 0 {
            return Err(OptimError::EmptyBatch);
        }
        expect_shape(loss, "a target", outputs, values.shape())?;
        self.refuse_weights(loss)?;
        Ok(values)
    }
}

/// The rows `range` of a list.
fn part<V>(values: &[V], range: Range<usize>) -> Result<&[V]> {
    let (start, end, rows) = (range.start, range.end, values.len());
    values.get(range).ok_or_else(|| ShapeError::RowRange { start, end, rows }.into())
}

/// Refuses labels that do not fit outputs of that shape.
pub(crate) fn check_labels(labels: &[usize], outputs: Shape) -> Result<()> {
    check_count(labels, outputs.rows)?;
    check_range(labels, outputs.columns, None)
}

fn check_count(labels: &[usize], rows: usize) -> Result<()> {
    match labels.len() {
        _ if rows == 0 => Err(OptimError::EmptyBatch),
        found if found != rows => Err(OptimError::LabelCount { rows, labels: found }),
        _ => Ok(()),
    }
}

/// Refuses labels of no class, but for the `ignored` one.
fn check_range(labels: &[usize], classes: usize, ignored: Option<usize>) -> Result<()> {
    if dispatch::<f32, _>(Largest { labels }) < classes {
        return Ok(());
    }
    let fits = |label| label < classes || Some(label) == ignored;
    match labels.iter().position(|&label| !fits(label)) {
        Some(row) => Err(OptimError::LabelOutOfRange { row, label: labels[row], classes }),
        None => Ok(()),
    }
}

/// The largest label, found without a branch: labels are all but always in range.
struct Largest<'a> {
    labels: &'a [usize],
}

impl Kernel<f32> for Largest<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) -> usize {
        self.labels.iter().fold(0, |largest, &label| largest.max(label))
    }
}

/// Refuses weights that are not as many as `expected`, or of which one is no weight.
pub(crate) fn check_weights<T: Scalar>(
    of: &'static str,
    expected: usize,
    weights: &[T],
) -> Result<()> {
    if weights.len() != expected {
        return Err(OptimError::WeightCount { of, expected, found: weights.len() });
    }
    if dispatch(Weigh { weights }) {
        return Ok(());
    }
    match weights.iter().position(|&weight| !is_weight(weight)) {
        Some(place) => Err(OptimError::Weight { of, place, value: weights[place].to_f64() }),
        None => Ok(()),
    }
}

#[inline(always)]
fn is_weight<T: Scalar>(weight: T) -> bool {
    weight >= T::ZERO && weight < T::INFINITY
}

/// Whether all are weights, found without a branch.
struct Weigh<'a, T> {
    weights: &'a [T],
}

impl<T: Scalar> Kernel<T> for Weigh<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) -> bool {
        let mut all = true;
        for &weight in self.weights {
            all &= is_weight(weight);
        }
        all
    }
}

impl<'a, T> Targets<'a, T> {
    const fn new(answers: Answers<'a, T>) -> Self {
        Self { answers, weights: None }
    }
}

impl<'a, T> From<&'a [usize]> for Targets<'a, T> {
    fn from(labels: &'a [usize]) -> Self {
        Self::new(Answers::Labels(labels))
    }
}

impl<'a, T, const N: usize> From<&'a [usize; N]> for Targets<'a, T> {
    fn from(labels: &'a [usize; N]) -> Self {
        Self::new(Answers::Labels(labels))
    }
}

impl<'a, T> From<&'a Vec<usize>> for Targets<'a, T> {
    fn from(labels: &'a Vec<usize>) -> Self {
        Self::new(Answers::Labels(labels))
    }
}

impl<'a, T: Scalar> From<&'a Matrix<T>> for Targets<'a, T> {
    fn from(values: &'a Matrix<T>) -> Self {
        Self::new(Answers::Values(values.view()))
    }
}

impl<'a, T> From<View<'a, T>> for Targets<'a, T> {
    fn from(values: View<'a, T>) -> Self {
        Self::new(Answers::Values(values))
    }
}
