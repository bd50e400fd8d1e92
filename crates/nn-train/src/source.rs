//! Where batches come from.

use nn_data::Batches;
use nn_optim::Targets;
use nn_tensor::{Scalar, View};
use rand::Rng;

use crate::{Result, TrainError, TrainingData};

/// The batches of each epoch.
pub(crate) struct Source<'a, D: TrainingData<T>, T: Scalar> {
    data: &'a D,
    /// `None` where all samples in their order are a batch, which is there already.
    batches: Option<Batches<'a, D>>,
    shuffle: bool,
    /// How many samples an epoch has.
    samples: usize,
    /// How many batches of this epoch have come.
    position: usize,
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
        let is_whole = !shuffle && (batch_size == samples || batch_size > samples && !drop_last);
        let batches = Batches::new(data, batch_size)?;
        let batches = if drop_last { batches.drop_last() } else { batches };
        if batches.is_empty() {
            return Err(TrainError::NoBatch { samples, batch_size });
        }
        let samples = if drop_last { batches.len() * batch_size } else { samples };
        let batches = Some(batches).filter(|_| !is_whole);
        Ok(Self { data, batches, shuffle, samples, position: 0, scalar: std::marker::PhantomData })
    }

    /// How many batches an epoch has.
    pub(crate) fn batches(&self) -> usize {
        self.batches.as_ref().map_or(1, Batches::len)
    }

    /// How many samples an epoch has.
    pub(crate) const fn samples(&self) -> usize {
        self.samples
    }

    pub(crate) fn start_epoch(&mut self, rng: &mut impl Rng) {
        self.position = 0;
        match &mut self.batches {
            Some(batches) if self.shuffle => batches.shuffle(rng),
            Some(batches) => batches.rewind(),
            None => {}
        }
    }

    /// The next batch; `None` at the end of an epoch.
    pub(crate) fn next(&mut self) -> Result<Option<(View<'_, T>, Targets<'_, T>)>> {
        self.position += 1;
        match &mut self.batches {
            Some(batches) => Ok(batches.next_batch()?.map(|batch| D::inputs_and_targets(&batch))),
            None if self.position == 1 => Ok(Some(self.data.all())),
            None => Ok(None),
        }
    }
}
