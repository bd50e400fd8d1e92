//! Softmax of negated rows.

use nn_tensor::row_blocks::RowBlock;
use nn_tensor::simd::Simd;
use nn_tensor::softmax::probabilities;
use nn_tensor::{Scalar, View, ViewMut};

use crate::row_function::{RowFunction, row_function_layer};
use crate::softmax::gradient;

/// Turns each row into probabilities, the larger the smaller the value, `yⱼ = exp(-xⱼ) / Σₖ exp(-xₖ)`
/// (`torch.nn.Softmin(dim=1)`).
///
/// What [`Softmax`](crate::Softmax) says holds for the negative of the row.
///
/// ```
/// use nn_layers::{Layer, Softmin};
/// use nn_tensor::Matrix;
///
/// let y = Softmin.forward(&Matrix::from([[1.0, 2.0, 3.0]]))?;
/// assert_eq!(format!("{y:.6}"), "[[0.665241 0.244728 0.090031]]");
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Softmin;

impl RowFunction for Softmin {
    const NAME: &'static str = "Softmin";

    // yⱼ = exp(-xⱼ) / Σₖ exp(-xₖ)
    #[inline(always)]
    fn value<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        x: View<'_, T>,
        y: ViewMut<'_, T>,
    ) {
        probabilities::<T, S, N, WHOLE, true>(block, x, y);
    }

    #[inline(always)]
    fn gradient<T: Scalar, S: Simd<T>, const N: usize, const WHOLE: bool>(
        self,
        block: RowBlock<S, N, WHOLE>,
        y: View<'_, T>,
        dy: View<'_, T>,
        dx: ViewMut<'_, T>,
    ) {
        gradient::<T, S, N, WHOLE, true>(block, y, dy, dx);
    }
}

row_function_layer!(Softmin);
