//! What can go wrong in a layer or a network.

use nn_tensor::ShapeError;

/// A layer or a network refuses what it was given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// A matrix has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A layer would have no inputs or no outputs.
    #[error("a layer of {inputs} inputs and {outputs} outputs: both must be at least 1")]
    ZeroWidth {
        /// The inputs asked for.
        inputs: usize,
        /// The outputs asked for.
        outputs: usize,
    },
    /// A network would have no layers.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// A layer in a network does not take what the layer before it gives.
    #[error("layer {index} ({layer}) does not fit: {source}")]
    Misfit {
        /// The place of the layer, counted from 0.
        index: usize,
        /// The layer's kind.
        layer: &'static str,
        /// What does not fit.
        source: Box<LayerError>,
    },
    /// A trace is used with a network of other layers than the one it was made for.
    #[error(
        "the trace was made for other layers: matrices of widths {expected:?} and \
         {expected_parameters} parameters, not {found:?} and {found_parameters}"
    )]
    ForeignTrace {
        /// The widths of the matrices that the trace holds.
        expected: Vec<usize>,
        /// The number of parameters that the trace was made for.
        expected_parameters: usize,
        /// The widths of those that the network at hand writes.
        found: Vec<usize>,
        /// The number of its parameters.
        found_parameters: usize,
    },
    /// A layer's two visitors do not show the same parameters, or it counts them otherwise.
    #[error(
        "layer {index} ({layer}) shows {visited} parameters, {visited_mut} to be changed, and counts {counted}"
    )]
    InconsistentParameters {
        /// The place of the layer, counted from 0.
        index: usize,
        /// The layer's kind.
        layer: &'static str,
        /// How many values `visit` shows.
        visited: usize,
        /// How many values `visit_mut` shows.
        visited_mut: usize,
        /// What `parameter_count` says.
        counted: usize,
    },
    /// A layer's two visitors of statistics do not show the same.
    #[error("layer {index} ({layer}) shows {visited} statistics, and {visited_mut} to be changed")]
    InconsistentStatistics {
        /// The place of the layer, counted from 0.
        index: usize,
        /// The layer's kind.
        layer: &'static str,
        /// How many values `visit_statistics` shows.
        visited: usize,
        /// How many values `visit_statistics_mut` shows.
        visited_mut: usize,
    },
    /// A layer shows a parameter or a statistic to be changed whose columns have gaps between them.
    #[error(
        "layer {index} ({layer}) shows {name} with {stride} values from a column to the next, not {rows}"
    )]
    GapsBetweenColumns {
        /// The place of the layer, counted from 0.
        index: usize,
        /// The layer's kind.
        layer: &'static str,
        /// The name of what it shows.
        name: &'static str,
        /// The rows of it.
        rows: usize,
        /// The distance from a column to the next.
        stride: usize,
    },
    /// A backward pass has no forward pass of the same rows before it.
    #[error("backward: {found} rows, but the forward pass had {expected}")]
    NoForwardPass {
        /// The rows of the last forward pass; 0 before the first.
        expected: usize,
        /// The rows of this call.
        found: usize,
    },
    /// A batch has too few rows for a layer that looks at all rows together.
    #[error("{rows} rows in training, but at least {least} are needed")]
    TooFewRows {
        /// The rows of the batch.
        rows: usize,
        /// How many are needed.
        least: usize,
    },
    /// A parameter of a layer or an initialiser is out of range.
    #[error("{name} is {value}, but must be {allowed}")]
    Hyperparameter {
        /// The parameter's name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
}

/// A result whose error is a [`LayerError`].
pub type Result<T, E = LayerError> = std::result::Result<T, E>;
