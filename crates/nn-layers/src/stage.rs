//! The layers of a network as its passes see them.

use std::ops::Range;

use nn_tensor::product::OneHidden;
use nn_tensor::{Scalar, View, ViewMut};

use crate::{Backward, InPlace, Layer, Randomness, Result};

/// A layer that writes a matrix of its own, and perhaps one after it that works in place there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The place in the network of the layer that writes.
    pub(crate) layer: usize,
    /// Whether that layer does in training what it does not in inference.
    pub(crate) trains: bool,
    /// Whether the next layer works in place.
    in_place: bool,
    /// Whether that is a ReLU which this layer does on its way.
    rectifies: bool,
    /// Whether the input is the output of a ReLU, whose slope this layer does on its way back.
    does_slope_before: bool,
    /// Whether the next stage does the slope of the layer in place.
    slope_is_done: bool,
    /// Whether this is the second stage, and passes of batches work the first with it, from the input
    /// of the network on: see [`OneHidden`].
    pub(crate) includes_first: bool,
    /// The columns of the matrix.
    pub(crate) width: usize,
    /// Which of the network's parameters are the layer's.
    pub(crate) parameters: Range<usize>,
}

impl Stage {
    /// The stages of a network, from the widths of its input and of each layer's output.
    pub(crate) fn all<T: Scalar>(layers: &[Box<dyn Layer<T>>], widths: &[usize]) -> Vec<Self> {
        let mut stages: Vec<Self> = Vec::new();
        let mut parameters = 0;
        let is_relu = |index: usize| layers[index].in_place().is_some_and(InPlace::rectifies);
        for (index, layer) in layers.iter().enumerate() {
            let start = parameters;
            parameters += layer.parameter_count();
            let width = widths[index + 1];
            let trains = layer.in_training().is_some();
            let fits = layer.in_place().is_some()
                && !trains
                && start == parameters
                && width == widths[index];
            match stages.last_mut() {
                Some(last) if fits && !last.in_place && !layers[last.layer].needs_output() => {
                    last.in_place = true;
                    last.rectifies = is_relu(index) && layers[last.layer].rectify().is_some();
                }
                last => {
                    let does_slope_before = !trains
                        && layer.rectify().is_some()
                        && last.as_ref().is_some_and(|last| last.in_place && is_relu(index - 1));
                    if let Some(last) = last {
                        last.slope_is_done = does_slope_before;
                    }
                    stages.push(Self {
                        layer: index,
                        trains,
                        in_place: false,
                        rectifies: false,
                        does_slope_before,
                        slope_is_done: false,
                        includes_first: false,
                        width,
                        parameters: start..parameters,
                    });
                }
            }
        }
        if let [first, second, ..] = &mut stages[..] {
            let fits = || one_hidden(layers, first.layer, second.layer).is_some();
            second.includes_first = first.rectifies && !first.trains && !second.trains && fits();
        }
        stages
    }

    fn in_place<'a, T: Scalar>(
        &self,
        layers: &'a [Box<dyn Layer<T>>],
    ) -> Option<&'a dyn InPlace<T>> {
        if self.in_place { layers.get(self.layer + 1)?.in_place() } else { None }
    }

    /// The layers of this stage and of the first as one, where this includes that.
    fn with_first<'a, T: Scalar>(
        &self,
        layers: &'a [Box<dyn Layer<T>>],
    ) -> Option<OneHidden<'a, T>> {
        if self.includes_first { one_hidden(layers, 0, self.layer) } else { None }
    }

    /// `Y` from `X`.
    pub(crate) fn forward<T: Scalar>(
        &self,
        layers: &[Box<dyn Layer<T>>],
        x: View<'_, T>,
        mut y: ViewMut<'_, T>,
    ) -> Result<()> {
        let layer = &layers[self.layer];
        if let Some(both) = self.with_first(layers) {
            both.forward(x, y.reborrow())?;
        } else if self.rectifies
            && let Some(layer) = layer.rectify()
        {
            return layer.forward_rectified(x, y);
        } else {
            layer.forward_into(x, y.reborrow())?;
        }
        match self.in_place(layers) {
            Some(layer) => layer.forward_in_place(y),
            None => Ok(()),
        }
    }

    /// The same for a single row.
    #[inline]
    pub(crate) fn forward_row<T: Scalar>(
        &self,
        layers: &[Box<dyn Layer<T>>],
        x: &[T],
        y: &mut [T],
    ) -> Result<()> {
        let layer = &layers[self.layer];
        if self.rectifies {
            return layer.forward_row_rectified(x, y);
        }
        layer.forward_row(x, y)?;
        match self.in_place(layers) {
            Some(layer) => layer.forward_in_place(ViewMut::from_row(y)),
            None => Ok(()),
        }
    }

    /// The same in training, of a stage whose layer does otherwise there.
    pub(crate) fn forward_training<T: Scalar>(
        &self,
        layers: &[Box<dyn Layer<T>>],
        x: View<'_, T>,
        mut y: ViewMut<'_, T>,
        remembered: &mut [T],
        randomness: Randomness,
    ) -> Result<()> {
        if let Some(layer) = layers[self.layer].in_training() {
            layer.forward_training(x, y.reborrow(), remembered, randomness)?;
        }
        match self.in_place(layers) {
            Some(layer) => layer.forward_in_place(y),
            None => Ok(()),
        }
    }

    /// `∂X` and the gradients of the parameters from `∂Y`, which is written over.
    pub(crate) fn backward<T: Scalar>(
        &self,
        layers: &[Box<dyn Layer<T>>],
        pass: StagePass<'_, T>,
    ) -> Result<()> {
        let StagePass { input, output, mut d_output, d_input, d_parameters, remembered } = pass;
        if !self.slope_is_done
            && let Some(layer) = self.in_place(layers)
        {
            layer.backward_in_place(output, d_output.reborrow())?;
        }
        let d_output = d_output.as_view();
        if let Some(both) = self.with_first(layers) {
            return Ok(both.backward(input, d_output, d_parameters)?);
        }
        let pass = Backward { input, output, d_output, d_input, d_parameters };
        if self.trains
            && let Some(layer) = layers[self.layer].in_training()
        {
            return layer.backward_training(pass, remembered);
        }
        match layers[self.layer].rectify() {
            Some(layer) if self.does_slope_before => layer.backward_rectified(pass),
            _ => layers[self.layer].backward_into(pass),
        }
    }
}

/// Two layers with a ReLU between as one, where they can be worked so.
fn one_hidden<T: Scalar>(
    layers: &[Box<dyn Layer<T>>],
    hidden: usize,
    output: usize,
) -> Option<OneHidden<'_, T>> {
    let affine = |layer: usize| layers.get(layer)?.rectify()?.affine();
    OneHidden::new(affine(hidden)?, affine(output)?)
}

/// A [`Backward`] whose `d_output` may be written over.
pub(crate) struct StagePass<'a, T> {
    pub(crate) input: View<'a, T>,
    pub(crate) output: View<'a, T>,
    pub(crate) d_output: ViewMut<'a, T>,
    pub(crate) d_input: Option<ViewMut<'a, T>>,
    pub(crate) d_parameters: &'a mut [T],
    pub(crate) remembered: &'a [T],
}
