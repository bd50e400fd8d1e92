//! Losses of single outputs, and the one loop that makes a loss of a batch of each.

#![allow(clippy::needless_range_loop, reason = "a place is an index into many blocks at once")]

use std::fmt;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Real, Scalar, Shape, View, ViewMut, expect_shape};

use crate::domain::Domain;
use crate::{Loss, Reduction, Result, Targets};

/// A loss of each output by itself, from that output and its target.
///
/// Two one-line functions, written once for every precision, and it is a [`Loss`]:
///
/// ```
/// use nn_optim::{ElementLoss, Loss};
/// use nn_tensor::{Matrix, Real};
///
/// /// L = ln cosh(y - t), as ln((1 + e⁻²ᵈ) / 2) + d with d = |y - t|.
/// #[derive(Debug, Clone, Copy)]
/// struct LogCosh;
///
/// impl ElementLoss for LogCosh {
///     #[inline(always)]
///     fn loss<R: Real>(&self, y: R, t: R) -> R {
///         let d = (y - t).abs();
///         d + (-(d + d)).exp().ln_1p() - R::from_f64(std::f64::consts::LN_2)
///     }
///
///     #[inline(always)]
///     fn slope<R: Real>(&self, y: R, t: R) -> R {
///         (y - t).tanh()
///     }
/// }
///
/// let (y, t) = (Matrix::from([[1.0], [700.0]]), Matrix::from([[1.0], [0.0]]));
/// let loss = LogCosh.value(&y, &t)?;
/// assert_eq!(loss, (700.0 - std::f64::consts::LN_2) / 2.0);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
///
/// The loop is compiled for each loss by itself and for each instruction set, as that of an
/// [`Activation`](nn_layers::Activation) is: mark both functions `#[inline(always)]` and write them
/// without branches. Losses are taken in `f64` whatever the precision of the network, so that none
/// overflows and their sum keeps its digits; slopes are taken in the precision of the network.
pub trait ElementLoss: fmt::Debug + Copy + Send + Sync {
    /// The loss of an output `y` of target `t`.
    fn loss<R: Real>(&self, y: R, t: R) -> R;

    /// Its derivative with respect to `y`.
    fn slope<R: Real>(&self, y: R, t: R) -> R;

    /// What becomes of the losses of all outputs of all samples; their mean by default.
    fn reduction(&self) -> Reduction {
        Reduction::Mean
    }

    /// Refuses hyper-parameters that are out of range; by default there are none.
    ///
    /// # Errors
    /// [`Hyperparameter`](crate::OptimError::Hyperparameter) with the first that is.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The outputs that the loss is defined for; any by default.
    fn outputs(&self) -> Domain {
        Domain::Any
    }

    /// The targets that the loss is defined for; any by default.
    fn targets(&self) -> Domain {
        Domain::Any
    }
}

impl<T: Scalar, L: ElementLoss> Loss<T> for L {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64> {
        self.check()?;
        divisor(name::<L>(), self.reduction(), outputs, targets)
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        gradient: ViewMut<'_, T>,
    ) -> Result<f64> {
        self.check()?;
        sum_into(name::<L>(), &|_| *self, outputs, targets, scale, gradient)
    }

    fn unreduced<'a>(
        &self,
        outputs: &Matrix<T>,
        targets: impl Into<Targets<'a, T>>,
    ) -> Result<Matrix<f64>> {
        self.check()?;
        unreduced(name::<L>(), &|_| *self, outputs, targets.into())
    }
}

/// The name of a type alone, without its path and what it is generic over.
fn name<L>() -> &'static str {
    let path = std::any::type_name::<L>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit_once("::").map_or(path, |(_, name)| name)
}

/// [`Loss::divisor`] of a loss of each output.
pub(crate) fn divisor<T: Scalar>(
    name: &'static str,
    reduction: Reduction,
    outputs: Shape,
    targets: Targets<'_, T>,
) -> Result<f64> {
    read(name, outputs, targets)?;
    reduction.divisor(outputs.rows as f64 * outputs.columns as f64, outputs.rows)
}

/// The targets, and the weights of the samples.
fn read<'a, T: Scalar>(
    name: &'static str,
    outputs: Shape,
    targets: Targets<'a, T>,
) -> Result<(View<'a, T>, Option<&'a [T]>)> {
    Ok((targets.unweighted().values(name, outputs)?, targets.weights(outputs)?))
}

