//! W1 to W4: trainings, from the first step to the last.

use std::time::Instant;

use nn::prelude::*;
use nn_benches::{Training, noise};

use crate::{Part, Settings};

/// So many epochs of a training that starts anew each time.
fn epochs(
    widths: &[usize],
    learning_rate: f64,
    data: &Dataset,
    [epochs, batch]: [usize; 2],
    settings: &Settings,
) -> nn::Result<Vec<Part>> {
    let job = || -> nn::Result<f64> {
        let mut training = Training::new(widths, learning_rate)?;
        let start = Instant::now();
        for _ in 0..epochs {
            training.epoch(data, batch)?;
        }
        Ok(start.elapsed().as_secs_f64())
    };
    let times = (0..settings.repeats).map(|_| job()).collect::<nn::Result<_>>()?;
    Ok(vec![Part { label: String::new(), times }])
}

pub(crate) fn circle_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = circle(1000, &mut ChaCha8Rng::seed_from_u64(0))?;
    epochs(&[2, 10, 2], 0.01, &data, [100, 1000], settings)
}

pub(crate) fn spiral_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = spiral(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
    epochs(&[2, 64, 3], 0.05, &data, [1000, 300], settings)
}

pub(crate) fn wide_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    epochs(&[784, 128, 64, 10], 0.001, &noise(60_000, 784, 10)?, [1, 128], settings)
}

/// One step after another of the same training: its first, which takes the memory, is not timed.
pub(crate) fn large_job(settings: &Settings) -> nn::Result<Vec<Part>> {
    let data = noise(256, 1024, 10)?;
    let mut training = Training::new(&[1024, 2048, 2048, 10], 0.001)?;
    training.epoch(&data, 256)?;
    let mut times = Vec::new();
    for _ in 0..settings.repeats {
        let start = Instant::now();
        training.epoch(&data, 256)?;
        times.push(start.elapsed().as_secs_f64());
    }
    Ok(vec![Part { label: String::new(), times }])
}
