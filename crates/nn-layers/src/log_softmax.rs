//! The logarithm of softmax.

use nn_tensor::row_blocks::{LaneValues, RowBlock};
use nn_tensor::simd::Simd;
use nn_tensor::softmax::log_probabilities;
use nn_tensor::{Scalar, View, ViewMut};

use crate::row_function::{RowFunction, row_function_layer};

/// The logarithm of [`Softmax`](crate::Softmax), `yⱼ = xⱼ - ln Σₖ exp(xₖ)`
/// (`torch.nn.LogSoftmax(dim=1)`).
///
/// Finite also where the probability itself rounds to 0, as long as no two values of a row are
/// further apart than the largest number.
///
/// ```
/// use nn_layers::{Layer, LogSoftmax};
/// use nn_tensor::Matrix;
///
/// let y = LogSoftmax.forward(&Matrix::from([[0.0, 1000.0]]))?;
/// assert_eq!(y, Matrix::from([[-1000.0, 0.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogSoftmax;

impl RowFunction for LogSoftmax {
    const NAME: &'static str = "LogSoftmax";

    // yⱼ = xⱼ - ln Σₖ exp(xₖ)
    #[inline(always)]
    fn value<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        x: View<'_, T>,
        y: ViewMut<'_, T>,
    ) {
        log_probabilities(block, x, y);
    }

    // ∂xⱼ = ∂yⱼ - exp(yⱼ)·Σₖ ∂yₖ
    #[inline(always)]
    fn gradient<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        y: View<'_, T>,
        dy: View<'_, T>,
        mut dx: ViewMut<'_, T>,
    ) {
        let simd = block.simd;
        let mut sums = LaneValues::<T, N>::splat(T::ZERO);
        for j in 0..block.columns(dy) {
            let dy = block.column(dy, j);
            for v in block.vectors(dy) {
                let dy = block.load(dy, v, simd.splat(T::ZERO));
                sums.store(simd, simd.add(sums.load(simd, v), dy), v);
            }
        }
        sums.join(block);
        for j in 0..block.columns(y) {
            let (y, dy) = (block.column(y, j), block.column(dy, j));
            let dx = block.column_mut(&mut dx, j, y.len());
            for (((dx, &y), &dy), &sum) in dx.iter_mut().zip(y).zip(dy).zip(&sums.0) {
                *dx = dy - y.exp() * sum;
            }
        }
    }
}

row_function_layer!(LogSoftmax);