/// [`Loss::sum_into`] of a loss of each output, which may be another in each column.
pub(crate) fn sum_into<T: Scalar, L: ElementLoss>(
    name: &'static str,
    of_column: &impl Fn(usize) -> L,
    outputs: View<'_, T>,
    targets: Targets<'_, T>,
    scale: T,
    gradient: ViewMut<'_, T>,
) -> Result<f64> {
    let (targets, weights) = read(name, outputs.shape(), targets)?;
    expect_shape(name, "a gradient", outputs.shape(), gradient.shape())?;
    of_column(0).outputs().check(name, "outputs", outputs)?;
    of_column(0).targets().check(name, "targets", targets)?;
    Ok(dispatch(Sum { of_column, outputs, targets, weights, scale, gradient }))
}

/// [`Loss::unreduced`] of a loss of each output, which may be another in each column.
pub(crate) fn unreduced<T: Scalar, L: ElementLoss>(
    name: &'static str,
    of_column: &impl Fn(usize) -> L,
    outputs: &Matrix<T>,
    targets: Targets<'_, T>,
) -> Result<Matrix<f64>> {
    let (targets, weights) = read(name, outputs.shape(), targets)?;
    of_column(0).outputs().check(name, "outputs", outputs.view())?;
    of_column(0).targets().check(name, "targets", targets)?;
    let mut losses = Matrix::try_zeros(outputs.rows(), outputs.columns())?;
    let (outputs, written) = (outputs.view(), losses.view_mut());
    dispatch(Values { of_column, outputs, targets, weights, losses: written });
    Ok(losses)
}

/// Outputs that are worked at once, each added to a sum of its own.
const BLOCK: usize = 64;

/// `Σ w·f(y, t)`, and writes `∂y = scale·w·f′(y, t)`; `w` is the weight of the sample, or 1.
struct Sum<'a, T, F> {
    of_column: &'a F,
    outputs: View<'a, T>,
    targets: View<'a, T>,
    weights: Option<&'a [T]>,
    scale: T,
    gradient: ViewMut<'a, T>,
}

impl<T: Scalar, L: ElementLoss, F: Fn(usize) -> L> Kernel<T> for Sum<'_, T, F> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) -> f64 {
        let mut sums = [0.0; BLOCK];
        let ones = [T::ONE; BLOCK];
        let read = self.outputs.iter_columns().zip(self.targets.iter_columns());
        for (j, (dy, (y, t))) in self.gradient.iter_columns_mut().zip(read).enumerate() {
            let element = (self.of_column)(j);
            let blocks = dy.chunks_mut(BLOCK).zip(y.chunks(BLOCK).zip(t.chunks(BLOCK)));
            for (block, (dy, (y, t))) in blocks.enumerate() {
                let w = self.weights.map_or(&ones[..], |weights| &weights[block * BLOCK..]);
                add(&element, [y, t, w], self.scale, dy, &mut sums);
            }
        }
        sums.iter().sum()
    }
}

/// Adds `w·f(y, t)` to the sums, each to one of its own, and writes the slopes.
#[inline(always)]
fn add<T: Scalar, L: ElementLoss>(
    element: &L,
    read: [&[T]; 3],
    scale: T,
    dy: &mut [T],
    sums: &mut [f64; BLOCK],
) {
    // Every slice as long as the first: the compiler then leaves out its checks.
    let count = dy.len().min(BLOCK);
    let [y, t, w] = read.map(|values| &values[..count]);
    for i in 0..count {
        dy[i] = scale * w[i] * element.slope(y[i], t[i]);
    }
    for i in 0..count {
        sums[i] += w[i].to_f64() * element.loss(y[i].to_f64(), t[i].to_f64());
    }
}

/// `w·f(y, t)` for each output.
struct Values<'a, T, F> {
    of_column: &'a F,
    outputs: View<'a, T>,
    targets: View<'a, T>,
    weights: Option<&'a [T]>,
    losses: ViewMut<'a, f64>,
}

impl<T: Scalar, L: ElementLoss, F: Fn(usize) -> L> Kernel<T> for Values<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) {
        let read = self.outputs.iter_columns().zip(self.targets.iter_columns());
        for (j, (losses, (y, t))) in self.losses.iter_columns_mut().zip(read).enumerate() {
            let element = (self.of_column)(j);
            for (value, (&y, &t)) in losses.iter_mut().zip(y.iter().zip(t)) {
                *value = element.loss(y.to_f64(), t.to_f64());
            }
            for (value, &w) in losses.iter_mut().zip(self.weights.unwrap_or_default()) {
                *value *= w.to_f64();
            }
        }
    }
}
