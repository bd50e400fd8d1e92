//! Layers of dense neural networks, each usable alone or in a [`Network`].
//!
//! A [`Layer`] owns its parameters and nothing else. Whatever a pass writes belongs to the caller:
//! one layer returns fresh matrices, a network in training writes to a [`Trace`] that is made once
//! and used again. So inference takes `&self`, a network is shared between threads without a lock,
//! and a training step takes no memory after the first. The price is that the caller carries the trace
//! along.
//!
//! ```
//! use nn_layers::{Dense, Layer, Relu, Softmax};
//! use nn_tensor::Matrix;
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let dense = Dense::<f64>::new(2, 3, &mut rng)?;
//! println!("{:.4}\n{:.4}", dense.weights, dense.biases);
//!
//! let x = Matrix::zeros(300, 2);
//! let probabilities = Softmax.forward(&Relu.forward(&dense.forward(&x)?)?)?;
//! assert_eq!((probabilities.rows(), probabilities.columns()), (300, 3));
//!
//! // What does not fit is an error that says the numbers.
//! let error = dense.forward(&Matrix::zeros(300, 4)).unwrap_err();
//! assert_eq!(error.to_string(), "Dense: expected an input of n × 2, found n × 4");
//! # Ok::<(), nn_layers::LayerError>(())
//! ```
//!
//! Gradients are exact derivatives, written out by hand a few lines below each forward pass, and
//! are checked against finite differences. `d` before a name is the gradient of the loss with
//! respect to it: `d_output` is `∂L/∂Y`.

mod activation;
pub mod activations;
mod all;
mod alpha_dropout;
mod batch_norm;
mod builder;
mod columns;
mod dense;
mod dropout;
mod error;
mod glu;
mod in_place;
mod in_training;
pub mod initializers;
mod layer;
mod layer_norm;
mod log_softmax;
mod logistic;
mod network;
mod norm;
mod predict;
mod prelu;
mod random_factors;
mod rectify;
mod row_function;
mod rrelu;
mod softmax;
mod softmin;
mod stage;
mod state;
mod summary;
mod trace;
mod training;

pub use activation::Activation;
pub use activations::prelude::*;
pub use all::{NamedLayer, all};
pub use alpha_dropout::AlphaDropout;
pub use batch_norm::BatchNorm;
pub use builder::NetworkBuilder;
pub use dense::Dense;
pub use dropout::Dropout;
pub use error::{LayerError, Result};
pub use glu::Glu;
pub use in_place::InPlace;
pub use in_training::{InTraining, Randomness};
pub use layer::{Backward, Gradients, Layer};
pub use layer_norm::LayerNorm;
pub use log_softmax::LogSoftmax;
pub use network::{Network, ParameterName};
pub use norm::Affine;
pub use predict::Scratch;
pub use prelu::PRelu;
pub use rectify::Rectify;
pub use rrelu::RRelu;
pub use softmax::Softmax;
pub use softmin::Softmin;
pub use state::State;
pub use trace::Trace;
