//! Every layer there is, forward and backward, over a batch of 512 × 64 in `f32`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::layers::{Backward, all};
use nn::prelude::*;

const ROWS: usize = 512;
const COLUMNS: usize = 64;

fn bench(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let layers = all::<f32, _>(COLUMNS, &mut rng).expect("there are columns");
    let x = Matrix::from_fn(ROWS, COLUMNS, |i, j| ((i * 7 + j) % 1601) as f32 / 100.0 - 8.0);
    for (name, layer) in layers {
        let output = layer.forward(&x).expect("the layer takes any width");
        let (mut y, d_output, mut d_input) = (output.clone(), output.clone(), x.clone());
        let mut d_parameters = vec![0.0; layer.parameter_count()];
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((ROWS * COLUMNS) as u64));
        group.bench_function(BenchmarkId::from_parameter("forward"), |bencher| {
            bencher.iter(|| layer.forward_into(x.view(), y.view_mut()));
        });
        group.bench_function(BenchmarkId::from_parameter("backward"), |bencher| {
            bencher.iter(|| {
                layer.backward_into(Backward {
                    input: x.view(),
                    output: output.view(),
                    d_output: d_output.view(),
                    d_input: Some(d_input.view_mut()),
                    d_parameters: &mut d_parameters,
                })
            });
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
