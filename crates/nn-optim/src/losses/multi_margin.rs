use std::ops::Range;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use super::label_weights::LabelWeights;
use crate::error::check;
use crate::{Loss, Reduction, Result, Targets};

/// The hinge loss of several classes, `w·Σⱼ max(0, margin - xₗ + xⱼ)ᵖ / classes` over the classes `j` of
/// a row `x` but its label `l`, with the weight `w` of that class (`torch.nn.MultiMarginLoss`).
///
/// Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
/// machines", 2001.
///
/// ```
/// use nn_optim::{Loss, MultiMargin};
/// use nn_tensor::Matrix;
///
/// let x = Matrix::from([[3.0, 0.0, 2.5], [0.0, 3.0, 0.0]]);
/// let losses = MultiMargin::default().unreduced(&x, &[0, 1])?;
/// assert_eq!(losses, Matrix::from([[0.5 / 3.0], [0.0]]));
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "MultiMarginLoss")]
#[doc(alias = "hinge")]
#[derive(Debug, Clone, PartialEq)]
pub struct MultiMargin {
    /// The power, 1 or 2; 1 by default.
    pub p: u32,
    /// How far the label's value is to be above the others; 1 by default.
    pub margin: f64,
    /// How much each class counts, finite and at least 0; 1 by default.
    #[doc(alias = "weight")]
    pub class_weights: Option<Vec<f64>>,
    /// The mean over the samples, whatever their weight, by default, or their sum.
    pub reduction: Reduction,
}

impl Default for MultiMargin {
    fn default() -> Self {
        Self { p: 1, margin: 1.0, class_weights: None, reduction: Reduction::Mean }
    }
}

const NAME: &str = "MultiMargin";

impl MultiMargin {
    fn label_weights(&self) -> Result<LabelWeights<'_>> {
        check("p", f64::from(self.p), |p| p == 1.0 || p == 2.0, "1 or 2")?;
        check("margin", self.margin, |_| true, "finite")?;
        Ok(LabelWeights { classes: self.class_weights.as_deref(), ignored: None })
    }
}

impl<T: Scalar> Loss<T> for MultiMargin {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        self.label_weights()?.read(NAME, outputs, targets)?;
        self.reduction.divisor(outputs.rows as f64, outputs.rows)
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        let weights = self.label_weights()?;
        let (labels, of_samples) = weights.read(NAME, outputs.shape(), targets)?;
        expect_shape(NAME, "a gradient", outputs.shape(), gradient.shape())?;
        let (margin, squared) = (T::from_f64(self.margin), self.p == 2);
        let x = outputs;
        dispatch(Hinges { x, labels, weights, of_samples, margin, squared, scale, dx: gradient })
    }
}

/// The sum of the rows' losses, and their gradient.
struct Hinges<'a, T> {
    x: View<'a, T>,
    labels: &'a [usize],
    weights: LabelWeights<'a>,
    of_samples: Option<&'a [T]>,
    margin: T,
    squared: bool,
    scale: T,
    dx: ViewMut<'a, T>,
}

/// Rows that are worked at once.
const BLOCK: usize = 64;

impl<T: Scalar> Kernel<T> for Hinges<'_, T> {
    type Output = Result<f64>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) -> Result<f64> {
        let (rows, mut sum) = (self.x.rows(), 0.0);
        for start in (0..rows).step_by(BLOCK) {
            sum += self.block(start..rows.min(start + BLOCK))?;
        }
        Ok(sum)
    }
}

impl<T: Scalar> Hinges<'_, T> {
    #[inline(always)]
    fn block(&mut self, block: Range<usize>) -> Result<f64> {
        let x = self.x.row_range(block.clone())?;
        let mut dx = self.dx.reborrow().row_range(block.clone())?;
        let labels = &self.labels[block.clone()];
        let (mut own, mut weights) = ([T::ZERO; BLOCK], [0.0; BLOCK]);
        for (row, &label) in labels.iter().enumerate() {
            own[row] = x.get(row, label).unwrap_or_default();
            let of_sample = self.of_samples.map_or(1.0, |of| of[block.start + row].to_f64());
            weights[row] = self.weights.of(label) * of_sample / x.columns() as f64;
        }
        // The hinges max(0, margin - xₗ + xⱼ) first, but for the label's own.
        for (h, x) in dx.iter_columns_mut().zip(x.iter_columns()) {
            for (h, (&x, &own)) in h.iter_mut().zip(x.iter().zip(&own)) {
                *h = (self.margin + (x - own)).maximum(T::ZERO);
            }
        }
        set_labels(&mut dx, labels, &[T::ZERO; BLOCK]);
        // Then the slopes in their place.
        let (mut losses, mut totals) = ([0.0; BLOCK], [T::ZERO; BLOCK]);
        for dx in dx.iter_columns_mut() {
            let rows = losses.iter_mut().zip(&mut totals).zip(&weights);
            for (dx, ((loss, total), &weight)) in dx.iter_mut().zip(rows) {
                let h = *dx;
                let step = if h > T::ZERO { T::ONE } else { T::ZERO };
                let slope = if self.squared { h + h } else { step };
                let power = if self.squared { h.to_f64() } else { 1.0 };
                *loss += weight * (h.to_f64() * power);
                *dx = self.scale * T::from_f64(weight) * slope;
                *total -= *dx;
            }
        }
        set_labels(&mut dx, labels, &totals);
        Ok(losses.iter().sum())
    }
}

/// Writes a value for each row where its label is.
#[inline(always)]
fn set_labels<T: Scalar>(dx: &mut ViewMut<'_, T>, labels: &[usize], values: &[T; BLOCK]) {
    for (row, (&label, &value)) in labels.iter().zip(values).enumerate() {
        if let Some(column) = dx.column_mut(label) {
            column[row] = value;
        }
    }
}
