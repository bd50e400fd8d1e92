//! Small dense neural networks in pure Rust, with the meaning that PyTorch gives to every name.
//!
//! This crate is a facade: it re-exports [`tensor`], [`layers`], [`optim`], [`data`] and [`train`], which stand
//! alone as crates of their own, and [`rand`], through which randomness comes in. The [`prelude`] has
//! everything that a program which trains a network needs.
//!
//! With the feature `rayon`, large products, batches and steps share the threads of rayon's current pool,
//! and give the same bits for any number of them. It is off by default: small networks are quickest on
//! one thread, and compile without it.
//!
//! With the feature `progress`, a training shows a bar in the terminal
//! (`train::Trainer::progress_bar`).
//!
//! With the feature `csv`, tables are read from CSV (`data::Csv`), and those of irises, wines and
//! digits are there (`data::tables`).
//!
//! With the feature `plot`, `nn::plot` draws what a network has learnt, as SVG and PNG: decision
//! boundaries, learning curves, confusion matrices, activations and histograms of weights.
//!
//! ```
//! use nn::prelude::*;
//!
//! fn main() -> nn::Result<()> {
//!     let mut rng = ChaCha8Rng::seed_from_u64(0);
//!     let data: Dataset = circle(1000, &mut rng)?;
//!     let mut network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
//!     let rule = Adam { learning_rate: 0.01, ..Adam::default() };
//!     let mut optimizer = Optimizer::new(rule, &network)?;
//!     let (loss, mut trace) = (CrossEntropy::default(), network.trace());
//!     for _epoch in 0..100 {
//!         value_and_gradient(&network, &loss, data.inputs(), data.labels(), &mut trace)?;
//!         optimizer.step(&mut network, &trace)?;
//!     }
//!     let accuracy = accuracy(&network.predict(data.inputs())?, data.labels())?;
//!     assert!(accuracy > 0.8);
//!     Ok(())
//! }
//! ```

mod error;

pub use error::{Error, Result};
#[cfg(feature = "plot")]
pub use nn_plot as plot;
pub use {
    nn_data as data, nn_layers as layers, nn_optim as optim, nn_tensor as tensor,
    nn_train as train, rand,
};

/// Everything that a program which trains a network needs, in one line.
pub mod prelude {
    pub use nn_data::sets::prelude::*;
    pub use nn_data::{
        Batches, Dataset, MinMaxScaler, Regression, Samples, Standardizer, Weighted, k_folds,
        one_hot, stratified_k_folds, stratified_split, train_test_split,
    };
    #[cfg(feature = "csv")]
    pub use nn_data::{Column, Csv, FeatureTable, LabelTable, TargetTable, tables::prelude::*};
    pub use nn_layers::activations::prelude::*;
    pub use nn_layers::initializers::{self, Initializer};
    pub use nn_layers::{
        Activation, AlphaDropout, Backward, BatchNorm, Dense, Dropout, Glu, InPlace, InTraining,
        Layer, LayerNorm, LogSoftmax, Network, PRelu, RRelu, Scratch, Softmax, Softmin, State,
        Trace,
    };
    pub use nn_optim::losses::prelude::*;
    pub use nn_optim::metrics::{
        Average, ConfusionMatrix, log_loss, mean_absolute_error, r_squared, roc_auc,
        roc_auc_one_vs_rest, top_k_accuracy,
    };
    pub use nn_optim::rules::prelude::*;
    pub use nn_optim::schedules::prelude::*;
    pub use nn_optim::{
        ElementLoss, Loss, Optimizer, Penalty, Reduction, Rule, Schedule, Targets, Update,
        accuracy, add_penalty, clip_grad_norm, clip_grad_value, value_and_gradient,
    };
    #[cfg(feature = "plot")]
    pub use nn_plot::{
        ActivationCurve, Confusion, DecisionBoundary, Figure, Histogram, LearningCurves,
        ScalingCurves,
    };
    pub use nn_tensor::{Axis, Matrix, Real, Scalar, Shape, View, ViewMut, expect_shape};
    pub use nn_train::{
        Callback, EarlyStopping, Ending, History, Moment, TrainError, Trainer, TrainingData,
    };
    pub use rand::SeedableRng;
    pub use rand::rngs::ChaCha8Rng;
}

/// The README's programs, as tests, with the features that they take.
#[cfg(all(doctest, feature = "csv", feature = "plot", feature = "progress"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
