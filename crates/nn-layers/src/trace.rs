//! What a training pass writes.

use std::sync::Arc;

use nn_tensor::{Scalar, Shape, ShapeError, View, ViewMut};

use crate::columns::Columns;
use crate::stage::{Stage, StagePass};
use crate::{LayerError, Randomness, Result};

/// What one pass through a network writes: the output of each layer and its gradient, and the
/// gradients of all parameters.
///
/// [`Network::trace`](crate::Network::trace) makes one for a network; it is then used again for
/// every pass and takes memory only when a batch has more rows than any before. The network itself
/// is not written, so each thread can have a trace of its own.
///
/// The gradients of the parameters are one slice, in the order in which
/// [`Network::visit`](crate::Network::visit) shows them, each matrix column by column.
#[derive(Debug, Clone)]
pub struct Trace<T = f32> {
    stages: Arc<[Stage]>,
    /// The rows of the last forward pass.
    rows: usize,
    /// Whether a backward pass may follow: once, as it writes over what the loss has written.
    forwarded: bool,
    /// The output of each stage.
    outputs: Vec<Columns<T>>,
    /// The gradient of each stage's output.
    d_outputs: Vec<Columns<T>>,
    gradients: Vec<T>,
    /// Whether `remembered` is of a forward pass that is through.
    remembers: bool,
    /// What the forward pass of each stage left for its backward pass.
    remembered: Vec<Vec<T>>,
    randomness: Randomness,
    /// For the parts of a batch that are worked at the same time: a trace and the sum of the losses
    /// of each.
    parts: Vec<(Self, f64)>,
}

impl<T: Scalar> Trace<T> {
    pub(crate) fn new(stages: Arc<[Stage]>) -> Self {
        let parameters = stages.last().map_or(0, |stage| stage.parameters.end);
        Self {
            rows: 0,
            forwarded: false,
            remembers: false,
            outputs: vec![Columns::default(); stages.len()],
            d_outputs: vec![Columns::default(); stages.len()],
            gradients: vec![T::ZERO; parameters],
            remembered: vec![Vec::new(); stages.len()],
            randomness: Randomness::default(),
            parts: Vec::new(),
            stages,
        }
    }

    /// How many rows the last forward pass had; 0 before the first.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Sets the seed of what layers draw at random in training, as [`Dropout`](crate::Dropout) does; 0
    /// before. The same passes after the same seed draw the same, on any number of threads.
    pub const fn set_seed(&mut self, seed: u64) {
        self.randomness = Randomness { seed, pass: 0, layer: 0, first_row: 0 };
    }

    /// The gradients of all parameters, as the last backward pass wrote them.
    #[must_use]
    pub fn gradients(&self) -> &[T] {
        &self.gradients
    }

    /// The gradients of all parameters, to be clipped or added to.
    #[must_use]
    pub fn gradients_mut(&mut self) -> &mut [T] {
        &mut self.gradients
    }

    /// The output of the last forward pass, `n × outputs`, and its gradient, which the loss writes
    /// before the backward pass.
    ///
    /// # Errors
    /// Never, but for a fault of this crate.
    pub fn output_and_gradient(&mut self) -> Result<(View<'_, T>, ViewMut<'_, T>)> {
        let last = self.stages.len() - 1;
        let width = self.stages[last].width;
        let output = self.outputs[last].view(self.rows, width)?;
        let gradient = self.d_outputs[last].view_mut(self.rows, width)?;
        Ok((output, gradient))
    }

    /// Refuses a network of other layers.
    pub(crate) fn check(&self, stages: &Arc<[Stage]>) -> Result<()> {
        if Arc::ptr_eq(&self.stages, stages) || self.stages == *stages {
            return Ok(());
        }
        let widths = |stages: &[Stage]| stages.iter().map(|stage| stage.width).collect();
        let parameters = |stages: &[Stage]| stages.last().map_or(0, |stage| stage.parameters.end);
        Err(LayerError::ForeignTrace {
            expected: widths(&self.stages),
            expected_parameters: parameters(&self.stages),
            found: widths(stages),
            found_parameters: parameters(stages),
        })
    }

    /// Makes every output and its gradient `rows` long. What was there stays in memory, so that a
    /// batch of as many rows as any before takes none.
    pub(crate) fn start(&mut self, stages: &Arc<[Stage]>, rows: usize) -> Result<()> {
        self.check(stages)?;
        (self.rows, self.forwarded, self.remembers) = (0, false, false);
        let matrices = self.outputs.iter_mut().zip(&mut self.d_outputs);
        for ((output, gradient), stage) in matrices.zip(self.stages.iter()) {
            output.resize(rows, stage.width)?;
            gradient.resize(rows, stage.width)?;
        }
        self.rows = rows;
        Ok(())
    }

