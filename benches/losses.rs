//! Every loss and its gradient, in `f32`, with targets of the kind that it takes.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::optim::losses;
use nn::prelude::*;

const OUTPUTS: usize = 10;

fn bench(criterion: &mut Criterion) {
    for rows in [1_000, 100_000] {
        // Outputs from 0 to 1, which every loss takes, and labels that no row predicts by a pattern.
        let value = |i, j| ((i * 37 + j * 101) % 4096) as f32 / 4096.0;
        let outputs = Matrix::from_fn(rows, OUTPUTS, value);
        let values = Matrix::from_fn(rows, OUTPUTS, |i, j| value(j * 7, i * 3));
        let labels: Vec<usize> = (0..rows).map(|i| i * 7 % OUTPUTS).collect();
        let weights = vec![1.0; rows];
        let mut gradient = Matrix::zeros(rows, OUTPUTS);
        for (name, loss) in losses::all::<f32>() {
            let mut group = criterion.benchmark_group(name);
            group.throughput(Throughput::Elements((rows * OUTPUTS) as u64));
            for (kind, targets) in [
                ("labels", Targets::from(&labels)),
                ("weighted labels", Targets::from(&labels).weighted(&weights)),
                ("values", Targets::from(&values)),
            ] {
                if loss.divisor(outputs.shape(), targets).is_ok() {
                    let id = BenchmarkId::new(kind, rows * OUTPUTS);
                    group.bench_function(id, |bencher| {
                        bencher.iter(|| {
                            loss.sum_into(outputs.view(), targets, 0.001, gradient.view_mut())
                        });
                    });
                }
            }
            group.finish();
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
