//! The cross-entropy of rows in which every class may count.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut};

use super::label_weights::LabelWeights;
use super::times;
use crate::{Domain, Result, Targets};

/// `-Σⱼ aⱼ·ln softmax(x)ⱼ` of each row, where the coefficients `a` come from labels or probabilities, the
/// weights of the classes and of the samples, and the smoothing.
#[derive(Debug)]
pub(super) struct SoftCrossEntropy<'a> {
    pub(super) weights: LabelWeights<'a>,
    pub(super) smoothing: f64,
}

impl SoftCrossEntropy<'_> {
    /// What a mean is over.
    pub(super) fn count<T: Scalar>(
        &self,
        loss: &'static str,
        outputs: Shape,
        targets: Targets<'_, T>,
    ) -> Result<f64> {
        if targets.are_labels() {
            let (labels, _) = self.weights.read(loss, outputs, targets)?;
            return Ok(self.weights.total(labels));
        }
        self.read_probabilities(loss, outputs, targets)?;
        Ok(outputs.rows as f64)
    }

    fn read_probabilities<'a, T: Scalar>(
        &self,
        loss: &'static str,
        outputs: Shape,
        targets: Targets<'a, T>,
    ) -> Result<(View<'a, T>, Option<&'a [T]>)> {
        self.weights.check(outputs)?;
        let probabilities = targets.unweighted().values(loss, outputs)?;
        Domain::Probability.check(loss, "targets", probabilities)?;
        Ok((probabilities, targets.weights(outputs)?))
    }

    /// [`Loss::sum_into`](crate::Loss::sum_into), for a gradient of the shape of the logits.
    pub(super) fn sum_into<T: Scalar>(
        &self,
        loss: &'static str,
        logits: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        mut gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        if targets.are_labels() {
            let (labels, of_samples) = self.weights.read(loss, logits.shape(), targets)?;
            self.write_labels(labels, gradient.reborrow());
            scale_rows(of_samples, gradient.reborrow());
        } else {
            let (probabilities, of_samples) =
                self.read_probabilities(loss, logits.shape(), targets)?;
            self.write_probabilities(probabilities, gradient.reborrow());
            scale_rows(of_samples, gradient.reborrow());
        }
        dispatch(Rows { x: logits, scale, dx: gradient })
    }

    /// How much each class of each row counts because of the smoothing alone.
    fn evenly(&self, class: usize, classes: usize) -> f64 {
        self.smoothing / classes as f64 * self.weights.of_class(class)
    }

    /// `aⱼ = wⱼ·ε / classes`, and `wₗ·(1 - ε)` more at the label; 0 where that is ignored.
    fn write_labels<T: Scalar>(&self, labels: &[usize], mut a: ViewMut<'_, T>) {
        let classes = a.columns();
        for (class, a) in a.iter_columns_mut().enumerate() {
            let evenly = T::from_f64(self.evenly(class, classes));
            for (a, &label) in a.iter_mut().zip(labels) {
                *a = if self.weights.ignored == Some(label) { T::ZERO } else { evenly };
            }
        }
        for (row, &label) in labels.iter().enumerate() {
            // An ignored label need not be that of a class.
            if let Some(a) = a.column_mut(label) {
                a[row] += T::from_f64(self.weights.of(label) * (1.0 - self.smoothing));
            }
        }
    }

    /// `aⱼ = wⱼ·((1 - ε)·qⱼ + ε / classes)`
    fn write_probabilities<T: Scalar>(&self, q: View<'_, T>, mut a: ViewMut<'_, T>) {
        for (class, (a, column)) in a.iter_columns_mut().zip(q.iter_columns()).enumerate() {
            let share = T::from_f64(self.weights.of_class(class) * (1.0 - self.smoothing));
            let evenly = T::from_f64(self.evenly(class, q.columns()));
            for (a, &q) in a.iter_mut().zip(column) {
                *a = share * q + evenly;
            }
        }
    }
}

