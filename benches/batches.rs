//! An epoch of batches of 128 samples, none of which is looked at: in order, and shuffled anew.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;
use nn_benches::noise;

fn epoch(batches: &mut Batches<'_, Dataset>) -> nn::Result<()> {
    while let Some(batch) = batches.next_batch()? {
        black_box(batch);
    }
    batches.rewind();
    Ok(())
}

fn batches(criterion: &mut Criterion) {
    for [rows, columns] in [[1_000, 2], [60_000, 784]] {
        let data = noise(rows, columns, 10).expect("there is something of each");
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut group = criterion.benchmark_group(format!("batches of {rows} × {columns}"));
        group.throughput(Throughput::Elements((rows * columns) as u64)).sample_size(10);
        let mut batches = Batches::new(&data, 128).expect("128 is not 0");
        group.bench_function(BenchmarkId::from_parameter("in order"), |bencher| {
            bencher.iter(|| epoch(&mut batches));
        });
        group.bench_function(BenchmarkId::from_parameter("shuffled"), |bencher| {
            bencher.iter(|| {
                batches.shuffle(&mut rng);
                epoch(&mut batches)
            });
        });
        group.finish();
    }
}

criterion_group!(benches, batches);
criterion_main!(benches);
