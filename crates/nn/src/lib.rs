#![doc = include_str!("../../../README.md")]

pub use {nn_data as data, nn_layers as layers, nn_optim as optim, nn_tensor as tensor, rand};

/// Everything that a program which trains a network needs, in one line.
pub mod prelude {
    pub use nn_data::{Batches, Dataset, circle, spiral};
    pub use nn_layers::initializers::{self, Initializer};
    pub use nn_layers::{
        Activation, Dense, Gelu, GeluTanh, Identity, Layer, LeakyRelu, LogSoftmax, Network, Relu,
        Sigmoid, Softmax, Tanh, Trace,
    };
    pub use nn_optim::{
        Adam, CrossEntropy, InverseTimeDecay, Loss, MeanSquaredError, Optimizer, Reduction, Rule,
        Schedule, Sgd, accuracy, value_and_gradient,
    };
    pub use nn_tensor::{Axis, Matrix, Real, Scalar, View, ViewMut};
    pub use rand::SeedableRng;
    pub use rand::rngs::ChaCha8Rng;
}
