//! The two jobs of the examples from first weights to last, in `f32`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nn::prelude::*;
use nn_benches::Training;

fn bench(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let circle: Dataset = circle(1000, &mut rng).expect("there are samples");
    let spiral: Dataset = spiral(100, 3, &mut rng).expect("there are samples");
    let jobs = [
        ("circle, 100 epochs", &circle, [2, 10, 2], 0.01, 100),
        ("spiral, 1000 epochs", &spiral, [2, 64, 3], 0.05, 1000),
    ];
    for (name, data, widths, learning_rate, epochs) in jobs {
        criterion.bench_function(name, |bencher| {
            let start = || Training::new(&widths, learning_rate).expect("every width is above 0");
            let train = |mut training: Training| {
                for _ in 0..epochs {
                    training.epoch(data, data.len()).expect("the data fit the network");
                }
            };
            bencher.iter_batched(start, train, BatchSize::SmallInput);
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
