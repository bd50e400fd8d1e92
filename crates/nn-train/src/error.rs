//! What can go wrong in a training.

use nn_data::DataError;
use nn_layers::LayerError;
use nn_optim::OptimError;

/// A training refuses what it was given, or cannot go on.
///
/// The network is then as the last epoch has left it after which a loss was finite, or as at the start;
/// an optimizer has taken the steps that it has taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The data cannot be cut into batches, or into a part for training and one for validation.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A hyper-parameter is out of range.
    #[error(transparent)]
    Optim(#[from] OptimError),
    /// The network refuses what it was given.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// A count must be at least 1.
    #[error("{name} is 0, but must be at least 1")]
    Zero {
        /// What is counted.
        name: &'static str,
    },
    /// There is nothing to train on.
    #[error("{samples} samples make no batch of {batch_size}")]
    NoBatch {
        /// How many samples there are.
        samples: usize,
        /// How many make a batch.
        batch_size: usize,
    },
    /// A step failed; where the loss, a gradient or its norm is infinite or NaN, `source` says so.
    #[error("epoch {epoch}, batch {batch}: {source}")]
    Batch {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The batch of this epoch, counted from 1.
        batch: usize,
        /// What went wrong.
        source: Box<OptimError>,
    },
    /// A figure of a whole epoch cannot be worked out.
    #[error("epoch {epoch}, {figure}: {source}")]
    Figure {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The figure, as the history names it.
        figure: String,
        /// What went wrong.
        source: Box<OptimError>,
    },
    /// The steps of an epoch have made a parameter or a running statistic infinite or NaN.
    #[error("epoch {epoch}: a parameter or a running statistic has become infinite or NaN")]
    NonFiniteParameter {
        /// The epoch, counted from 1.
        epoch: usize,
    },
    /// A metric has the name of another figure, or one that no line of a table can hold.
    #[error("no metric can be called {name:?}: each needs a name of its own, in one line")]
    FigureName {
        /// The name.
        name: String,
    },
    /// There is no figure of the name that is to be monitored.
    #[error("there is no figure {name:?} to be monitored; there are {}", known.join(", "))]
    UnknownFigure {
        /// The name.
        name: String,
        /// The figures that there are.
        known: Vec<String>,
    },
}

impl TrainError {
    /// Whether the training has diverged: a loss, a gradient or a parameter is infinite or NaN.
    #[must_use]
    pub const fn is_not_finite(&self) -> bool {
        use OptimError::{NonFiniteGradient, NonFiniteLoss, NonFiniteNorm};
        match self {
            Self::Batch { source, .. } | Self::Figure { source, .. } => matches!(
                **source,
                NonFiniteLoss { .. } | NonFiniteGradient { .. } | NonFiniteNorm { .. }
            ),
            Self::NonFiniteParameter { .. } => true,
            _ => false,
        }
    }
}

/// A result whose error is a [`TrainError`].
pub type Result<T, E = TrainError> = std::result::Result<T, E>;
