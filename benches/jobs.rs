//! The two jobs of the examples from first weights to last, in `f32`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nn::prelude::*;

/// A network at its start, with all that its training needs.
struct Job {
    network: Network,
    optimizer: Optimizer,
    trace: Trace,
}

impl Job {
    fn new(hidden: usize, classes: usize, learning_rate: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let builder = Network::builder(2).dense(hidden).layer(Relu).dense(classes);
        let network = builder.build(&mut rng).expect("both widths are above 0");
        let rule = Adam { learning_rate, ..Adam::default() };
        let optimizer = Optimizer::new(rule, &network).expect("the learning rate is in range");
        let trace = network.trace();
        Self { network, optimizer, trace }
    }

    fn step(&mut self, data: &Dataset) {
        let Self { network, optimizer, trace } = self;
        let loss = CrossEntropy::default();
        value_and_gradient(network, &loss, data.inputs(), data.labels(), trace)
            .expect("the data fit the network");
        optimizer.step(network, trace.gradients()).expect("the gradients fit the network");
    }
}

fn bench(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let circle: Dataset = circle(1000, &mut rng).expect("there are samples");
    let spiral: Dataset = spiral(100, 3, &mut rng).expect("there are samples");

    criterion.bench_function("circle, 100 epochs", |bencher| {
        let train = |mut job: Job| (0..100).for_each(|_| job.step(&circle));
        bencher.iter_batched(|| Job::new(10, 2, 0.01), train, BatchSize::SmallInput);
    });
    criterion.bench_function("spiral, 1000 epochs", |bencher| {
        let train = |mut job: Job| (0..1000).for_each(|_| job.step(&spiral));
        bencher.iter_batched(|| Job::new(64, 3, 0.05), train, BatchSize::SmallInput);
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
