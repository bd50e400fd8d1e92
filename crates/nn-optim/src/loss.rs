//! What a loss is.

use std::fmt;
use std::ops::Range;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Scalar, Shape, ShapeError, View, ViewMut, expect_shape};

use crate::{OptimError, Result};

/// What the outputs of a batch should have been.
///
/// Made from what is at hand: `&[usize]` and `&Vec<usize>` are labels, `&Matrix` and [`View`] are
/// values.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Targets<'a, T> {
    /// The class of each row, counted from 0.
    Labels(&'a [usize]),
    /// A value for each output of each row, `n × outputs`.
    Values(View<'a, T>),
}

impl<'a, T: Scalar> Targets<'a, T> {
    /// The targets of the rows `range`.
    ///
    /// # Errors
    /// [`OptimError::Shape`] where there are not so many.
    pub fn row_range(&self, range: Range<usize>) -> Result<Self> {
        match self {
            Self::Values(values) => Ok(Self::Values(values.row_range(range)?)),
            Self::Labels(labels) => match labels.get(range.clone()) {
                Some(labels) => Ok(Self::Labels(labels)),
                None => {
                    let (start, end, rows) = (range.start, range.end, labels.len());
                    Err(ShapeError::RowRange { start, end, rows }.into())
                }
            },
        }
    }

    /// The labels, for the loss of that name.
    ///
    /// # Errors
    /// [`OptimError::TargetKind`] where the targets are values, [`OptimError::EmptyBatch`] where
    /// there are no rows, [`OptimError::LabelCount`] and [`OptimError::LabelOutOfRange`] where the
    /// labels do not fit outputs of that shape.
    pub fn labels(&self, loss: &'static str, outputs: Shape) -> Result<&'a [usize]> {
        let labels = self.label_of_each_row(loss, outputs)?;
        check_range(labels, outputs.columns)?;
        Ok(labels)
    }

    /// The labels, which may still be out of range.
    pub(crate) fn label_of_each_row(
        &self,
        loss: &'static str,
        outputs: Shape,
    ) -> Result<&'a [usize]> {
        match *self {
            Self::Labels(labels) => check_count(labels, outputs.rows).map(|()| labels),
            _ => Err(OptimError::TargetKind { loss, expected: "a label for each row" }),
        }
    }

    /// The values, for the loss of that name.
    ///
    /// # Errors
    /// [`OptimError::TargetKind`] where the targets are labels, [`OptimError::EmptyBatch`] where
    /// there are no rows, [`OptimError::Shape`] where the shape is not that of the outputs.
    pub fn values(&self, loss: &'static str, outputs: Shape) -> Result<View<'a, T>> {
        let Self::Values(values) = *self else {
            return Err(OptimError::TargetKind { loss, expected: "a value for each output" });
        };
        if outputs.rows == 0 || outputs.columns == 0 {
            return Err(OptimError::EmptyBatch);
        }
        expect_shape(loss, "a target", outputs, values.shape())?;
        Ok(values)
    }
}

/// Refuses labels that do not fit outputs of that shape.
pub(crate) fn check_labels(labels: &[usize], outputs: Shape) -> Result<()> {
    check_count(labels, outputs.rows)?;
    check_range(labels, outputs.columns)
}

fn check_count(labels: &[usize], rows: usize) -> Result<()> {
    match labels.len() {
        _ if rows == 0 => Err(OptimError::EmptyBatch),
        found if found != rows => Err(OptimError::LabelCount { rows, labels: found }),
        _ => Ok(()),
    }
}

fn check_range(labels: &[usize], classes: usize) -> Result<()> {
    if dispatch::<f32, _>(Largest { labels }) < classes {
        return Ok(());
    }
    match labels.iter().position(|&label| label >= classes) {
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

impl<'a, T> From<&'a [usize]> for Targets<'a, T> {
    fn from(labels: &'a [usize]) -> Self {
        Self::Labels(labels)
    }
}

impl<'a, T, const N: usize> From<&'a [usize; N]> for Targets<'a, T> {
    fn from(labels: &'a [usize; N]) -> Self {
        Self::Labels(labels)
    }
}

impl<'a, T> From<&'a Vec<usize>> for Targets<'a, T> {
    fn from(labels: &'a Vec<usize>) -> Self {
        Self::Labels(labels)
    }
}

impl<'a, T: Scalar> From<&'a Matrix<T>> for Targets<'a, T> {
    fn from(values: &'a Matrix<T>) -> Self {
        Self::Values(values.view())
    }
}

impl<'a, T> From<View<'a, T>> for Targets<'a, T> {
    fn from(values: View<'a, T>) -> Self {
        Self::Values(values)
    }
}

/// What becomes of the losses of the single samples (PyTorch's `reduction`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduction {
    /// Their mean; the default.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

/// How far a network's outputs are from their targets, and in which direction to change them.
///
/// A loss is the sum over the samples of a batch, divided once: by how much, [`Loss::divisor`] says
/// for the whole batch, so that a batch worked in parts has one definition. Losses are `f64`
/// whatever the precision of the network, and so a sum of many samples keeps its digits.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[2.0, 0.0], [0.0, 0.0]]);
/// let (loss, gradient) = CrossEntropy::default().value_and_gradient(&logits, &[0, 1])?;
/// assert_eq!(format!("{loss:.12}"), "0.410037595801"); // (ln(1 + e⁻²) + ln 2) / 2
/// assert_eq!(format!("{gradient:.4}"), "[[-0.0596  0.0596]\n [ 0.2500 -0.2500]]");
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
pub trait Loss<T: Scalar>: fmt::Debug + Send + Sync {
    /// By how much the sum over the samples of a whole batch is divided.
    ///
    /// # Errors
    /// Where the targets do not fit outputs of that shape.
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64>;

    /// The sum of the losses of some samples, and `scale` times its gradient with respect to their
    /// outputs, written to `gradient`, `n × outputs`.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs, or the gradient has not their shape.
    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64>;

    /// The loss of a batch and its gradient with respect to the outputs.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs.
    fn value_and_gradient<'a>(
        &self,
        outputs: &Matrix<T>,
        targets: impl Into<Targets<'a, T>>,
    ) -> Result<(f64, Matrix<T>)>
    where
        Self: Sized,
    {
        let targets = targets.into();
        let divisor = self.divisor(outputs.shape(), targets)?;
        let mut gradient = Matrix::try_zeros(outputs.rows(), outputs.columns())?;
        let scale = T::from_f64(1.0 / divisor);
        let sum = self.sum_into(outputs.view(), targets, scale, gradient.view_mut())?;
        Ok((sum / divisor, gradient))
    }

    /// The loss of a batch.
    ///
    /// # Errors
    /// Where the targets do not fit the outputs.
    fn value<'a>(&self, outputs: &Matrix<T>, targets: impl Into<Targets<'a, T>>) -> Result<f64>
    where
        Self: Sized,
    {
        Ok(self.value_and_gradient(outputs, targets)?.0)
    }
}
