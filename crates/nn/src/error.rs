//! One type for what can go wrong in any of the crates.

use std::fmt;

/// Whatever one of the crates refuses: `?` turns the error of any of them into this.
///
/// Its `Debug` form is its message, so that a `fn main() -> nn::Result<()>` ends with a sentence.
///
/// ```
/// use nn::prelude::*;
///
/// fn run() -> nn::Result<()> {
///     let data: Dataset = circle(0, &mut ChaCha8Rng::seed_from_u64(0))?;
///     Softmax.forward(data.inputs())?;
///     Ok(())
/// }
/// assert_eq!(format!("{:?}", run().unwrap_err()), "samples is 0, but must be at least 1");
/// ```
#[derive(Clone, PartialEq, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Error {
    /// A matrix has the wrong shape.
    Shape(#[from] nn_tensor::ShapeError),
    /// A layer or a network refuses what it was given.
    Layer(#[from] nn_layers::LayerError),
    /// A loss, an optimizer or a metric refuses what it was given.
    Optim(#[from] nn_optim::OptimError),
    /// A data set refuses what it was given.
    Data(#[from] nn_data::DataError),
    /// A picture cannot be drawn or saved.
    #[cfg(feature = "plot")]
    Plot(#[from] nn_plot::PlotError),
    /// A training refuses what it was given, or cannot go on.
    Train(#[from] nn_train::TrainError),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A result whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