/// Multiplies each row by the weight of its sample, if there are weights.
fn scale_rows<T: Scalar>(weights: Option<&[T]>, mut a: ViewMut<'_, T>) {
    let Some(weights) = weights else { return };
    for a in a.iter_columns_mut() {
        for (a, &weight) in a.iter_mut().zip(weights) {
            *a *= weight;
        }
    }
}

/// The sum of the rows' losses; writes the gradient in place of the coefficients.
struct Rows<'a, T> {
    x: View<'a, T>,
    scale: T,
    dx: ViewMut<'a, T>,
}

/// Rows that are worked at once.
const BLOCK: usize = 64;

impl<T: Scalar> Kernel<T> for Rows<'_, T> {
    type Output = Result<f64>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) -> Result<f64> {
        let (rows, mut sum) = (self.x.rows(), 0.0);
        for start in (0..rows).step_by(BLOCK) {
            let block = start..rows.min(start + BLOCK);
            let dx = self.dx.reborrow().row_range(block.clone())?;
            sum += replace_coefficients(self.x.row_range(block)?, self.scale, dx);
        }
        Ok(sum)
    }
}

/// `exp(x - largest)`, or 0 where that would soon lead to subnormal numbers.
#[inline(always)]
fn relative<T: Scalar>(x: T, largest: T) -> T {
    let below = x - largest;
    if below < T::LEAST { T::ZERO } else { below.exp() }
}

/// `Σⱼ aⱼ·(ln S - (xⱼ - m))` of each row, with `m` its largest value and `S = Σₖ exp(xₖ - m)`, summed over
/// the rows; `∂xⱼ = scale·(A·exp(xⱼ - m) / S - aⱼ)` with `A = Σₖ aₖ` takes the place of `aⱼ`.
#[inline(always)]
fn replace_coefficients<T: Scalar>(x: View<'_, T>, scale: T, mut dx: ViewMut<'_, T>) -> f64 {
    let mut largest = [-T::INFINITY; BLOCK];
    for x in x.iter_columns() {
        for (largest, &x) in largest.iter_mut().zip(x) {
            *largest = if x > *largest { x } else { *largest };
        }
    }
    // S - 1, in two parts: a small one keeps its digits beside the values that are the largest.
    let (mut smaller, mut equal) = ([T::ZERO; BLOCK], [-T::ONE; BLOCK]);
    let (mut totals, mut losses) = ([T::ZERO; BLOCK], [0.0; BLOCK]);
    for (x, a) in x.iter_columns().zip(dx.as_view().iter_columns()) {
        for (((smaller, equal), &largest), &x) in
            smaller.iter_mut().zip(&mut equal).zip(&largest).zip(x)
        {
            let is_largest = x == largest;
            let exponential = relative(x, largest);
            *smaller += if is_largest { T::ZERO } else { exponential };
            *equal += if is_largest { T::ONE } else { T::ZERO };
        }
        for (total, &a) in totals.iter_mut().zip(a) {
            *total += a;
        }
        for (((loss, &largest), &x), &a) in losses.iter_mut().zip(&largest).zip(x).zip(a) {
            *loss += times(a.to_f64(), largest.to_f64() - x.to_f64());
        }
    }
    let mut rest = [T::ZERO; BLOCK];
    for (rest, (&smaller, &equal)) in rest.iter_mut().zip(smaller.iter().zip(&equal)) {
        *rest = smaller + equal;
    }
    let mut sum = 0.0;
    for ((&loss, &total), &rest) in losses.iter().zip(&totals).zip(&rest).take(x.rows()) {
        sum += loss + times(total.to_f64(), rest.ln_1p().to_f64());
    }
    for (dx, x) in dx.iter_columns_mut().zip(x.iter_columns()) {
        for ((((dx, &x), &largest), &total), &rest) in
            dx.iter_mut().zip(x).zip(&largest).zip(&totals).zip(&rest)
        {
            // A·eⱼ - aⱼ·S, without what would cancel where the row is certain of its class.
            let (a, exponential) = (*dx, relative(x, largest));
            let others = rest + (T::ONE - exponential);
            *dx = scale * ((total - a) * exponential - a * others) / (rest + T::ONE);
        }
    }
    sum
}
