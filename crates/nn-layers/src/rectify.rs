//! Layers that do the rectified linear unit beside them on their way.

use nn_tensor::product::Affine;
use nn_tensor::{Scalar, View, ViewMut};

use crate::{Backward, Result};

/// A layer that can take in the ReLU after it, and the slope of the one before it: what it writes is in
/// registers anyway, so a network spares two passes through memory.
///
/// [`Layer::rectify`](crate::Layer::rectify) says that a layer is one.
pub trait Rectify<T: Scalar> {
    /// Writes `max(Y, 0)` in the place of the output `Y`.
    ///
    /// # Errors
    /// As [`Layer::forward_into`](crate::Layer::forward_into).
    fn forward_rectified(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()>;

    /// The backward pass of a layer whose input `X` is the output of a ReLU: in the place of `∂X`
    /// writes the gradient of what went into that, `∂X` where `X` is positive, and 0 elsewhere.
    ///
    /// # Errors
    /// As [`Layer::backward_into`](crate::Layer::backward_into).
    fn backward_rectified(&self, pass: Backward<'_, T>) -> Result<()>;

    /// The weights and biases of the layer where it is `Y = X·W + b`, and they are all its parameters,
    /// in this order. A network then works it with its neighbours in one, if they are narrow.
    fn affine(&self) -> Option<Affine<'_, T>> {
        None
    }
}
