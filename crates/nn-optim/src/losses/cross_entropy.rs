use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use super::label_weights::LabelWeights;
use super::soft_cross_entropy::SoftCrossEntropy;
use crate::error::check;
use crate::{Loss, Reduction, Result, Targets};

/// The cross-entropy of logits and labels, `-ln softmax(x)ₗ` for a row `x` of label `l`
/// (`torch.nn.CrossEntropyLoss`).
///
/// Takes the values before a softmax. It is finite where the probability of the label rounds to 0,
/// and keeps its digits where that probability rounds to 1, where PyTorch gives 0.
/// Its gradient with respect to a row is `softmax(x)` minus 1 at the label.
///
/// A class that is less likely than the likeliest by a factor of 1e-30 (1e-269 in `f64`) is taken for
/// impossible, unless it is the label. It moves no weight, and its gradient would soon lead to subnormal
/// numbers, for which some processors take a hundred times as long.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.0, 1000.0]]);
/// assert_eq!(CrossEntropy::default().value(&logits, &[0])?, 1000.0);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// In place of labels the targets may be a probability `qⱼ` for each class of each row. The loss of a
/// row is then `-Σⱼ wⱼ·q′ⱼ·ln softmax(x)ⱼ`, with the weights `w` of the classes and
/// `q′ = (1 - ε)·q + ε / classes` for a label smoothing `ε`. A label is the same as a `q` of 1 for its
/// class and 0 for the others.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[1.0, 0.0], [0.0, 3.0]]);
/// let probabilities = Matrix::from([[0.9, 0.1], [0.1, 0.9]]);
/// let smooth = CrossEntropy { label_smoothing: 0.2, ..CrossEntropy::default() };
/// let expected = CrossEntropy::default().value(&logits, &probabilities)?;
/// assert!((smooth.value(&logits, &[0, 1])? - expected).abs() < 1e-15);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "CrossEntropyLoss")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CrossEntropy {
    /// How much each class counts, finite and at least 0; 1 by default.
    #[doc(alias = "weight")]
    pub class_weights: Option<Vec<f64>>,
    /// The label of samples that do not count, which need not be that of a class; none by default.
    /// Probabilities are never ignored.
    pub ignore_index: Option<usize>,
    /// `ε`, the part of each target that is spread evenly over all classes, from 0, the default, to 1.
    /// Szegedy et al., "Rethinking the inception architecture for computer vision", 2016.
    pub label_smoothing: f64,
    /// The mean over the samples, by default, or their sum. The mean of labels is the weighted one:
    /// over the weights of their classes, without those that are ignored. That of probabilities is
    /// over their number. The mean of nothing is
    /// [`NothingCounted`](crate::OptimError::NothingCounted), where PyTorch gives NaN.
    pub reduction: Reduction,
}

const NAME: &str = "CrossEntropy";

impl CrossEntropy {
    fn label_weights(&self) -> LabelWeights<'_> {
        LabelWeights { classes: self.class_weights.as_deref(), ignored: self.ignore_index }
    }

    /// Whether the targets are nothing but labels, all of which count alike.
    fn is_plain<T: Scalar>(&self, targets: &Targets<'_, T>) -> bool {
        let plain = self.label_weights().are_even() && self.label_smoothing == 0.0;
        plain && targets.are_labels() && !targets.are_weighted()
    }

    fn soft(&self) -> Result<SoftCrossEntropy<'_>> {
        let (weights, smoothing) = (self.label_weights(), self.label_smoothing);
        check("label_smoothing", smoothing, |x| (0.0..=1.0).contains(&x), "from 0 to 1")?;
        Ok(SoftCrossEntropy { weights, smoothing })
    }
}

impl<T: Scalar> Loss<T> for CrossEntropy {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        let count = if self.is_plain(&targets) {
            // Whether the labels are in range is seen when they are used.
            targets.label_of_each_row(NAME, outputs)?.len() as f64
        } else {
            self.soft()?.count(NAME, outputs, targets)?
        };
        self.reduction.divisor(count, outputs.rows)
    }

    fn sum_into(
        &self,
        logits: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        expect_shape(NAME, "a gradient", logits.shape(), gradient.shape())?;
        if !self.is_plain(&targets) {
            return self.soft()?.sum_into(NAME, logits, targets, scale, gradient);
        }
        let labels = targets.labels(NAME, logits.shape())?;
        dispatch(Sum { x: logits, labels, scale, dx: gradient })
    }
}

