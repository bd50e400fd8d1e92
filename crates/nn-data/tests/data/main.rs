//! Laws of data sets, and of what is made of them.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod noise;
mod one_hot;
mod samples;
mod scaling;
mod sets;
mod splits;
mod table;
mod tables;

use nn_data::{DataError, Dataset, Regression};
use nn_tensor::Matrix;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn zero(name: &'static str) -> DataError {
    DataError::Zero { name }
}

/// Samples whose first feature is their row.
fn numbered(labels: Vec<usize>, classes: usize) -> Dataset<f64> {
    let inputs = Matrix::from_fn(labels.len(), 2, |i, j| (i + 1000 * j) as f64);
    Dataset::new(inputs, labels, classes).unwrap()
}

/// Samples whose features and targets are their row.
fn numbered_regression(count: usize) -> Regression<f64> {
    let rows = Matrix::from_fn(count, 1, |i, _| i as f64);
    Regression::new(rows.clone(), rows).unwrap()
}
