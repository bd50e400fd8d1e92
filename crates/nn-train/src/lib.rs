//! The training loop, with figures by epoch, early stopping, callbacks and a progress bar.
//!
//! A [`Trainer`] makes the calls that one would make by hand, and gives the same bits; what it adds is
//! what is around them. It returns a [`History`] of every figure.
//!
//! ```
//! use nn_data::{Dataset, spiral};
//! use nn_layers::{Network, Relu};
//! use nn_optim::{Adam, CrossEntropy, Optimizer, accuracy};
//! use nn_train::Trainer;
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let data: Dataset = spiral(300, 3, &mut rng)?;
//! let mut network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
//! let rule = Adam { learning_rate: 0.01, ..Adam::default() };
//! let mut optimizer = Optimizer::new(rule, &network)?;
//! let history = Trainer::new(CrossEntropy::default())
//!     .epochs(300)
//!     .metric("accuracy", accuracy)
//!     .validation_split(0.2)
//!     .fit(&mut network, &mut optimizer, &data)?;
//! println!("{history}");
//! assert!(history.last("accuracy") > Some(0.8));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `progress`, `Trainer::progress_bar` shows how far a training is, with the
//! `indicatif` crate.

mod callback;
mod early_stopping;
mod error;
mod evaluation;
mod fit;
mod history;
#[cfg(feature = "progress")]
mod progress;
mod source;
mod trainer;
mod training_data;

pub use callback::{Callback, Moment};
pub use early_stopping::EarlyStopping;
pub use error::{Result, TrainError};
pub use history::{Ending, History};
pub use trainer::Trainer;
pub use training_data::TrainingData;