/// The sum of the rows' losses, `ln Σₖ exp(xₖ - m) - (xₗ - m)` with `m` the largest of the row and
/// `l` its label; writes `∂xⱼ = scale·(softmax(x)ⱼ - [j = l])`.
struct Sum<'a, T> {
    x: View<'a, T>,
    labels: &'a [usize],
    scale: T,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Sum<'_, T> {
    type Output = Result<f64>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) -> Result<f64> {
        let mut sum = 0.0;
        let most = blocks_at_once(self.x.columns()) * T::LANES;
        for (index, labels) in self.labels.chunks(most).enumerate() {
            let rows = index * most..index * most + labels.len();
            let (x, dx) = (self.x.row_range(rows.clone())?, self.dx.reborrow().row_range(rows)?);
            let group = Group { x, labels: keys::<T>(labels), scale: self.scale, dx };
            let losses =
                if x.columns() == 2 { group.two_classes(simd) } else { group.classes(simd) };
            sum += losses.sum(simd);
        }
        Ok(sum)
    }
}

/// The most blocks of rows that share their logarithms.
const GROUP: usize = 16;

/// How many blocks share their logarithms: so many that the product of their sums, each of which is
/// at most the number of classes, is finite.
fn blocks_at_once(classes: usize) -> usize {
    (120 / (usize::BITS - classes.leading_zeros()) as usize).clamp(1, GROUP)
}

/// The labels of at most [`GROUP`] blocks as [`Simd::select`] takes them, and no label where there is
/// no row.
#[inline(always)]
fn keys<T: Scalar>(labels: &[usize]) -> [T::Block; GROUP] {
    let mut keys = [T::ZERO_BLOCK; GROUP];
    for (keys, labels) in keys.iter_mut().zip(labels.chunks(T::LANES)) {
        if labels.len() < T::LANES {
            keys.as_mut().fill(T::key(usize::MAX));
        }
        for (key, &label) in keys.as_mut().iter_mut().zip(labels) {
            *key = T::key(label);
        }
    }
    keys
}

/// Some blocks of rows.
struct Group<'a, T: Scalar> {
    x: View<'a, T>,
    labels: [T::Block; GROUP],
    scale: T,
    dx: ViewMut<'a, T>,
}

impl<T: Scalar> Group<'_, T> {
    #[inline(always)]
    fn classes<S: Simd<T>>(mut self, simd: S) -> Losses<S::Vector> {
        let mut losses = Losses::none(simd);
        let zero = simd.splat(T::ZERO);
        for (first, labels) in (0..self.x.rows()).step_by(T::LANES).zip(&self.labels) {
            let rows = first..self.x.rows().min(first + T::LANES);
            let labels = simd.load(labels);
            let mut largest = simd.splat(-T::INFINITY);
            for x in self.x.iter_columns() {
                largest = simd.larger(load(simd, &x[rows.clone()]), largest);
            }
            // The exponentials, all with the same large factor: that of the label, the sum of the
            // others.
            let (mut own, mut others, mut below) = (zero, zero, zero);
            let columns = self.dx.iter_columns_mut().zip(self.x.iter_columns());
            for (class, (dx, x)) in columns.enumerate() {
                let distance = simd.sub(load(simd, &x[rows.clone()]), largest);
                let exponential = T::scaled_exp(simd, distance);
                store(simd, exponential, &mut dx[rows.clone()]);
                let class = simd.splat(T::key(class));
                own = simd.select(labels, class, exponential, own);
                others = simd.select(labels, class, others, simd.add(others, exponential));
                below = simd.select(labels, class, distance, below);
            }
            // The sum without one exponential that is 1, exact where that is the label's.
            let rest = simd.add(others, simd.sub(own, simd.splat(T::FACTOR)));
            let rest = simd.mul(rest, simd.splat(T::ONE / T::FACTOR));
            // Where there is no row, no class is the label.
            losses.add(simd, simd.select(own, zero, zero, rest), below);
            // At the label, p - 1 is what the others' probabilities sum to: nothing cancels.
            let factor = simd.div(simd.splat(self.scale), simd.add(own, others));
            let at_label = simd.sub(zero, others);
            for (class, dx) in self.dx.iter_columns_mut().enumerate() {
                let dx = &mut dx[rows.clone()];
                let class = simd.splat(T::key(class));
                let exponential = simd.select(labels, class, at_label, load(simd, dx));
                store(simd, simd.mul(exponential, factor), dx);
            }
        }
        losses
    }

    /// The same where there are two classes: one of the exponentials is 1, and each gradient is the
    /// other's negative.
    #[inline(always)]
    fn two_classes<S: Simd<T>>(mut self, simd: S) -> Losses<S::Vector> {
        let mut losses = Losses::none(simd);
        let mut columns = self.dx.iter_columns_mut();
        let (Some(x0), Some(x1)) = (self.x.column(0), self.x.column(1)) else { return losses };
        let (Some(dx0), Some(dx1)) = (columns.next(), columns.next()) else { return losses };
        let ((x0, rest0), (x1, rest1)) = (T::blocks(x0), T::blocks(x1));
        let ((dx0, d_rest0), (dx1, d_rest1)) = (T::blocks_mut(dx0), T::blocks_mut(dx1));
        let blocks = x0.iter().zip(x1).zip(dx0.iter_mut().zip(dx1)).zip(&self.labels);
        for (((x0, x1), (dx0, dx1)), labels) in blocks {
            let (x, labels) = ([simd.load(x0), simd.load(x1)], simd.load(labels));
            let dx = losses.add_rows_of_two(simd, x, labels, self.scale);
            simd.store(dx[0], dx0);
            simd.store(dx[1], dx1);
        }
        if !rest0.is_empty() {
            let x = [simd.load_rest(rest0), simd.load_rest(rest1)];
            let labels = simd.load(&self.labels[x0.len()]);
            let dx = losses.add_rows_of_two(simd, x, labels, self.scale);
            simd.store_rest(dx[0], d_rest0);
            simd.store_rest(dx[1], d_rest1);
        }
        losses
    }
}

