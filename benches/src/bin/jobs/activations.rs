//! W5: each activation over many values, and softmax over rows of two lengths.

use nn::layers::activations;
use nn::prelude::*;

use crate::{Part, Settings, time};

/// So many values are worked in one measurement, so that it is long enough for the clock.
const VALUES_A_TIME: usize = 1 << 20;

pub(crate) fn run(settings: &Settings) -> nn::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for &size in &settings.elements {
        for (name, layer) in activations::all::<f32>() {
            let label = format!("{} {size}", snake_case(name));
            measure(&label, layer.as_ref(), size, 1, settings, &mut parts)?;
        }
        for columns in [10, 1000] {
            let label = format!("softmax_{columns} {size}");
            measure(&label, &Softmax, size / columns, columns, settings, &mut parts)?;
        }
    }
    Ok(parts)
}

/// Both passes of a layer whose output is as wide as its input.
fn measure(
    label: &str,
    layer: &dyn Layer<f32>,
    rows: usize,
    columns: usize,
    settings: &Settings,
    parts: &mut Vec<Part>,
) -> nn::Result<()> {
    // From -8 to 8, where every activation has all its regions.
    let x = Matrix::from_fn(rows, columns, |i, j| ((i * 7 + j) % 1601) as f32 / 100.0 - 8.0);
    let d_output = x.clone();
    let (mut output, mut d_input) = (Matrix::zeros(rows, columns), Matrix::zeros(rows, columns));
    let calls = VALUES_A_TIME.div_ceil(rows * columns) as u32;

    let mut forward = Part { label: format!("{label} forward"), times: Vec::new() };
    for _ in 0..settings.repeats {
        let call = || Ok(layer.forward_into(x.view(), output.view_mut())?);
        forward.times.push(time(calls, call)?);
    }
    let mut backward = Part { label: format!("{label} backward"), times: Vec::new() };
    for _ in 0..settings.repeats {
        let call = || {
            Ok(layer.backward_into(Backward {
                input: x.view(),
                output: output.view(),
                d_output: d_output.view(),
                d_input: Some(d_input.view_mut()),
                d_parameters: &mut [],
            })?)
        };
        backward.times.push(time(calls, call)?);
    }
    parts.extend([forward, backward]);
    Ok(())
}

/// `LeakyRelu` as `leaky_relu`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
