//! Tables read from memory: their numbers and labels, beside the rows alone as csv gives them.
//!
//! `TABLE_ROWS=1000000` sets how many rows there are.

use std::env;
use std::fmt::Write;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use csv::{ByteRecord, ReaderBuilder};
use nn::prelude::*;
use nn::rand::RngExt;

/// How many columns of numbers stand before the label.
const WIDTHS: [usize; 3] = [4, 10, 64];

/// A table of numbers from -100 to 100 with so many decimals, or all of `f32`'s, and three classes.
fn table(rows: usize, columns: usize, decimals: Option<usize>) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut text: String = (0..columns).map(|column| format!("x{column},")).collect();
    text.push_str("class\n");
    for _ in 0..rows {
        for _ in 0..columns {
            let x: f32 = rng.random_range(-100.0..100.0);
            match decimals {
                Some(decimals) => write!(text, "{x:.decimals$},"),
                None => write!(text, "{x},"),
            }
            .expect("a string takes any text");
        }
        text.push_str(["cat\n", "dog\n", "mouse\n"][rng.random_range(0..3)]);
    }
    text
}

fn count_cells(text: &str) -> usize {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let (mut record, mut cells) = (ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record).expect("it is in memory") {
        cells += record.len();
    }
    cells
}

fn tables(criterion: &mut Criterion) {
    let rows = env::var("TABLE_ROWS").map_or(20_000, |rows| rows.parse().expect("it is a count"));
    for columns in WIDTHS {
        for (digits, decimals) in [("2 decimals", Some(2)), ("all digits", None)] {
            let text = table(rows, columns, decimals);
            let mut group = criterion.benchmark_group(format!("table of {columns}, {digits}"));
            group.throughput(Throughput::Elements(rows as u64)).sample_size(10);
            group.bench_function(BenchmarkId::from_parameter("rows alone"), |bencher| {
                bencher.iter(|| count_cells(&text));
            });
            group.bench_function(BenchmarkId::from_parameter("numbers and labels"), |bencher| {
                bencher.iter(|| -> nn::Result<LabelTable> {
                    Ok(Csv::default().read_dataset_from(text.as_bytes(), Column::LAST)?)
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, tables);
criterion_main!(benches);
