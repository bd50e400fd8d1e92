//! Each activation forward and backward, in `f32`, over 10⁴ and 10⁶ values, and with the environment
//! variable `LARGE` over 10⁸ as well; softmax over rows of two lengths.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::layers::{Backward, activations};
use nn::prelude::*;

/// Values from -8 to 8, where every activation has all its regions.
fn values(rows: usize, columns: usize) -> Matrix<f32> {
    Matrix::from_fn(rows, columns, |i, j| ((i * 37 + j * 101) % 4096) as f32 / 256.0 - 8.0)
}

fn bench_layer(criterion: &mut Criterion, name: &str, layer: &dyn Layer<f32>, x: &Matrix<f32>) {
    let count = x.as_slice().len();
    let mut y = Matrix::zeros(x.rows(), x.columns());
    let mut dx = Matrix::zeros(x.rows(), x.columns());
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(count as u64));
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

fn bench(criterion: &mut Criterion) {
    let most = if std::env::var_os("LARGE").is_some() { 1_000_000 } else { 10_000 };
    for rows in [100, 10_000, 1_000_000].into_iter().filter(|&rows| rows <= most) {
        let x = values(rows, 100);
        for (name, layer) in activations::all::<f32>() {
            bench_layer(criterion, name, layer.as_ref(), &x);
        }
    }
    for (rows, columns) in [(100_000, 10), (1000, 1000)] {
        bench_layer(criterion, "Softmax", &Softmax, &values(rows, columns));
        bench_layer(criterion, "LogSoftmax", &LogSoftmax, &values(rows, columns));
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
