//! How much a label counts.

use nn_tensor::{Scalar, Shape};

use crate::targets::check_weights;
use crate::{Result, Targets};

/// How much a label counts: by the weight of its class, and not at all where it is ignored.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelWeights<'a> {
    pub(super) classes: Option<&'a [f64]>,
    pub(super) ignored: Option<usize>,
}

impl LabelWeights<'_> {
    /// Whether every label counts as 1.
    pub(super) const fn are_even(&self) -> bool {
        self.classes.is_none() && self.ignored.is_none()
    }

    /// Refuses weights that do not fit outputs of that shape.
    pub(super) fn check(&self, outputs: Shape) -> Result<()> {
        match self.classes {
            Some(weights) => check_weights("class", outputs.columns, weights),
            None => Ok(()),
        }
    }

    /// The labels and the weights of the samples, for the loss of that name.
    pub(super) fn read<'a, T: Scalar>(
        &self,
        loss: &'static str,
        outputs: Shape,
        targets: Targets<'a, T>,
    ) -> Result<(&'a [usize], Option<&'a [T]>)> {
        self.check(outputs)?;
        Ok((targets.labels_or(loss, outputs, self.ignored)?, targets.weights(outputs)?))
    }

    /// The weight of a class.
    #[inline(always)]
    pub(super) fn of_class(&self, class: usize) -> f64 {
        self.classes.map_or(1.0, |weights| weights[class])
    }

    /// The weight of a label.
    #[inline(always)]
    pub(super) fn of(&self, label: usize) -> f64 {
        if self.ignored == Some(label) { 0.0 } else { self.of_class(label) }
    }

    /// The sum of the weights of all labels.
    pub(super) fn total(&self, labels: &[usize]) -> f64 {
        labels.iter().map(|&label| self.of(label)).sum()
    }
}
