//! The jobs in rust-mlp, with its feature `matrixmultiply`.

use std::process::ExitCode;

use face::{Epoch, Peer, Training, one_hot};
use rust_mlp::{Activation, Loss, Mlp, MlpBuilder, Optimizer};

struct RustMlp;

fn network(widths: &[usize]) -> Mlp {
    let activations: Vec<Activation> =
        (2..widths.len()).map(|_| Activation::ReLU).chain([Activation::Identity]).collect();
    MlpBuilder::from_sizes(widths, &activations).unwrap().build_with_seed(0).unwrap()
}

impl Peer for RustMlp {
    fn train(training: &Training) -> Epoch<'_> {
        let mut network = network(training.widths);
        let classes = network.output_dim();
        let rate = training.learning_rate as f32;
        let rule = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8 };
        let mut optimizer = rule.state(&network).unwrap();
        let mut gradients = network.gradients();

        // What a pass writes is made for one number of rows: that of all batches but the last.
        let rows = training.data.labels.len();
        let mut scratches = [training.batch, rows % training.batch].map(|rows| {
            let rows = rows.max(1);
            (network.scratch_batch(rows), network.backprop_scratch_batch(rows))
        });
        let targets = one_hot(&training.data.labels, classes);
        let mut d_outputs = vec![0.0; training.batch * classes];

        let mut step = move |inputs: &[f32], targets: &[f32]| {
            let rows = targets.len() / classes;
            let (forward, backward) = &mut scratches[usize::from(rows < training.batch)];
            let outputs = network.forward_batch(inputs, forward);
            let mut loss = 0.0;
            let rows_of_each = outputs
                .chunks_exact(classes)
                .zip(targets.chunks_exact(classes))
                .zip(d_outputs.chunks_exact_mut(classes));
            for ((outputs, targets), d_outputs) in rows_of_each {
                loss += Loss::SoftmaxCrossEntropy.backward(outputs, targets, d_outputs);
            }
            let d_outputs = &d_outputs[..rows * classes];
            network.backward_batch(inputs, forward, d_outputs, &mut gradients, backward);
            optimizer.step(&mut network, &mut gradients, rate);
            loss / rows as f32
        };
        let mut epoch = move |limit| {
            let inputs = training.data.inputs.chunks(training.batch * training.data.columns);
            let batches = inputs.zip(targets.chunks(training.batch * classes)).take(limit);
            batches.map(|(inputs, targets)| step(inputs, targets)).last().unwrap()
        };
        epoch(1);
        Box::new(move || epoch(usize::MAX))
    }

    fn predict(widths: &'static [usize], sample: &[f32]) -> Box<dyn FnMut()> {
        let network = network(widths);
        let mut scratch = network.scratch();
        let mut output = vec![0.0; network.output_dim()];
        let sample = sample.to_vec();
        Box::new(move || {
            network.predict_into(std::hint::black_box(&sample), &mut scratch, &mut output).unwrap();
            std::hint::black_box(&output);
        })
    }
}

fn main() -> ExitCode {
    face::main::<RustMlp>()
}
