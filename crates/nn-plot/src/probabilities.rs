//! What the outputs of a classifier say about each class.

use nn_layers::{Layer, Network, Softmax};
use nn_tensor::{Matrix, Real, Scalar};

use crate::Result;

/// How the outputs of a network are to be read, which its last layer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outputs {
    /// One logit for each class.
    Logits,
    /// One logit, that of class 1 against class 0.
    Logit,
    /// The probability of each class.
    Probabilities,
    /// The logarithm of each.
    LogProbabilities,
    /// The probability of class 1 against class 0.
    Probability,
    /// A probability for each class by itself, whose sum may be any.
    Scores,
}

impl Outputs {
    pub(crate) fn of<T: Scalar>(network: &Network<T>) -> Self {
        let last = network.layers().last().map_or("", |layer| layer.kind());
        match (last, network.output_width()) {
            ("Softmax" | "Softmin", _) => Self::Probabilities,
            ("LogSoftmax", _) => Self::LogProbabilities,
            ("Sigmoid" | "Hardsigmoid", 1) => Self::Probability,
            ("Sigmoid" | "Hardsigmoid", _) => Self::Scores,
            (_, 1) => Self::Logit,
            _ => Self::Logits,
        }
    }

    /// The number of classes that so many outputs tell apart.
    pub(crate) const fn classes(self, outputs: usize) -> usize {
        match self {
            Self::Logit | Self::Probability => 2,
            _ => outputs,
        }
    }

    /// The probability of each class, `n × classes`.
    pub(crate) fn probabilities<T: Scalar>(self, outputs: &Matrix<T>) -> Result<Matrix<T>> {
        let rows = outputs.rows();
        let with_rest = |p: &dyn Fn(T) -> T| {
            Matrix::from_fn(rows, 2, |i, class| {
                let p = p(outputs[(i, 0)]);
                if class == 1 { p } else { T::ONE - p }
            })
        };
        Ok(match self {
            Self::Logits => Softmax.forward(outputs)?,
            Self::Logit => with_rest(&Real::sigmoid),
            Self::Probabilities => outputs.clone(),
            Self::LogProbabilities => outputs.map(Real::exp),
            Self::Probability => with_rest(&|p| p),
            Self::Scores => {
                let sums = outputs.sum_axis(nn_tensor::Axis::Columns);
                Matrix::from_fn(rows, outputs.columns(), |i, j| outputs[(i, j)] / sums[(i, 0)])
            }
        })
    }
}
