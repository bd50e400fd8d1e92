//! The parts of a training step in `f32`: the gradient of a batch, and the step of each rule.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::layers::ParameterName;
use nn::optim::rules;
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
    let mut gradients = vec![0.001; network.parameter_count()];
    group.throughput(Throughput::Elements(gradients.len() as u64));

    let mut optimizers = rules::all(&network).expect("the defaults are in range");
    macro_rules! variants {
        ($($name:literal: $rule:expr;)*) => {
            $(optimizers.push(($name, Optimizer::new($rule, &network).expect("it is in range")));)*
        };
    }
    variants! {
        "Sgd with momentum": Sgd { momentum: 0.9, ..Sgd::default() };
        "AMSGrad": Adam { amsgrad: true, ..Adam::default() };
        "RmsProp with momentum": RmsProp { momentum: 0.9, ..RmsProp::default() };
        "RmsProp centered": RmsProp { centered: true, ..RmsProp::default() };
        "RmsProp of all": RmsProp { centered: true, momentum: 0.9, ..RmsProp::default() };
    }
    for (name, mut optimizer) in optimizers {
        optimizer.set_learning_rate(1e-6).expect("it is in range");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| optimizer.step_by_gradients(&mut network, &gradients));
        });
    }

    let decayed = |parameter: ParameterName| AdamW {
        weight_decay: if parameter.name == "bias" { 0.0 } else { 0.01 },
        learning_rate: 1e-6,
        ..AdamW::default()
    };
    let mut optimizer = Optimizer::with_groups(&network, decayed).expect("the rules are in range");
    group.bench_function("AdamW in two groups", |bencher| {
        bencher.iter(|| optimizer.step_by_gradients(&mut network, &gradients));
    });
    for p in [2.0, f64::INFINITY] {
        group.bench_function(format!("clip_grad_norm of type {p}"), |bencher| {
            bencher.iter(|| clip_grad_norm(&mut gradients, 1e3, p));
        });
    }
    group.finish();
}

criterion_group!(benches, gradients, rules);
criterion_main!(benches);
