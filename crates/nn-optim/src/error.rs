//! What can go wrong in training.

use nn_layers::{LayerError, ParameterName};
use nn_tensor::ShapeError;

/// A loss, an optimizer or a metric refuses what it was given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OptimError {
    /// A matrix has the wrong shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The network refuses what it was given.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// A hyper-parameter is out of range.
    #[error("{name} is {value}, but must be {allowed}")]
    Hyperparameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A batch has no rows.
    #[error("the batch is empty")]
    EmptyBatch,
    /// There are not as many labels as rows.
    #[error("{labels} labels for {rows} rows")]
    LabelCount {
        /// The rows of the output.
        rows: usize,
        /// The labels given.
        labels: usize,
    },
    /// A label names no class.
    #[error("row {row} has label {label}, but there are {classes} classes, counted from 0")]
    LabelOutOfRange {
        /// The row, counted from 0.
        row: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A loss was given targets of another kind than it takes.
    #[error("{loss} takes {expected} as targets")]
    TargetKind {
        /// The loss.
        loss: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// There are not as many weights as samples or classes.
    #[error("{found} weights, one for each {of}, of which there are {expected}")]
    WeightCount {
        /// What is weighted: a sample, a class or an output.
        of: &'static str,
        /// How many of these there are.
        expected: usize,
        /// The weights given.
        found: usize,
    },
    /// A weight is negative, infinite or NaN.
    #[error("the weight of {of} {place} is {value}, but must be finite and at least 0")]
    Weight {
        /// What is weighted: a sample, a class or an output.
        of: &'static str,
        /// Which of these, counted from 0.
        place: usize,
        /// Its weight.
        value: f64,
    },
    /// A loss was given weights of samples, but does not know what to do with them.
    #[error("{loss} takes no weights of samples")]
    Weighted {
        /// The loss.
        loss: &'static str,
    },
    /// A mean is over nothing: every label is ignored, or of a class of weight 0.
    #[error("every label is ignored or of weight 0, so that there is nothing to take the mean of")]
    NothingCounted,
    /// An output or a target lies outside what a loss or a metric is defined for.
    #[error("{operation} takes {what} {allowed}, found {value}")]
    OutOfRange {
        /// The loss or the metric.
        operation: &'static str,
        /// What was given to it: outputs, targets or scores.
        what: &'static str,
        /// What is allowed.
        allowed: &'static str,
        /// The value.
        value: f64,
    },
    /// A metric compares samples of several classes, but all are of one.
    #[error("{metric} needs samples of at least two classes")]
    OneClass {
        /// The metric.
        metric: &'static str,
    },
    /// The loss of a batch is infinite or NaN.
    #[error("the loss is {loss}")]
    NonFiniteLoss {
        /// The loss.
        loss: f64,
    },
    /// An optimizer is used on another network than the one it was made for.
    #[error(
        "the optimizer was made for a network of {expected} parameters, not for this one of {found}, or of other shapes"
    )]
    ForeignNetwork {
        /// How many parameters the optimizer was made for.
        expected: usize,
        /// How many the network has.
        found: usize,
    },
    /// A gradient is infinite or NaN.
    #[error("the gradient of {parameter} is {value} at place {place}")]
    NonFiniteGradient {
        /// The parameter.
        parameter: ParameterName,
        /// Where in the parameter, column by column, counted from 0.
        place: usize,
        /// The gradient there.
        value: f64,
    },
    /// The norm of the gradients is infinite or NaN.
    #[error("the norm of the gradients is {norm}")]
    NonFiniteNorm {
        /// The norm.
        norm: f64,
    },
}

impl OptimError {
    /// The same error of a part of a batch, told of the whole, where so many rows come before.
    pub(crate) fn after_rows(mut self, before: usize) -> Self {
        match &mut self {
            Self::LabelOutOfRange { row, .. } => *row += before,
            Self::Weight { of: "sample", place, .. } => *place += before,
            _ => {}
        }
        self
    }
}

/// A result whose error is an [`OptimError`].
pub type Result<T, E = OptimError> = std::result::Result<T, E>;

/// Refuses a hyper-parameter that is not finite or is out of range.
pub(crate) fn check(
    name: &'static str,
    value: f64,
    in_range: impl Fn(f64) -> bool,
    allowed: &'static str,
) -> Result<()> {
    if value.is_finite() && in_range(value) {
        Ok(())
    } else {
        Err(OptimError::Hyperparameter { name, value, allowed })
    }
}

/// Refuses a hyper-parameter that is not finite or is below 0.
pub(crate) fn check_not_negative(name: &'static str, value: f64) -> Result<()> {
    check(name, value, |x| x >= 0.0, "finite and at least 0")
}

/// Refuses shares that are below 0, or not below 1.
pub(crate) fn check_betas(betas: [f64; 2]) -> Result<()> {
    for (name, beta) in ["betas[0]", "betas[1]"].into_iter().zip(betas) {
        check(name, beta, |x| (0.0..1.0).contains(&x), "at least 0 and below 1")?;
    }
    Ok(())
}
