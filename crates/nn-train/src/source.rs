//! Where batches come from.

use nn_data::Batches;
use nn_optim::Targets;
use nn_tensor::{Scalar, View};
use rand::Rng;

use crate::{Result, TrainError, TrainingData};

/// The batches of each epoch.
pub(crate) struct Source<'a, D: TrainingData<T>, T: Scalar> {
    batches: Batches<'a, D>,
    shuffle: bool,
    /// How many samples an epoch has.
    samples: usize,
    scalar: std::marker::PhantomData<T>,
}

impl<'a, D: TrainingData<T>, T: Scalar> Source<'a, D, T> {
    pub(crate) fn new(
        data: &'a D,
        batch_size: usize,
        drop_last: bool,
        shuffle: bool,
    ) -> Result<Self> {
        let samples = data.count();
        let batches = Batches::new(data, batch_size)?;
        let batches = if drop_last { batches.drop_last() } else { batches };
        if batches.is_empty() {
            return Err(TrainError::NoBatch { samples, batch_size });
        }
        let samples = if drop_last { batches.len() * batch_size } else { samples };
        Ok(Self { batches, shuffle, samples, scalar: std::marker::PhantomData })
    }

    /// How many batches an epoch has.
    pub(crate) fn batches(&self) -> usize {
        self.batches.len()
    }

    /// How many samples an epoch has.
    pub(crate) const fn samples(&self) -> usize {
        self.samples
    }

    pub(crate) fn start_epoch(&mut self, rng: &mut impl Rng) {
        if self.shuffle {
            self.batches.shuffle(rng);
        } else {
            self.batches.rewind();
        }
    }

    /// The next batch; `None` at the end of an epoch.
    pub(crate) fn next(&mut self) -> Result<Option<(View<'_, T>, Targets<'_, T>)>> {
        Ok(self.batches.next_batch()?.map(|batch| D::inputs_and_targets(&batch)))
    }
}
