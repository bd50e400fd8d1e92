//! What a network is trained on.

use nn_data::{Dataset, Regression, Samples, Weighted};
use nn_optim::Targets;
use nn_tensor::{Scalar, View};

/// Samples with what a loss compares the outputs with: a [`Dataset`], a [`Regression`], either of
/// them [`Weighted`], or a type of your own.
pub trait TrainingData<T: Scalar>: Samples {
    /// All inputs, `n × inputs`, and their targets.
    fn all(&self) -> (View<'_, T>, Targets<'_, T>);

    /// The inputs of a batch, and their targets.
    fn inputs_and_targets<'a>(batch: &Self::Batch<'a>) -> (View<'a, T>, Targets<'a, T>);
}

impl<T: Scalar> TrainingData<T> for Dataset<T> {
    fn all(&self) -> (View<'_, T>, Targets<'_, T>) {
        (self.inputs().view(), self.labels().into())
    }

    fn inputs_and_targets<'a>(batch: &Self::Batch<'a>) -> (View<'a, T>, Targets<'a, T>) {
        (batch.inputs, batch.labels.into())
    }
}

impl<T: Scalar> TrainingData<T> for Regression<T> {
    fn all(&self) -> (View<'_, T>, Targets<'_, T>) {
        (self.inputs().view(), self.targets().into())
    }

    fn inputs_and_targets<'a>(batch: &Self::Batch<'a>) -> (View<'a, T>, Targets<'a, T>) {
        (batch.inputs, batch.targets.into())
    }
}

impl<T: Scalar, D: TrainingData<T>> TrainingData<T> for Weighted<D, T> {
    fn all(&self) -> (View<'_, T>, Targets<'_, T>) {
        let (inputs, targets) = self.data().all();
        (inputs, targets.weighted(self.weights()))
    }

    fn inputs_and_targets<'a>(batch: &Self::Batch<'a>) -> (View<'a, T>, Targets<'a, T>) {
        let (inputs, targets) = D::inputs_and_targets(&batch.0);
        (inputs, targets.weighted(batch.1))
    }
}
