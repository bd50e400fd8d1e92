//! Laws of normal noise, seen through the data sets that have it.

use nn_data::{Dataset, blobs};
use nn_tensor::Real;

use crate::rng;

/// So many draws of a standard normal.
fn draws(count: usize) -> Vec<f64> {
    let data: Dataset<f64> = blobs(count, [[0.0]], 1.0, &mut rng(5)).unwrap();
    data.inputs().as_slice().to_vec()
}

#[test]
fn noise_is_normal() {
    let count = 200_000;
    let mut draws = draws(count);
    draws.sort_unstable_by(f64::total_cmp);
    // The largest distance from the distribution function, which this count lets pass 0.005 once in
    // ten thousand seeds (Kolmogorov and Smirnov).
    let off = |(i, x): (usize, &f64)| ((i as f64 + 0.5) / count as f64 - x.normal_cdf()).abs();
    let largest = draws.iter().enumerate().map(off).fold(0.0, f64::max);
    assert!(largest < 0.005, "{largest}");
    let beyond_4 = draws.iter().filter(|x| x.abs() > 4.0).count();
    assert!((1..40).contains(&beyond_4), "{beyond_4}, where 12.7 are expected");
}

#[test]
fn neighbouring_draws_are_not_correlated() {
    let draws = draws(200_000);
    let products = draws.windows(2).map(|pair| pair[0] * pair[1]);
    let correlation = products.sum::<f64>() / draws.len() as f64;
    assert!(correlation.abs() < 0.01, "{correlation}");
}

/// Each is within 3 ulp of what exact arithmetic makes of the same draws.
#[test]
fn noise_is_the_same_on_every_platform() {
    assert_eq!(draws(3), [-0.14549735261774335, 1.2376200981676777, -0.24159760059908778]);
}
