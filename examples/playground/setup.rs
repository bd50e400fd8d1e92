//! What is trained on what.

use nn::data::sets::{self, Maker};
use nn::layers::activations;
use nn::prelude::*;

/// Everything that a training starts from.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// A place among [`data_sets`].
    pub(crate) data_set: usize,
    /// A place among the [names of the activations](activation_names).
    pub(crate) activation: usize,
    /// The widths of the hidden layers; without any, the network is linear.
    pub(crate) hidden: Vec<usize>,
    pub(crate) samples: usize,
    pub(crate) seed: u64,
    pub(crate) learning_rate: f64,
    /// The rows of a batch; 0 is the whole data set.
    pub(crate) batch: usize,
}

impl Setup {
    pub(crate) fn data_set_name(&self) -> &'static str {
        data_sets()[self.data_set].0
    }

    pub(crate) fn activation_name(&self) -> &'static str {
        activation_names()[self.activation]
    }

    /// Draws the points, standardised: the network, and the picture, have them around zero.
    pub(crate) fn data(&self, rng: &mut ChaCha8Rng) -> nn::Result<Dataset> {
        let data = data_sets()[self.data_set].1(self.samples, rng)?;
        let inputs = Standardizer::fit(data.inputs())?.transform(data.inputs())?;
        Ok(data.with_inputs(inputs)?)
    }

    pub(crate) fn network(&self, classes: usize, rng: &mut ChaCha8Rng) -> nn::Result<Network> {
        let mut builder = Network::builder(2);
        for &width in &self.hidden {
            let (_, activation) = activations::all().swap_remove(self.activation);
            builder = builder.dense(width).layer(activation);
        }
        Ok(builder.dense(classes).build(rng)?)
    }
}

/// The data sets whose points lie in a plane.
pub(crate) fn data_sets() -> Vec<(&'static str, Maker<Dataset, ChaCha8Rng>)> {
    let mut sets = sets::classification();
    sets.retain(|(_, make)| {
        let data = make(1, &mut ChaCha8Rng::seed_from_u64(0));
        data.is_ok_and(|data: Dataset| data.inputs().columns() == 2)
    });
    sets
}

pub(crate) fn activation_names() -> Vec<&'static str> {
    activations::all::<f32>().into_iter().map(|(name, _)| name).collect()
}
