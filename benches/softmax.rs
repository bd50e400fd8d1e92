//! Softmax and its logarithm, forward and backward, and the cross-entropy, in `f32`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::layers::Backward;
use nn::prelude::*;

/// Values from -8 to 8.
fn values(rows: usize, columns: usize) -> Matrix<f32> {
    Matrix::from_fn(rows, columns, |i, j| ((i * 37 + j * 101) % 4096) as f32 / 256.0 - 8.0)
}

fn bench_layer(criterion: &mut Criterion, name: &str, layer: &dyn Layer<f32>, x: &Matrix<f32>) {
    let mut y = Matrix::zeros(x.rows(), x.columns());
    let mut dx = Matrix::zeros(x.rows(), x.columns());
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(x.as_slice().len() as u64));
    group.bench_function(BenchmarkId::new("forward", x.shape()), |bencher| {
        bencher.iter(|| layer.forward_into(x.view(), y.view_mut()));
    });
    group.bench_function(BenchmarkId::new("backward", x.shape()), |bencher| {
        bencher.iter(|| {
            layer.backward_into(Backward {
                input: x.view(),
                output: y.view(),
                d_output: x.view(),
                d_input: Some(dx.view_mut()),
                d_parameters: &mut [],
            })
        });
    });
    group.finish();
}

fn bench_cross_entropy(criterion: &mut Criterion, logits: &Matrix<f32>) {
    let labels: Vec<usize> = (0..logits.rows()).map(|i| i * 7 % logits.columns()).collect();
    let mut gradient = Matrix::zeros(logits.rows(), logits.columns());
    let mut group = criterion.benchmark_group("CrossEntropy");
    group.throughput(Throughput::Elements(logits.as_slice().len() as u64));
    group.bench_function(BenchmarkId::from_parameter(logits.shape()), |bencher| {
        let loss = CrossEntropy::default();
        let targets = Targets::Labels(&labels);
        bencher.iter(|| loss.sum_into(logits.view(), targets, 0.001, gradient.view_mut()));
    });
    group.finish();
}

fn bench(criterion: &mut Criterion) {
    for (rows, columns) in [(100_000, 10), (1000, 1000)] {
        bench_layer(criterion, "Softmax", &Softmax, &values(rows, columns));
        bench_layer(criterion, "LogSoftmax", &LogSoftmax, &values(rows, columns));
    }
    for (rows, columns) in [(512, 2), (300, 3), (128, 10), (512, 1000)] {
        bench_cross_entropy(criterion, &values(rows, columns));
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
