//! Labelled data for trying small neural networks.
//!
//! Whatever draws at random takes the generator as `&mut R` with rand's own traits, and is
//! reproducible: the same generator from the same seed gives the same data (where normal noise comes
//! in, up to the last bits of the platform's `exp` and `ln`). Use a generator whose stream is
//! guaranteed to stay, such as `ChaCha8Rng` (rand's feature `chacha`), where that matters; rand's
//! `StdRng` is not. Values are drawn in `f64` and rounded once, so that `f32` and `f64` data are the
//! same points.
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
mod circle;
mod dataset;
mod error;
mod spiral;

pub use batches::{Batch, Batches};
pub use circle::circle;
pub use dataset::Dataset;
pub use error::{DataError, Result};
pub use spiral::spiral;