/// Reads a column of a block.
#[inline(always)]
fn load<T: Scalar, S: Simd<T>>(simd: S, column: &[T]) -> S::Vector {
    match T::blocks(column) {
        ([block, ..], _) => simd.load(block),
        ([], rest) => simd.load_rest(rest),
    }
}

/// Writes a column of a block.
#[inline(always)]
fn store<T: Scalar, S: Simd<T>>(simd: S, vector: S::Vector, column: &mut [T]) {
    match T::blocks_mut(column) {
        ([block, ..], _) => simd.store(vector, block),
        ([], rest) => simd.store_rest(vector, rest),
    }
}

/// The losses of the rows of some blocks, as `ln ∏(1 + restᵢ) - Σ belowᵢ`.
struct Losses<V> {
    /// `∏(1 + restᵢ) - 1`: one logarithm does for several blocks, and small sums keep their digits.
    products: V,
    /// The sum of the labels' values, less the largest of their rows.
    belows: V,
}

impl<V: Copy> Losses<V> {
    #[inline(always)]
    fn none<T: Scalar, S: Simd<T, Vector = V>>(simd: S) -> Self {
        Self { products: simd.splat(T::ZERO), belows: simd.splat(T::ZERO) }
    }

    /// Adds the losses of rows: by how much the sum of the exponentials is more than that of the largest
    /// value, which is 1, and how far the label's value is below the largest.
    #[inline(always)]
    fn add<T: Scalar, S: Simd<T, Vector = V>>(&mut self, simd: S, rest: V, below: V) {
        self.products = simd.mul_add(self.products, rest, simd.add(self.products, rest));
        self.belows = simd.add(self.belows, below);
    }

    /// Adds the losses of rows of two classes; gives back the gradients of both.
    #[inline(always)]
    fn add_rows_of_two<T: Scalar, S: Simd<T, Vector = V>>(
        &mut self,
        simd: S,
        [x0, x1]: [V; 2],
        labels: V,
        scale: T,
    ) -> [V; 2] {
        let (zero, one) = (simd.splat(T::ZERO), simd.splat(T::FACTOR));
        let (first, second) = (simd.splat(T::key(0)), simd.splat(T::key(1)));
        let largest = simd.larger(x0, x1);
        let below = simd.sub(simd.select(labels, first, x0, x1), largest);
        let other_below = simd.sub(simd.select(labels, first, x1, x0), largest);
        // One of the two is 0 and its exponential 1, so both together are 1 and what is left.
        let exponential = T::scaled_exp(simd, simd.add(below, other_below));
        let other = simd.select(other_below, zero, one, exponential);
        // Where there is no row, neither class is the label.
        let rest = simd.mul(exponential, simd.splat(T::ONE / T::FACTOR));
        let rest = simd.select(labels, first, rest, simd.select(labels, second, rest, zero));
        self.add(simd, rest, below);
        let factor = simd.div(simd.splat(scale), simd.add(one, exponential));
        let at_other = simd.mul(other, factor);
        let at_label = simd.sub(zero, at_other);
        [
            simd.select(labels, first, at_label, at_other),
            simd.select(labels, first, at_other, at_label),
        ]
    }

    #[inline(always)]
    fn sum<T: Scalar, S: Simd<T, Vector = V>>(&self, simd: S) -> f64 {
        let (mut losses, mut belows) = (T::ZERO_BLOCK, T::ZERO_BLOCK);
        simd.store(self.products, &mut losses);
        simd.store(self.belows, &mut belows);
        for (loss, &below) in losses.as_mut().iter_mut().zip(belows.as_ref()) {
            *loss = loss.ln_1p() - below;
        }
        // Eight sums, so that none has to wait for the one before.
        let mut sums = [0.0; 8];
        for losses in losses.as_ref().chunks(8) {
            for (sum, loss) in sums.iter_mut().zip(losses) {
                *sum += loss.to_f64();
            }
        }
        sums.iter().sum()
    }
}
