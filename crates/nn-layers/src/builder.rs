//! How a network is put together.

use std::fmt;

use nn_tensor::Scalar;
use rand::Rng;

use crate::initializers::{FanInUniform, Initializer};
use crate::network::width_after;
use crate::{Dense, Layer, Network, Result};

/// A network in the making: the layers are named from input to output, and made by
/// [`build`](NetworkBuilder::build), which finds the widths and draws the weights.
#[derive(Debug)]
pub struct NetworkBuilder<T = f32> {
    pub(crate) inputs: usize,
    pub(crate) plan: Vec<Plan<T>>,
}

/// Makes a layer for an input of that width.
type Make<T> = Box<dyn FnOnce(usize) -> Result<Box<dyn Layer<T>>>>;

/// A layer to be made once the width of its input is known, or one that is there.
pub(crate) enum Plan<T> {
    Dense { outputs: usize, weights: Box<dyn Initializer>, biases: Box<dyn Initializer> },
    ForWidth(Make<T>),
    Layer(Box<dyn Layer<T>>),
}

impl<T> fmt::Debug for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dense { outputs, weights, biases } => {
                write!(
                    f,
                    "Dense {{ outputs: {outputs}, weights: {weights:?}, biases: {biases:?} }}"
                )
            }
            Self::ForWidth(_) => write!(f, "a layer for the width before it"),
            Self::Layer(layer) => write!(f, "{layer:?}"),
        }
    }
}

impl<T: Scalar> NetworkBuilder<T> {
    /// Adds a [`Dense`] layer of so many outputs that starts as PyTorch's does.
    #[must_use]
    pub fn dense(self, outputs: usize) -> Self {
        self.dense_with(outputs, FanInUniform, FanInUniform)
    }

    /// Adds a [`Dense`] layer of so many outputs that starts as told.
    #[must_use]
    pub fn dense_with(
        mut self,
        outputs: usize,
        weights: impl Initializer + 'static,
        biases: impl Initializer + 'static,
    ) -> Self {
        let (weights, biases) = (Box::new(weights), Box::new(biases));
        self.plan.push(Plan::Dense { outputs, weights, biases });
        self
    }

    /// Adds any other layer, or a [`Dense`] that is there already.
    #[must_use]
    pub fn layer(mut self, layer: impl Layer<T> + 'static) -> Self {
        self.plan.push(Plan::Layer(Box::new(layer)));
        self
    }

    /// Adds a layer that needs to know the width of its input, as
    /// [`BatchNorm::new`](crate::BatchNorm::new) does.
    #[must_use]
    pub fn layer_for_width<L: Layer<T> + 'static>(
        mut self,
        make: impl FnOnce(usize) -> Result<L> + 'static,
    ) -> Self {
        self.plan.push(Plan::ForWidth(Box::new(|width| Ok(Box::new(make(width)?)))));
        self
    }

    /// Makes the layers, drawing their weights in order.
    ///
    /// # Errors
    /// [`ZeroWidth`](crate::LayerError::ZeroWidth) where a layer is to have no inputs or no outputs,
    /// [`Misfit`](crate::LayerError::Misfit) where one does not take what the one before it gives,
    /// [`NoLayers`](crate::LayerError::NoLayers) where none was added, and whatever an initialiser
    /// refuses.
    pub fn build<R: Rng + ?Sized>(self, rng: &mut R) -> Result<Network<T>> {
        let mut layers: Vec<Box<dyn Layer<T>>> = Vec::new();
        let mut width = self.inputs;
        for (index, plan) in self.plan.into_iter().enumerate() {
            let layer = match plan {
                Plan::Layer(layer) => layer,
                Plan::ForWidth(make) => make(width)?,
                Plan::Dense { outputs, weights, biases } => Box::new(Dense::with_initializers(
                    width,
                    outputs,
                    weights.as_ref(),
                    biases.as_ref(),
                    rng,
                )?),
            };
            width = width_after(index, layer.as_ref(), width)?;
            layers.push(layer);
        }
        Network::from_layers(self.inputs, layers)
    }
}
