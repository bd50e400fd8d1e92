//! The three products of a dense layer, in `f32`, over the shapes of small and large networks.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;
use nn::tensor::product;

/// Rows of the batch, inputs and outputs of the layer.
const SHAPES: [(usize, usize, usize); 8] = [
    (1, 784, 128),
    (1000, 2, 10),
    (1000, 10, 2),
    (300, 2, 64),
    (300, 64, 3),
    (128, 784, 128),
    (128, 128, 64),
    (256, 1024, 1024),
];

fn values(rows: usize, columns: usize) -> Matrix<f32> {
    Matrix::from_fn(rows, columns, |i, j| ((i * 37 + j * 101) % 64) as f32 / 32.0 - 1.0)
}

fn bench(criterion: &mut Criterion) {
    for (rows, inputs, outputs) in SHAPES {
        let (x, w, dy) = (values(rows, inputs), values(inputs, outputs), values(rows, outputs));
        let mut y = Matrix::zeros(rows, outputs);
        let mut dw = Matrix::zeros(inputs, outputs);
        let mut dx = Matrix::zeros(rows, inputs);
        let mut group = criterion.benchmark_group(format!("{rows} × {inputs} → {outputs}"));
        group.throughput(Throughput::Elements(2 * (rows * inputs * outputs) as u64));
        group.bench_function(BenchmarkId::from_parameter("Y = X·W"), |bencher| {
            bencher.iter(|| product::matmul(x.view(), w.view(), y.view_mut()));
        });
        group.bench_function(BenchmarkId::from_parameter("∂W = Xᵀ·∂Y"), |bencher| {
            bencher.iter(|| product::transpose_matmul(x.view(), dy.view(), dw.view_mut()));
        });
        group.bench_function(BenchmarkId::from_parameter("∂X = ∂Y·Wᵀ"), |bencher| {
            bencher.iter(|| product::matmul_transpose(dy.view(), w.view(), dx.view_mut()));
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
