//! W6: one sample at a time.

use std::hint::black_box;

use nn::prelude::*;
use nn_benches::{Training, noise};

use crate::{Part, Settings, time};

pub(crate) fn run(settings: &Settings) -> nn::Result<Vec<Part>> {
    Ok(vec![
        one_sample("2-10-2", &[2, 10, 2], 100_000, settings)?,
        one_sample("784-128-64-10", &[784, 128, 64, 10], 1000, settings)?,
    ])
}

fn one_sample(label: &str, widths: &[usize], calls: u32, settings: &Settings) -> nn::Result<Part> {
    let network = Training::new(widths, 0.001)?.network;
    let sample = noise(1, widths[0], 10)?;
    let mut output = Matrix::zeros(1, network.output_width());
    let mut scratch = Scratch::default();
    let mut call = || {
        let input = black_box(sample.inputs().view());
        network.predict_into(input, output.view_mut(), &mut scratch)?;
        black_box(&mut output);
        Ok(())
    };
    let times = (0..settings.repeats).map(|_| time(calls, &mut call)).collect::<nn::Result<_>>()?;
    Ok(Part { label: label.to_string(), times })
}
