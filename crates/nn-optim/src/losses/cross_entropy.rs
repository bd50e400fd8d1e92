#![allow(clippy::needless_range_loop, reason = "a row is an index into many arrays at once")]

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::softmax::{Rows, block_starts, maxima, scaled_exponential};
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
    fn run<S: Simd<T>>(self, _: S) -> Result<f64> {
        match self.x.rows() {
            64.. => self.blocks::<64>(),
            16.. => self.blocks::<16>(),
            _ => self.blocks::<1>(),
        }
    }
}

/// So many blocks share their logarithms. A sum is at most the number of classes, so the product of
/// eight is finite for any row of up to 2¹⁵ classes; longer rows have a logarithm each.
const BLOCKS_AT_ONCE: usize = 8;

impl<T: Scalar> Sum<'_, T> {
    /// Works blocks of `N` rows, of which there are as many at least.
    #[inline(always)]
    fn blocks<const N: usize>(mut self) -> Result<f64> {
        let at_once = if self.x.columns() < 1 << 15 { BLOCKS_AT_ONCE } else { 1 };
        let (mut sum, mut losses, mut end) = (0.0, Losses::<T, N>::NONE, 0);
        for (index, start) in block_starts(self.x.rows(), N).enumerate() {
            if index % at_once == 0 && index > 0 {
                sum += losses.sum();
                losses = Losses::NONE;
            }
            self.block(start, end - start, &mut losses)?;
            end = start + N;
        }
        Ok(sum + losses.sum())
    }

    /// Works the block that begins at row `start`. The first `counted` rows have had their losses
    /// added with the block before.
    #[inline(always)]
    fn block<const N: usize>(
        &mut self,
        start: usize,
        counted: usize,
        losses: &mut Losses<T, N>,
    ) -> Result<()> {
        let x = self.x.row_range(start..start + N)?;
        let mut dx = self.dx.reborrow().row_range(start..start + N)?;
        // A row of more classes than 32 bits count would take 16 GB.
        let mut labels = Rows::<u32, N>::splat(0);
        for (narrow, &label) in labels.0.iter_mut().zip(&self.labels[start..]) {
            *narrow = label as u32;
        }
        let maxima = maxima::<T, N>(x);
        // The exponentials, all with the same large factor: that of the label, the sum of the others.
        let (mut own, mut others) = (Rows::<T, N>::splat(T::ZERO), Rows::<T, N>::splat(T::ZERO));
        let mut belows = Rows::<T, N>::splat(T::ZERO);
        for (class, (dx, x)) in dx.iter_columns_mut().zip(x.iter_columns()).enumerate() {
            let (Some(dx), Some(x)) = (dx.first_chunk_mut::<N>(), x.first_chunk::<N>()) else { break };
            for i in 0..N {
                let below = x[i] - maxima.0[i];
                let exponential = scaled_exponential(below);
                let hit = labels.0[i] == class as u32;
                dx[i] = exponential;
                own.0[i] += if hit { exponential } else { T::ZERO };
                others.0[i] += if hit { T::ZERO } else { exponential };
                belows.0[i] += if hit { below } else { T::ZERO };
            }
        }
        let mut factors = Rows::<T, N>::splat(T::ZERO);
        for i in 0..N {
            factors.0[i] = self.scale / (own.0[i] + others.0[i]);
            // The sum without one exponential that is 1, exact where that is the label's.
            let rest = (others.0[i] + (own.0[i] - T::SCALE_POWER)) / T::SCALE_POWER;
            let counts = i >= counted;
            let rest = if counts { rest } else { T::ZERO };
            let product = losses.products.0[i];
            losses.products.0[i] = product.mul_add(rest, product + rest);
            losses.belows.0[i] += if counts { belows.0[i] } else { T::ZERO };
        }
        // At the label, p - 1 is what the others' probabilities sum to: nothing cancels.
        for (class, dx) in dx.iter_columns_mut().enumerate() {
            let Some(dx) = dx.first_chunk_mut::<N>() else { break };
            for i in 0..N {
                let hit = labels.0[i] == class as u32;
                dx[i] = (if hit { -others.0[i] } else { dx[i] }) * factors.0[i];
            }
        }
        Ok(())
    }
}

/// The losses of the rows of some blocks, as `ln ∏(1 + restᵢ) - Σ belowᵢ`.
struct Losses<T, const N: usize> {
    /// `∏(1 + restᵢ) - 1`: one logarithm does for several blocks, and small sums keep their digits.
    products: Rows<T, N>,
    /// The sum of the labels' values, less the largest of their rows.
    belows: Rows<T, N>,
}

impl<T: Scalar, const N: usize> Losses<T, N> {
    const NONE: Self = Self { products: Rows::splat(T::ZERO), belows: Rows::splat(T::ZERO) };

    #[inline(always)]
    fn sum(&self) -> f64 {
        let mut losses = self.products;
        for i in 0..N {
            losses.0[i] = losses.0[i].ln_1p() - self.belows.0[i];
        }
        // Eight sums, so that none has to wait for the one before.
        let mut sums = [0.0; 8];
        for losses in losses.0.chunks(8) {
            for (sum, loss) in sums.iter_mut().zip(losses) {
                *sum += loss.to_f64();
            }
        }
        sums.iter().sum()
    }
}
