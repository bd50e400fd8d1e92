//! What a training pass writes.

use nn_tensor::{Scalar, View, ViewMut};

use crate::columns::Columns;
use crate::{LayerError, Result};

/// What one pass through a network writes: the output of each layer and its gradient, and the
/// gradients of all parameters.
///
/// [`Network::trace`](crate::Network::trace) makes one for a network; it is then used again for
/// every pass and takes memory only when a batch has more rows than any before. The network itself
/// is not written, so each thread can have a trace of its own.
///
/// The gradients of the parameters are one slice, in the order in which
/// [`Network::visit`](crate::Network::visit) shows them, each matrix column by column. A backward
/// pass adds to it, so that the parts of a batch make up its gradient.
#[derive(Debug, Clone)]
pub struct Trace<T = f32> {
    /// The width of the input, then of each layer's output.
    widths: Vec<usize>,
    /// The rows of the last forward pass.
    rows: usize,
    /// The output of each layer.
    outputs: Vec<Columns<T>>,
    /// The gradient of each layer's output.
    d_outputs: Vec<Columns<T>>,
    gradients: Vec<T>,
}

impl<T: Scalar> Trace<T> {
    pub(crate) fn new(widths: Vec<usize>, parameters: usize) -> Self {
        let layers = widths.len() - 1;
        Self {
            widths,
            rows: 0,
            outputs: vec![Columns::default(); layers],
            d_outputs: vec![Columns::default(); layers],
            gradients: vec![T::ZERO; parameters],
        }
    }

    /// How many rows the last forward pass had; 0 before the first.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The gradients of all parameters, as added up since they were last zeroed.
    #[must_use]
    pub fn gradients(&self) -> &[T] {
        &self.gradients
    }

    /// The gradients of all parameters, to be clipped or added to.
    #[must_use]
    pub fn gradients_mut(&mut self) -> &mut [T] {
        &mut self.gradients
    }

    /// Sets the gradients of all parameters to 0, as before a new batch.
    pub fn zero_gradients(&mut self) {
        self.gradients.fill(T::ZERO);
    }

    /// The output of the last forward pass, `n × outputs`, and its gradient, which the loss writes
    /// before the backward pass.
    ///
    /// # Errors
    /// Never, but for a fault of this crate.
    pub fn output_and_gradient(&mut self) -> Result<(View<'_, T>, ViewMut<'_, T>)> {
        let last = self.outputs.len() - 1;
        let width = self.widths[last + 1];
        let output = self.outputs[last].view(self.rows, width)?;
        let gradient = self.d_outputs[last].view_mut(self.rows, width)?;
        Ok((output, gradient))
    }

    /// Refuses a network of other widths or another number of parameters.
    pub(crate) fn check(&self, widths: &[usize], parameters: usize) -> Result<()> {
        if self.widths == widths && self.gradients.len() == parameters {
            Ok(())
        } else {
            Err(LayerError::ForeignTrace {
                expected: self.widths.clone(),
                expected_parameters: self.gradients.len(),
                found: widths.to_vec(),
                found_parameters: parameters,
            })
        }
    }

    /// Makes every output and its gradient `rows` long. What was there stays in memory, so that a
    /// batch of as many rows as any before takes none.
    ///
    /// Until the forward pass is through, there is none that a backward pass could follow.
    pub(crate) fn resize(&mut self, rows: usize) -> Result<()> {
        self.rows = 0;
        let widths = &self.widths[1..];
        for ((output, gradient), width) in
            self.outputs.iter_mut().zip(&mut self.d_outputs).zip(widths)
        {
            output.resize(rows, *width)?;
            gradient.resize(rows, *width)?;
        }
        self.rows = rows;
        Ok(())
    }

    /// The output of the layer before `layer` (`None` before the first, where it is the network's
    /// input) and that of `layer`, to be written.
    pub(crate) fn forward(
        &mut self,
        layer: usize,
    ) -> Result<(Option<View<'_, T>>, ViewMut<'_, T>)> {
        let (before, from) = self.outputs.split_at_mut(layer);
        let input = before.last().map(|x| x.view(self.rows, self.widths[layer]));
        let output = from[0].view_mut(self.rows, self.widths[layer + 1]);
        Ok((input.transpose()?, output?))
    }

    /// What the backward pass of `layer` reads and writes: its input and the gradient of that (both
    /// `None` for the first layer), its output and the gradient of that, and the gradients of all
    /// parameters.
    pub(crate) fn backward(&mut self, layer: usize) -> Result<BackwardParts<'_, T>> {
        let (before, from) = self.d_outputs.split_at_mut(layer);
        let width = self.widths[layer + 1];
        let input = match layer.checked_sub(1) {
            None => None,
            Some(previous) => {
                let width = self.widths[layer];
                let input = self.outputs[previous].view(self.rows, width)?;
                Some((input, before[previous].view_mut(self.rows, width)?))
            }
        };
        Ok(BackwardParts {
            input,
            output: self.outputs[layer].view(self.rows, width)?,
            d_output: from[0].view(self.rows, width)?,
            gradients: &mut self.gradients,
        })
    }
}

/// See [`Trace::backward`].
pub(crate) struct BackwardParts<'a, T> {
    pub(crate) input: Option<(View<'a, T>, ViewMut<'a, T>)>,
    pub(crate) output: View<'a, T>,
    pub(crate) d_output: View<'a, T>,
    pub(crate) gradients: &'a mut [T],
}
