//! Layers that do in training what they do not in inference.

use nn_tensor::{Scalar, Shape, View, ViewMut};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::{Backward, Result};

/// What a layer does in training, where that is not what it does in inference: it draws at random
/// ([`Dropout`](crate::Dropout)), or looks at all rows of a batch together
/// ([`BatchNorm`](crate::BatchNorm)).
///
/// [`Layer::in_training`](crate::Layer::in_training) says that a layer is one. The passes of
/// [`Layer`](crate::Layer) are then those of inference.
pub trait InTraining<T: Scalar> {
    /// How many numbers the forward pass of such an input leaves for the backward pass.
    fn remembers(&self, input: Shape) -> usize;

    /// Whether the output of a row depends on the other rows, so that a batch must be worked as a whole.
    fn couples_rows(&self) -> bool {
        false
    }

    /// Writes the output, `n × outputs`, and what the backward pass is to remember.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    fn forward_training(
        &self,
        input: View<'_, T>,
        output: ViewMut<'_, T>,
        remembered: &mut [T],
        randomness: Randomness,
    ) -> Result<()>;

    /// Writes the gradients of the input and of the parameters.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    fn backward_training(&self, pass: Backward<'_, T>, remembered: &[T]) -> Result<()>;

    /// Moves what the layer keeps for inference towards what a forward pass has remembered. Of a large batch
    /// that is known as a whole where [`InTraining::couples_rows`], and not else: a layer with statistics is
    /// to say so.
    fn update_statistics(&mut self, _remembered: &[T]) {}
}

/// Where a layer's random numbers come from: a stream of their own for each seed, pass, layer and first
/// row of a part of the batch, so that they are the same however many threads there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Randomness {
    /// What [`Trace::set_seed`](crate::Trace::set_seed) says.
    pub seed: u64,
    /// How many forward passes there were since.
    pub pass: u64,
    /// The place of the layer in its network.
    pub layer: u64,
    /// The row of the batch that the part begins with.
    pub first_row: u64,
}

impl Randomness {
    /// The generator of that stream.
    #[must_use]
    pub fn rng(self) -> ChaCha8Rng {
        let mut key = [0; 32];
        let numbers = [self.seed, self.pass, self.layer, self.first_row];
        for (bytes, number) in key.chunks_exact_mut(8).zip(numbers) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}
