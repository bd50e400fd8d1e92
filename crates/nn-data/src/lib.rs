//! Data for trying small neural networks: data sets drawn at random, splits, folds and
//! batches.
//!
//! Samples with a class each are a [`Dataset`], samples with numbers to be predicted a
//! [`Regression`]. What only copies rows, and so is the same for both, is written once for all
//! [`Samples`].
//!
//! Whatever draws at random takes the generator as `&mut R` with rand's own traits, and is
//! reproducible: the same generator from the same seed gives the same data, on every platform (but
//! for [`spiral`], whose noise may differ in the last bits of `exp` and `ln`). Use a generator whose
//! stream is guaranteed to stay, such as `ChaCha8Rng` (rand's feature `chacha`), where that matters;
//! rand's `StdRng` is not. Values are drawn in `f64` and rounded once, so that `f32` and `f64` data
//! are the same points.
//!
//! ```
//! use nn_data::{Dataset, circle};
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let data: Dataset<f64> = circle(5, &mut ChaCha8Rng::seed_from_u64(7))?;
//! for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
//!     assert_eq!(*label == 1, point[0].hypot(point[1]) < 1.0);
//! }
//! # Ok::<(), nn_data::DataError>(())
//! ```

mod batches;
mod dataset;
mod error;
mod folds;
pub mod iris;
mod one_hot;
mod regression;
mod samples;
pub mod sets;
mod split;

pub use batches::Batches;
pub use dataset::{Batch, Dataset};
pub use error::{DataError, Result};
pub use folds::{Folds, k_folds, stratified_k_folds};
pub use iris::iris;
pub use one_hot::one_hot;
pub use regression::{Regression, RegressionBatch};
pub use samples::Samples;
pub use sets::{Centers, prelude::*};
pub use split::{Part, stratified_split, train_test_split};
