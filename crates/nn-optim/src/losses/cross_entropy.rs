use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, Shape, View, ViewMut, expect_shape};

use crate::{Loss, Reduction, Result, Targets};

/// The cross-entropy of logits and labels, `-ln softmax(x)ₗ` for a row `x` of label `l`
/// (`torch.nn.CrossEntropyLoss`).
///
/// Takes the values before a softmax. It is finite where the probability of the label rounds to 0,
/// and keeps its digits where that probability rounds to 1, where PyTorch gives 0.
/// Its gradient with respect to a row is `softmax(x)` minus 1 at the label.
///
/// ```
/// use nn_optim::{CrossEntropy, Loss};
/// use nn_tensor::Matrix;
///
/// let logits = Matrix::from([[0.0, 1000.0]]);
/// assert_eq!(CrossEntropy::default().value(&logits, &[0])?, 1000.0);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[doc(alias = "CrossEntropyLoss")]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CrossEntropy {
    /// The mean over the samples, by default, or their sum.
    pub reduction: Reduction,
}

impl<T: Scalar> Loss<T> for CrossEntropy {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        let labels = targets.labels("CrossEntropy", outputs)?;
        Ok(match self.reduction {
            Reduction::Mean => labels.len() as f64,
            Reduction::Sum => 1.0,
        })
    }

    fn sum_into(
        &self,
        logits: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        let labels = targets.labels("CrossEntropy", logits.shape())?;
        expect_shape("CrossEntropy", "a gradient", logits.shape(), gradient.shape())?;
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
        let (mut sum, mut losses) = (0.0, Losses::none(simd));
        for (index, labels) in self.labels.chunks(T::LANES).enumerate() {
            if index % blocks_at_once(self.x.columns()) == 0 && index > 0 {
                sum += losses.sum(simd);
                losses = Losses::none(simd);
            }
            self.block(simd, index * T::LANES, labels, &mut losses)?;
        }
        Ok(sum + losses.sum(simd))
    }
}

/// How many blocks share their logarithms: so many that the product of their sums, each of which is
/// at most the number of classes, is finite.
fn blocks_at_once(classes: usize) -> usize {
    (120 / (usize::BITS - classes.leading_zeros()) as usize).clamp(1, 16)
}

impl<T: Scalar> Sum<'_, T> {
    /// Works the rows from `start` on that have these labels, of which there are at most as many as
    /// a block of values.
    #[inline(always)]
    fn block<S: Simd<T>>(
        &mut self,
        simd: S,
        start: usize,
        labels: &[usize],
        losses: &mut Losses<S::Vector>,
    ) -> Result<()> {
        let x = self.x.row_range(start..start + labels.len())?;
        let mut dx = self.dx.reborrow().row_range(start..start + labels.len())?;
        let labels = keys(simd, labels);
        let mut largest = simd.splat(-T::INFINITY);
        for x in x.iter_columns() {
            largest = simd.larger(load(simd, x), largest);
        }
        // The exponentials, all with the same large factor: that of the label, the sum of the others.
        let zero = simd.splat(T::ZERO);
        let (mut own, mut others, mut below) = (zero, zero, zero);
        for (class, (dx, x)) in dx.iter_columns_mut().zip(x.iter_columns()).enumerate() {
            let distance = simd.sub(load(simd, x), largest);
            let exponential = T::scaled_exp(simd, distance);
            store(simd, exponential, dx);
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
        for (class, dx) in dx.iter_columns_mut().enumerate() {
            let class = simd.splat(T::key(class));
            let exponential = simd.select(labels, class, at_label, load(simd, dx));
            store(simd, simd.mul(exponential, factor), dx);
        }
        Ok(())
    }
}

/// The labels of a block, and none where there are too few.
#[inline(always)]
fn keys<T: Scalar, S: Simd<T>>(simd: S, labels: &[usize]) -> S::Vector {
    let mut keys = T::ZERO_BLOCK;
    if labels.len() == T::LANES {
        for (key, &label) in keys.as_mut().iter_mut().zip(&labels[..T::LANES]) {
            *key = T::key(label);
        }
    } else {
        keys.as_mut().fill(T::key(usize::MAX));
        for (key, &label) in keys.as_mut().iter_mut().zip(labels) {
            *key = T::key(label);
        }
    }
    simd.load(&keys)
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

    #[inline(always)]
    fn add<T: Scalar, S: Simd<T, Vector = V>>(&mut self, simd: S, rest: V, below: V) {
        self.products = simd.mul_add(self.products, rest, simd.add(self.products, rest));
        self.belows = simd.add(self.belows, below);
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
