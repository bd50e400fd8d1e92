//! The parts of a training step in `f32`: the gradient of a batch, and the step of each rule.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;

/// The rows of a batch, and the widths of a network.
const NETWORKS: [(usize, &[usize]); 4] =
    [(1000, &[2, 10, 2]), (300, &[2, 64, 3]), (128, &[784, 128, 64, 10]), (256, &[1024, 2048, 10])];

fn network(widths: &[usize]) -> Network {
    let mut builder = Network::builder(widths[0]).dense(widths[1]);
    for &width in &widths[2..] {
        builder = builder.layer(Relu).dense(width);
    }
    builder.build(&mut ChaCha8Rng::seed_from_u64(0)).expect("every width is above 0")
}

fn gradients(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loss and gradient");
    for (rows, widths) in NETWORKS {
        let network = network(widths);
        let x = Matrix::from_fn(rows, widths[0], |i, j| ((i * 37 + j * 101) % 64) as f32 / 64.0);
        let labels: Vec<usize> = (0..rows).map(|i| i % widths[widths.len() - 1]).collect();
        let (loss, mut trace) = (CrossEntropy::default(), network.trace());
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::from_parameter(&network), |bencher| {
            bencher.iter(|| value_and_gradient(&network, &loss, &x, &labels, &mut trace));
        });
    }
    group.finish();
}

fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step of 109,386 parameters");
    let mut network = network(&[784, 128, 64, 10]);
    let gradients = vec![0.001; network.parameter_count()];
    group.throughput(Throughput::Elements(gradients.len() as u64));
    macro_rules! rules {
        ($($name:literal: $rule:expr;)*) => {$(
            let mut optimizer = Optimizer::new($rule, &network).expect("the rule is in range");
            group.bench_function(BenchmarkId::from_parameter($name), |bencher| {
                bencher.iter(|| optimizer.step(&mut network, &gradients));
            });
        )*};
    }
    rules! {
        "SGD": Sgd { learning_rate: 1e-6, ..Sgd::default() };
        "SGD with momentum": Sgd { learning_rate: 1e-6, momentum: 0.9, ..Sgd::default() };
        "Adam": Adam { learning_rate: 1e-6, ..Adam::default() };
        "AMSGrad": Adam { learning_rate: 1e-6, amsgrad: true, ..Adam::default() };
    }
    group.finish();
}

criterion_group!(benches, gradients, rules);
criterion_main!(benches);
