//! Losses, optimizers and learning-rate schedules, with the meaning PyTorch gives them.
//!
//! An optimizer is a [`Rule`], one small function from a parameter and its gradient to the new
//! parameter, and one loop steps them all ([`Optimizer`]). A [`Loss`] is a sum over samples, divided
//! once, so that a batch worked in parts has one definition. [`value_and_gradient`] brings network
//! and loss together; it and [`Optimizer::step`] are all of training. Two lines a step is the price
//! of seeing everything that happens: nothing is recorded, and nothing needs to be zeroed. Between
//! the two, gradients may be clipped ([`clip_grad_norm`]), and before them, a [`Schedule`] may set
//! the learning rate ([`Optimizer::schedule`]).
//!
//! ```
//! use nn_layers::Network;
//! use nn_optim::{MeanSquaredError, Optimizer, Sgd, value_and_gradient};
//! use nn_tensor::Matrix;
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! // A line through three points.
//! let x = Matrix::from([[0.0], [1.0], [2.0]]);
//! let y = Matrix::from([[1.0], [3.0], [5.0]]);
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let mut network = Network::<f64>::builder(1).dense(1).build(&mut rng)?;
//! let rule = Sgd { learning_rate: 0.1, momentum: 0.9, ..Sgd::default() };
//! let mut optimizer = Optimizer::new(rule, &network)?;
//! let mut trace = network.trace();
//! for _ in 0..500 {
//!     value_and_gradient(&network, &MeanSquaredError::default(), &x, &y, &mut trace)?;
//!     optimizer.step(&mut network, &trace)?;
//! }
//! for (found, expected) in network.parameters().iter().zip([2.0, 1.0]) {
//!     assert!((found - expected).abs() < 1e-6);
//! }
//! # Ok::<(), nn_optim::OptimError>(())
//! ```

mod clip;
mod domain;
mod element_loss;
mod error;
mod gradient;
mod loss;
pub mod losses;
pub mod metrics;
mod optimizer;
mod penalty;
pub mod rules;
pub mod schedules;
mod step;
mod targets;

pub use clip::{clip_grad_norm, clip_grad_value};
pub use domain::Domain;
pub use element_loss::ElementLoss;
pub use error::{OptimError, Result};
pub use gradient::value_and_gradient;
pub use loss::{Loss, Reduction};
pub use losses::prelude::*;
pub use metrics::{
    Average, ConfusionMatrix, accuracy, log_loss, mean_absolute_error, r_squared, roc_auc,
    roc_auc_one_vs_rest, top_k_accuracy,
};
pub use optimizer::{Optimizer, Rule, Update};
pub use penalty::{Penalty, add_penalty};
pub use rules::prelude::*;
pub use schedules::Schedule;
pub use schedules::prelude::*;
pub use targets::Targets;
