use nn_tensor::simd::{Blocks, Kernel, Simd, dispatch};
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
            let group = Group { x, labels, scale: self.scale, dx };
            sum += group.losses(simd).sum(simd);
        }
        Ok(sum)
    }
}

/// How many blocks share their logarithms: so many that the product of their sums, each of which is
/// at most the number of classes, is finite.
fn blocks_at_once(classes: usize) -> usize {
    (120 / (usize::BITS - classes.leading_zeros()) as usize).max(1)
}

/// Some blocks of rows.
struct Group<'a, T: Scalar> {
    x: View<'a, T>,
    labels: &'a [usize],
    scale: T,
    dx: ViewMut<'a, T>,
}

/// The blocks that are worked interleaved, where there are registers for them.
const INTERLEAVED: usize = 2;

impl<T: Scalar> Group<'_, T> {
    #[inline(always)]
    fn losses<S: Simd<T>>(mut self, simd: S) -> Losses<S::Vector> {
        let mut losses = Losses::none(simd);
        let mut block = 0;
        while const { S::MANY_REGISTERS } && (block + INTERLEAVED) * T::LANES <= self.x.rows() {
            self.blocks::<S, INTERLEAVED>(simd, block, &mut losses);
            block += INTERLEAVED;
        }
        while block * T::LANES < self.x.rows() {
            self.blocks::<S, 1>(simd, block, &mut losses);
            block += 1;
        }
        losses
    }

    /// Adds the losses of `N` blocks from `block` on.
    #[inline(always)]
    fn blocks<S: Simd<T>, const N: usize>(
        &mut self,
        simd: S,
        block: usize,
        losses: &mut Losses<S::Vector>,
    ) {
        let mut labels = Blocks::<T, S, N>::zeros(simd);
        let of_rows = &self.labels[block * T::LANES..];
        match of_rows.get(..N * T::LANES) {
            Some(of_rows) => {
                for (vector, of_rows) in labels.vectors.iter_mut().zip(of_rows.chunks_exact(T::LANES)) {
                    *vector = simd.keys(of_rows);
                }
            }
            None => labels.vectors[0] = simd.keys(of_rows),
        }
        if self.x.columns() == 2 {
            self.two_classes(block, labels, losses);
        } else {
            self.classes(block, labels, losses);
        }
    }

    #[inline(always)]
    fn classes<S: Simd<T>, const N: usize>(
        &mut self,
        block: usize,
        labels: Blocks<T, S, N>,
        losses: &mut Losses<S::Vector>,
    ) {
        let (zero, scale) = (Blocks::zeros(labels.simd), labels.all(self.scale));
        let mut largest = labels.all(-T::INFINITY);
        for class in 0..self.x.columns() {
            largest = self.logits(labels.simd, class, block).max(largest);
        }
        // The exponentials, all with the same large factor: that of the label, the sum of the
        // others.
        let (mut own, mut others, mut below) = (zero, zero, zero);
        for class in 0..self.x.columns() {
            let distance = self.logits(labels.simd, class, block) - largest;
            let exponential = T::exp_by_factor(distance);
            self.write(class, block, exponential);
            let class = labels.all(T::key(class));
            own = labels.select_equal(class, exponential, own);
            others = labels.select_equal(class, others, others + exponential);
            below = labels.select_equal(class, distance, below);
        }
        // The sum without one exponential that is 1, exact where that is the label's.
        let rest = others + (own - labels.all(T::FACTOR));
        losses.add(rest * labels.all(T::ONE / T::FACTOR), below);
        // At the label, p - 1 is minus the sum of the others' probabilities, so that nothing cancels.
        let factor = scale / (own + others);
        let at_label = zero - others;
        for class in 0..self.x.columns() {
            let exponential = load(labels.simd, self.dx.as_view(), class, block, T::ZERO);
            let exponential = labels.select_equal(labels.all(T::key(class)), at_label, exponential);
            self.write(class, block, exponential * factor);
        }
    }

    /// The same where there are two classes: one of the exponentials is 1, and each gradient is the
    /// other's negative.
    #[inline(always)]
    fn two_classes<S: Simd<T>, const N: usize>(
        &mut self,
        block: usize,
        labels: Blocks<T, S, N>,
        losses: &mut Losses<S::Vector>,
    ) {
        let (x0, x1) = (self.logits(labels.simd, 0, block), self.logits(labels.simd, 1, block));
        let (zero, one) = (Blocks::zeros(labels.simd), labels.all(T::FACTOR));
        let first = labels.all(T::key(0));
        let largest = x0.max(x1);
        let below = labels.select_equal(first, x0, x1) - largest;
        let other_below = labels.select_equal(first, x1, x0) - largest;
        // One of the two is 0 and its exponential 1, so both together are 1 and what is left.
        let exponential = T::exp_by_factor(below + other_below);
        losses.add(exponential * labels.all(T::ONE / T::FACTOR), below);
        let other = other_below.select_equal(zero, one, exponential);
        let factor = labels.all(self.scale) / (one + exponential);
        let at_other = other * factor;
        let at_label = zero - at_other;
        self.write(0, block, labels.select_equal(first, at_label, at_other));
        self.write(1, block, labels.select_equal(first, at_other, at_label));
    }

    /// The logits of a class. Where there is no row, all classes but the last are impossible, so that the
    /// loss is 0.
    #[inline(always)]
    fn logits<S: Simd<T>, const N: usize>(
        &self,
        simd: S,
        class: usize,
        block: usize,
    ) -> Blocks<T, S, N> {
        let last = class + 1 == self.x.columns();
        load(simd, self.x, class, block, if last { T::ZERO } else { -T::INFINITY })
    }

    /// Writes to the gradient of a class, `N` whole blocks or what there is of a single one.
    #[inline(always)]
    fn write<S: Simd<T>, const N: usize>(
        &mut self,
        class: usize,
        block: usize,
        values: Blocks<T, S, N>,
    ) {
        let Some(column) = self.dx.column_mut(class) else { return };
        let (blocks, rest) = T::blocks_mut(column);
        match blocks.get_mut(block..).and_then(|blocks| blocks.first_chunk_mut::<N>()) {
            Some(blocks) => values.store(blocks),
            None => values.simd.store_rest(values.vectors[0], rest),
        }
    }
}

/// Reads `N` whole blocks of a column from `block` on, or a single one with `rest` where the column ends.
#[inline(always)]
fn load<T: Scalar, S: Simd<T>, const N: usize>(
    simd: S,
    from: View<'_, T>,
    column: usize,
    block: usize,
    rest: T,
) -> Blocks<T, S, N> {
    let mut values = Blocks::splat(simd, rest);
    let Some(column) = from.column(column) else { return values };
    let (blocks, left) = T::blocks(column);
    match blocks.get(block..).and_then(|blocks| blocks.first_chunk()) {
        Some(blocks) => return Blocks::load(simd, blocks),
        None => values.vectors[0] = simd.load_rest_or(left, values.vectors[0]),
    }
    values
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
    fn add<T: Scalar, S: Simd<T, Vector = V>, const N: usize>(
        &mut self,
        rest: Blocks<T, S, N>,
        below: Blocks<T, S, N>,
    ) {
        let simd = rest.simd;
        for (&rest, &below) in rest.vectors.iter().zip(&below.vectors) {
            self.products = simd.mul_add(self.products, rest, simd.add(self.products, rest));
            self.belows = simd.add(self.belows, below);
        }
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