    /// A forward pass of a whole batch begins: the layers draw anew.
    pub(crate) const fn next_pass(&mut self) {
        self.randomness.pass += 1;
    }

    /// Lends room for what a stage remembers of its pass, to be given back by
    /// [`Trace::keep_remembered`], and says where its random numbers come from.
    pub(crate) fn lend_remembered(
        &mut self,
        stage: usize,
        count: usize,
    ) -> Result<(Vec<T>, Randomness)> {
        let mut remembered = std::mem::take(&mut self.remembered[stage]);
        let more = count.saturating_sub(remembered.len());
        if remembered.try_reserve_exact(more).is_err() {
            let shape = Shape { rows: count, columns: 1 };
            return Err(ShapeError::TooLarge { shape }.into());
        }
        remembered.resize(count, T::ZERO);
        let layer = self.stages[stage].layer as u64;
        Ok((remembered, Randomness { layer, ..self.randomness }))
    }

    pub(crate) fn keep_remembered(&mut self, stage: usize, remembered: Vec<T>) {
        self.remembered[stage] = remembered;
    }

    /// What a stage remembers of the last forward pass; nothing where there was none.
    pub(crate) fn remembered(&self, stage: usize) -> &[T] {
        if self.remembers { &self.remembered[stage] } else { &[] }
    }

    /// The forward pass is through.
    pub(crate) const fn end_forward(&mut self) {
        (self.forwarded, self.remembers) = (true, true);
    }

    /// Refuses a backward pass of other rows than the forward pass had, or a second one.
    pub(crate) fn start_backward(&mut self, rows: usize) -> Result<()> {
        let expected = if self.forwarded { self.rows } else { 0 };
        if !self.forwarded || rows != expected {
            return Err(LayerError::NoForwardPass { expected, found: rows });
        }
        self.forwarded = false;
        Ok(())
    }

    /// A trace and the sum of its losses for each of `count` parts of a batch.
    pub(crate) fn parts(&mut self, count: usize) -> &mut [(Self, f64)] {
        (self.rows, self.forwarded, self.remembers) = (0, false, false);
        while self.parts.len() < count {
            self.parts.push((Self::new(Arc::clone(&self.stages)), 0.0));
        }
        for (part, _) in &mut self.parts[..count] {
            part.randomness = self.randomness;
        }
        &mut self.parts[..count]
    }

    /// The pass to come is of the rows of the batch from this one on.
    pub(crate) const fn begin_with_row(&mut self, row: usize) {
        self.randomness.first_row = row as u64;
    }

    /// Adds the losses and the gradients of the first `count` parts to those before, in their order.
    pub(crate) fn add_parts(&mut self, count: usize, losses: &mut f64) {
        for (part, loss) in &self.parts[..count] {
            *losses += loss;
            for (sum, &g) in self.gradients.iter_mut().zip(&part.gradients) {
                *sum += g;
            }
        }
    }

    /// Sets the gradients to 0, for those of the parts to be added.
    pub(crate) fn zero_gradients(&mut self) {
        self.gradients.fill(T::ZERO);
    }

    /// The output of the stage before `stage` (`None` where that is the network's input) and that of
    /// `stage`, to be written.
    pub(crate) fn forward(
        &mut self,
        stage: usize,
    ) -> Result<(Option<View<'_, T>>, ViewMut<'_, T>)> {
        let (before, from) = self.outputs.split_at_mut(stage);
        let input = match before.last() {
            Some(_) if self.stages[stage].includes_first => None,
            Some(x) => Some(x.view(self.rows, self.stages[stage - 1].width)?),
            None => None,
        };
        Ok((input, from[0].view_mut(self.rows, self.stages[stage].width)?))
    }

    /// What the backward pass of `stage` reads and writes. `input` is the network's, whose gradient
    /// nobody asks for. The parameters are those of all stages that `stage` includes.
    pub(crate) fn backward<'a>(
        &'a mut self,
        stage: usize,
        input: View<'a, T>,
    ) -> Result<StagePass<'a, T>> {
        let (before, from) = self.d_outputs.split_at_mut(stage);
        let Stage { width, includes_first, ref parameters, .. } = self.stages[stage];
        let first = if includes_first { 0 } else { parameters.start };
        let (input, d_input) = match before.last_mut() {
            Some(_) if includes_first => (input, None),
            Some(d_input) => {
                let width = self.stages[stage - 1].width;
                let input = self.outputs[stage - 1].view(self.rows, width)?;
                (input, Some(d_input.view_mut(self.rows, width)?))
            }
            None => (input, None),
        };
        Ok(StagePass {
            input,
            output: self.outputs[stage].view(self.rows, width)?,
            d_output: from[0].view_mut(self.rows, width)?,
            d_input,
            d_parameters: &mut self.gradients[first..parameters.end],
            remembered: &self.remembered[stage],
        })
    }
}
