//! A network on its way, an epoch at a time.

use nn::prelude::*;

use crate::curve::{Curve, Figures};
use crate::setup::Setup;

pub(crate) struct Training {
    data: Dataset,
    network: Network,
    optimizer: Optimizer,
    trace: Trace,
    rng: ChaCha8Rng,
    batch: usize,
    epoch: u64,
    curve: Curve,
    outputs: Matrix,
    scratch: Scratch,
}

impl Training {
    /// The same setup gives the same points, the same weights and the same training.
    pub(crate) fn new(setup: &Setup) -> nn::Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(setup.seed);
        let data = setup.data(&mut rng)?;
        let network = setup.network(data.classes(), &mut rng)?;
        let rule = Adam { learning_rate: setup.learning_rate, ..Adam::default() };
        let mut training = Self {
            optimizer: Optimizer::new(rule, &network)?,
            trace: network.trace(),
            rng,
            batch: setup.batch,
            epoch: 0,
            curve: Curve::new(),
            outputs: Matrix::zeros(data.len(), data.classes()),
            scratch: Scratch::default(),
            data,
            network,
        };
        let figures = training.figures()?;
        training.curve.push(figures);
        Ok(training)
    }

    pub(crate) const fn data(&self) -> &Dataset {
        &self.data
    }

    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    pub(crate) const fn epochs(&self) -> u64 {
        self.epoch
    }

    pub(crate) const fn curve(&self) -> &Curve {
        &self.curve
    }

    pub(crate) fn set_learning_rate(&mut self, learning_rate: f64) -> nn::Result<()> {
        Ok(self.optimizer.set_learning_rate(learning_rate)?)
    }

    /// Trains on every point once.
    pub(crate) fn train_epoch(&mut self) -> nn::Result<()> {
        let Self { data, network, optimizer, trace, rng, .. } = self;
        let loss = CrossEntropy::default();
        if self.batch == 0 {
            value_and_gradient(network, &loss, data.inputs(), data.labels(), trace)?;
            optimizer.step(network, trace)?;
        } else {
            let mut batches = Batches::new(&*data, self.batch)?;
            batches.shuffle(rng);
            while let Some(batch) = batches.next_batch()? {
                value_and_gradient(network, &loss, batch.inputs, batch.labels, trace)?;
                optimizer.step(network, trace)?;
            }
        }
        self.epoch += 1;
        if self.curve.wants(self.epoch) {
            let figures = self.figures()?;
            self.curve.push(figures);
        }
        Ok(())
    }

    /// The loss and the accuracy on all points, as the network is now.
    pub(crate) fn figures(&mut self) -> nn::Result<Figures> {
        let Self { data, network, outputs, scratch, .. } = self;
        network.predict_into(data.inputs().view(), outputs.view_mut(), scratch)?;
        Ok(Figures {
            loss: CrossEntropy::default().value(outputs, data.labels())?,
            accuracy: accuracy(outputs, data.labels())?,
        })
    }
}
