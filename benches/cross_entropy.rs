//! The cross-entropy and its gradient, in `f32`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("CrossEntropy");
    for (rows, classes) in [(512, 2), (300, 3), (128, 10), (512, 1000)] {
        // Logits from -8 to 8.
        let value = |i, j| ((i * 37 + j * 101) % 4096) as f32 / 256.0 - 8.0;
        let logits = Matrix::from_fn(rows, classes, value);
        let labels: Vec<usize> = (0..rows).map(|i| i * 7 % classes).collect();
        let mut gradient = Matrix::zeros(rows, classes);
        group.throughput(Throughput::Elements((rows * classes) as u64));
        group.bench_function(BenchmarkId::from_parameter(logits.shape()), |bencher| {
            let loss = CrossEntropy::default();
            let targets = Targets::from(&labels);
            bencher.iter(|| loss.sum_into(logits.view(), targets, 0.001, gradient.view_mut()));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
