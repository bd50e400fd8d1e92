//! W1 to W4: trainings, from the first step to the last.

use std::time::{Duration, Instant};

use nn::prelude::*;
use nn::rand::RngExt;

use crate::{Part, Settings};

/// A network at its start, with all that its training needs.
pub(crate) struct Training {
    pub(crate) network: Network,
    optimizer: Optimizer,
    trace: Trace,
}

impl Training {
    /// Dense layers of these widths, with ReLU between.
    pub(crate) fn new(widths: &[usize], learning_rate: f64) -> nn::Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut builder = Network::builder(widths[0]).dense(widths[1]);
        for &width in &widths[2..] {
            builder = builder.layer(Relu).dense(width);
        }
        let network = builder.build(&mut rng)?;
        let rule = Adam { learning_rate, ..Adam::default() };
        let optimizer = Optimizer::new(rule, &network)?;
        let trace = network.trace();
        Ok(Self { network, optimizer, trace })
    }

    fn step(&mut self, inputs: View<'_, f32>, labels: &[usize]) -> nn::Result<()> {
        let Self { network, optimizer, trace } = self;
        value_and_gradient(network, &CrossEntropy::default(), inputs, labels, trace)?;
        Ok(optimizer.step(network, trace.gradients())?)
    }

    /// Steps with the whole of the data.
    fn epochs(mut self, data: &Dataset, epochs: usize) -> nn::Result<Duration> {
        let start = Instant::now();
        for _ in 0..epochs {
            self.step(data.inputs().view(), data.labels())?;
        }
        Ok(start.elapsed())
    }
}

/// Values from 0 to 1, and labels at random.
pub(crate) fn noise(rows: usize, columns: usize) -> nn::Result<Dataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let inputs = Matrix::from_fn(rows, columns, |_, _| rng.random());
    let labels = (0..rows).map(|_| rng.random_range(0..10)).collect();
    Ok(Dataset::new(inputs, labels, 10)?)
}

/// The times of a job that is one part, and starts anew each time.
fn repeat(settings: &Settings, job: impl Fn() -> nn::Result<Duration>) -> nn::Result<Vec<Part>> {
    let times = (0..settings.repeats).map(|_| job()).collect::<nn::Result<_>>()?;
    Ok(vec![Part { label: String::new(), times }])
}

pub(crate) fn circle_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = circle(1000, &mut ChaCha8Rng::seed_from_u64(0))?;
    repeat(settings, || Training::new(&[2, 10, 2], 0.01)?.epochs(&data, 100))
}

pub(crate) fn spiral_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = spiral(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
    repeat(settings, || Training::new(&[2, 64, 3], 0.05)?.epochs(&data, 1000))
}

pub(crate) fn wide_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = noise(60_000, 784)?;
    repeat(settings, || {
        let mut training = Training::new(&[784, 128, 64, 10], 0.001)?;
        let start = Instant::now();
        for row in (0..data.len()).step_by(128) {
            let rows = row..data.len().min(row + 128);
            training.step(data.inputs().row_range(rows.clone())?, &data.labels()[rows])?;
        }
        Ok(start.elapsed())
    })
}

pub(crate) fn large_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = noise(256, 1024)?;
    let mut training = Training::new(&[1024, 2048, 2048, 10], 0.001)?;
    training.step(data.inputs().view(), data.labels())?; // takes the memory
    let mut times = Vec::new();
    for _ in 0..settings.repeats {
        let start = Instant::now();
        training.step(data.inputs().view(), data.labels())?;
        times.push(start.elapsed());
    }
    Ok(vec![Part { label: String::new(), times }])
}
