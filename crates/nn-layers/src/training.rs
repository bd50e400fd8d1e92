//! The two passes of training.

use std::ops::Range;
use std::sync::Mutex;

use nn_tensor::{Scalar, Shape, View, ViewMut, threads};

use crate::{InTraining, LayerError, Network, Result, Trace};

/// The multiplications that make a part of a batch worth a thread: they take some ten times as
/// long as handing them over.
const WORK_A_THREAD: usize = 1 << 18;

impl<T: Scalar> Network<T> {
    /// The forward pass of training: writes the output of every layer to `trace`, where
    /// [`Trace::output_and_gradient`] shows the last.
    ///
    /// # Errors
    /// Where the input has another number of columns, or the trace was made for another network.
    pub fn forward(&self, input: View<'_, T>, trace: &mut Trace<T>) -> Result<()> {
        trace.next_pass();
        self.forward_part(input, trace, 0)
    }

    /// The forward pass of a part of a batch that begins with row `first_row` of the whole.
    fn forward_part(
        &self,
        input: View<'_, T>,
        trace: &mut Trace<T>,
        first_row: usize,
    ) -> Result<()> {
        self.check_input("forward", &input)?;
        trace.begin_with_row(first_row);
        trace.start(&self.stages, input.rows())?;
        for (index, stage) in self.stages.iter().enumerate().skip(self.included()) {
            if stage.trains {
                self.forward_training(index, input, trace)?;
            } else {
                let (x, y) = trace.forward(index)?;
                stage.forward(&self.layers, x.unwrap_or(input), y)?;
            }
        }
        trace.end_forward();
        Ok(())
    }

    /// The forward pass of a stage whose layer does otherwise in training.
    fn forward_training(
        &self,
        index: usize,
        input: View<'_, T>,
        trace: &mut Trace<T>,
    ) -> Result<()> {
        let stage = &self.stages[index];
        let columns = self.widths()[stage.layer];
        let shape = Shape { rows: input.rows(), columns };
        let layer = self.layers[stage.layer].in_training();
        let count = layer.map_or(0, |layer| layer.remembers(shape));
        let (mut remembered, randomness) = trace.lend_remembered(index, count)?;
        let (x, y) = trace.forward(index)?;
        let (x, layers) = (x.unwrap_or(input), &self.layers);
        let result = stage.forward_training(layers, x, y, &mut remembered, randomness);
        trace.keep_remembered(index, remembered);
        result
    }

    /// Moves what the layers keep for inference, as the running mean of a
    /// [`BatchNorm`](crate::BatchNorm), towards what the last forward pass of training has seen.
    /// `Optimizer::step` of `nn-optim` does so at each step.
    ///
    /// # Errors
    /// Where the trace was made for another network.
    pub fn update_statistics(&mut self, trace: &Trace<T>) -> Result<()> {
        trace.check(&self.stages)?;
        for (index, stage) in self.stages.iter().enumerate() {
            let remembered = trace.remembered(index);
            if stage.trains
                && !remembered.is_empty()
                && let Some(layer) = self.layers[stage.layer].in_training_mut()
            {
                layer.update_statistics(remembered);
            }
        }
        Ok(())
    }

    /// The backward pass: from the gradient of the output, which the loss has written to `trace`,
    /// writes the gradients of all parameters there. `input` is that of the forward pass.
    ///
    /// # Errors
    /// Where the trace was made for another network, or holds no forward pass of as many rows since
    /// the last backward pass.
    pub fn backward(&self, input: View<'_, T>, trace: &mut Trace<T>) -> Result<()> {
        self.check_input("backward", &input)?;
        trace.check(&self.stages)?;
        trace.start_backward(input.rows())?;
        for (index, stage) in self.stages.iter().enumerate().skip(self.included()).rev() {
            stage.backward(&self.layers, trace.backward(index, input)?)?;
        }
        Ok(())
    }

    /// Both passes of a batch, and its loss: writes the gradients of all parameters to `trace`.
    ///
    /// The batch is worked in parts of [`Network::rows_at_once`] rows (as a whole, where a layer looks at
    /// all rows together), on as many threads as there are if it is worth it. `loss` is given which rows of
    /// the batch a part has and their outputs; it writes the gradient with respect to these and returns the
    /// sum of the losses of these rows. Sums and
    /// gradients of the parts are added in their order, so that the result is the same for any number
    /// of threads.
    ///
    /// # Errors
    /// Where the input has another number of columns, or the trace was made for another network, and
    /// whatever the loss refuses.
    pub fn forward_backward<E: From<LayerError> + Send>(
        &self,
        input: View<'_, T>,
        trace: &mut Trace<T>,
        loss: impl Fn(Range<usize>, View<'_, T>, ViewMut<'_, T>) -> Result<f64, E> + Sync,
    ) -> Result<f64, E> {
        let (rows, at_most) = (input.rows(), self.rows_at_once());
        let whole = |range: Range<usize>, trace: &mut Trace<T>| -> Result<f64, E> {
            let part = input.row_range(range.clone()).map_err(LayerError::from)?;
            self.forward_part(part, trace, range.start)?;
            let (output, gradient) = trace.output_and_gradient()?;
            let sum = loss(range, output, gradient)?;
            self.backward(part, trace)?;
            Ok(sum)
        };
        trace.next_pass();
        if rows <= at_most || self.couples_rows() {
            return whole(0..rows, trace);
        }
        trace.check(&self.stages)?;
        let parts = rows.div_ceil(at_most);
        let worth_threads = self.parameter_count().saturating_mul(at_most) >= WORK_A_THREAD;
        let at_once = if worth_threads { threads::count().clamp(1, parts) } else { 1 };
        let mut sum = 0.0;
        trace.zero_gradients();
        for first in (0..parts).step_by(at_once) {
            let traces = trace.parts(at_once.min(parts - first));
            let failure = Mutex::new(None);
            threads::for_each(traces, &|i, (trace, sum)| {
                let start = (first + i) * at_most;
                match whole(start..rows.min(start + at_most), trace) {
                    Ok(found) => *sum = found,
                    Err(error) => keep_first(&failure, i, error),
                }
            });
            if let Ok(Some((_, error))) = failure.into_inner() {
                return Err(error);
            }
            trace.add_parts(at_once.min(parts - first), &mut sum);
        }
        Ok(sum)
    }
}

impl<T: Scalar> Network<T> {
    /// Whether a batch must be worked as a whole in training.
    fn couples_rows(&self) -> bool {
        let couples = |layer: &dyn InTraining<T>| layer.couples_rows();
        self.layers.iter().any(|layer| layer.in_training().is_some_and(couples))
    }
}

/// Keeps the error of the first part that failed, whichever failed first.
fn keep_first<E>(failure: &Mutex<Option<(usize, E)>>, part: usize, error: E) {
    let mut kept = failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if kept.as_ref().is_none_or(|(other, _)| part < *other) {
        *kept = Some((part, error));
    }
}
