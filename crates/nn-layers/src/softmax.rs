//! Softmax over the columns of each row.

use nn_tensor::row_blocks::{LaneValues, RowBlock};
use nn_tensor::simd::Simd;
use nn_tensor::softmax::probabilities;
use nn_tensor::{Scalar, View, ViewMut};

use crate::row_function::{RowFunction, row_function_layer};

/// Turns each row into probabilities, `yⱼ = exp(xⱼ) / Σₖ exp(xₖ)` (`torch.nn.Softmax(dim=1)`).
///
/// The row's maximum is subtracted first, so that no exponential overflows. Rows of finite values
/// sum to 1 within rounding. A value of negative infinity has probability 0; a row that holds a NaN
/// or positive infinity, or nothing but negative infinity, becomes NaN throughout.
///
/// Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990. To
/// train a classifier, leave this layer out: the cross-entropy takes the values before it.
///
/// ```
/// use nn_layers::{Layer, Softmax};
/// use nn_tensor::Matrix;
///
/// let y = Softmax.forward(&Matrix::from([[1.0, 2.0, 3.0], [-2.0, -1.0, 0.0]]))?;
/// assert_eq!(format!("{y:.6}"), "[[0.090031 0.244728 0.665241]\n [0.090031 0.244728 0.665241]]");
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Softmax;

impl RowFunction for Softmax {
    const NAME: &'static str = "Softmax";

    // yⱼ = exp(xⱼ) / Σₖ exp(xₖ)
    #[inline(always)]
    fn value<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        x: View<'_, T>,
        y: ViewMut<'_, T>,
    ) {
        probabilities::<T, S, N, WHOLE, false>(block, x, y);
    }

    #[inline(always)]
    fn gradient<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        y: View<'_, T>,
        dy: View<'_, T>,
        dx: ViewMut<'_, T>,
    ) {
        gradient::<T, S, N, WHOLE, false>(block, y, dy, dx);
    }
}

row_function_layer!(Softmax);

/// `∂xⱼ = yⱼ·(∂yⱼ - Σₖ ∂yₖ·yₖ)`, and the negative of that where `y` comes of the `NEGATIVE` of `x`.
#[inline(always)]
pub(crate) fn gradient<
    T: Scalar,
    S: Simd<T>,
    const N: usize,
    const WHOLE: bool,
    const NEGATIVE: bool,
>(
    block: RowBlock<S, N, WHOLE>,
    y: View<'_, T>,
    dy: View<'_, T>,
    mut dx: ViewMut<'_, T>,
) {
    let simd = block.simd;
    let zero = simd.splat(T::ZERO);
    let mut dots = LaneValues::<T, N>::splat(T::ZERO);
    for j in 0..block.columns(y) {
        let y = block.column(y, j);
        let dy = &block.column(dy, j)[..y.len()];
        for v in block.vectors(y) {
            let (y, dy) = (block.load(y, v, zero), block.load(dy, v, zero));
            dots.store(simd, simd.mul_add(dy, y, dots.load(simd, v)), v);
        }
    }
    dots.join(block);
    for j in 0..block.columns(y) {
        let y = block.column(y, j);
        let dy = &block.column(dy, j)[..y.len()];
        let dx = block.column_mut(&mut dx, j, y.len());
        for v in block.vectors(y) {
            let (y, dy) = (block.load(y, v, zero), block.load(dy, v, zero));
            let dot = dots.load(simd, v);
            let difference = if NEGATIVE { simd.sub(dot, dy) } else { simd.sub(dy, dot) };
            block.store(simd.mul(y, difference), dx, v);
        }
    }
}
