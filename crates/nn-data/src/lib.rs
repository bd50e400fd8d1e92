//! Data for trying small neural networks: data sets drawn at random, tables, splits, folds, batches
//! and scaling.
//!
//! Samples with a class each are a [`Dataset`], samples with numbers to be predicted a
//! [`Regression`]. What only copies rows, and so is the same for both, is written once for all
//! [`Samples`].
//!
//! With the feature `csv`, `Csv` reads all of these from a table of your own, and `iris`, `wine`
//! and `digits` are tables that ship.
//!
//! Whatever draws at random takes the generator as `&mut R` with rand's own traits, and is
//! reproducible: the same generator from the same seed gives the same data, on every platform (but
//! for [`spiral`], whose noise may differ in the last bits of `exp` and `ln`). Use a generator whose
//! stream is guaranteed to stay, such as `ChaCha8Rng` (rand's feature `chacha`), where that matters;
//! rand's `StdRng` is not. Values are drawn in `f64` and rounded once, so that `f32` and `f64` data
//! are the same points.
//!
//! ```
//! use nn_data::{Batches, Dataset, Standardizer, moons, stratified_split};
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(7);
//! let data: Dataset = moons(500, 0.1, &mut rng)?;
//! let (train, test) = stratified_split(&data, 0.2, &mut rng)?;
//! let scaler = Standardizer::fit(train.inputs())?;
//! let train = train.with_inputs(scaler.transform(train.inputs())?)?;
//! let test = test.with_inputs(scaler.transform(test.inputs())?)?;
//! assert_eq!((train.class_counts()?, test.class_counts()?), (vec![200, 200], vec![50, 50]));
//! assert_eq!(Batches::new(&train, 32)?.len(), 13);
//! # Ok::<(), nn_data::DataError>(())
//! ```

mod batches;
mod dataset;
mod error;
mod folds;
mod one_hot;
mod regression;
mod samples;
mod scaling;
pub mod sets;
mod split;
#[cfg(feature = "csv")]
mod table;
#[cfg(feature = "csv")]
pub mod tables;
mod weighted;

pub use batches::Batches;
pub use dataset::{Batch, Dataset};
pub use error::{DataError, Result};
pub use folds::{Folds, k_folds, stratified_k_folds};
pub use one_hot::one_hot;
pub use regression::{Regression, RegressionBatch};
pub use samples::Samples;
pub use scaling::{MinMaxScaler, Standardizer};
pub use sets::{Centers, prelude::*};
pub use split::{Part, stratified_split, train_test_split};
#[cfg(feature = "csv")]
pub use table::{Column, Csv, Fault, FeatureTable, LabelTable, TableError, TargetTable};
#[cfg(feature = "csv")]
pub use tables::prelude::*;
pub use weighted::Weighted;
