//! Every layer there is, for whoever wants to try them all.

use nn_tensor::Scalar;
use rand::Rng;

use crate::{
    AlphaDropout, BatchNorm, Dense, Dropout, Glu, Layer, LayerNorm, LogSoftmax, PRelu, RRelu,
    Result, Softmax, Softmin, activations,
};

/// A layer and its name.
pub type NamedLayer<T> = (&'static str, Box<dyn Layer<T>>);

/// Every layer for an input of `inputs` columns, with its name: a new layer is tested with all
/// others once it is named here, a new activation once it is named among the
/// [`activations`](activations::all).
///
/// # Errors
/// [`LayerError::ZeroWidth`](crate::LayerError::ZeroWidth) where there are to be no inputs.
pub fn all<T: Scalar, R: Rng + ?Sized>(inputs: usize, rng: &mut R) -> Result<Vec<NamedLayer<T>>> {
    let mut layers = activations::all();
    layers.push(("AlphaDropout", Box::new(AlphaDropout::default())));
    layers.push(("BatchNorm", Box::new(BatchNorm::new(inputs)?)));
    layers.push(("Dropout", Box::new(Dropout::default())));
    layers.push(("Dense", Box::new(Dense::new(inputs, inputs + 1, rng)?)));
    if inputs.is_multiple_of(2) {
        layers.push(("Glu", Box::new(Glu)));
    }
    layers.push(("LayerNorm", Box::new(LayerNorm::new(inputs)?)));
    layers.push(("LogSoftmax", Box::new(LogSoftmax)));
    layers.push(("PRelu", Box::new(PRelu::new(inputs)?)));
    layers.push(("RRelu", Box::new(RRelu::default())));
    layers.push(("Softmax", Box::new(Softmax)));
    layers.push(("Softmin", Box::new(Softmin)));
    Ok(layers)
}
