//! Laws of the generators and of batches.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_data::{Batches, DataError, Dataset, circle, spiral};
use nn_tensor::Matrix;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

proptest! {
    #[test]
    fn circle_labels_what_is_inside(samples in 1..500_usize, seed: u64) {
        let data: Dataset<f64> = circle(samples, &mut rng(seed))?;
        prop_assert_eq!((data.len(), data.inputs().rows(), data.classes()), (samples, samples, 2));
        for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
            prop_assert!(point.iter().all(|x| (-1.5..1.5).contains(x)), "{point:?}");
            prop_assert_eq!(*label == 1, point[0] * point[0] + point[1] * point[1] < 1.0);
        }
        prop_assert_eq!(&data, &circle(samples, &mut rng(seed))?);
    }

    #[test]
    fn spiral_arms_run_evenly_outwards(samples in 1..200_usize, classes in 1..6_usize, seed: u64) {
        let data: Dataset<f64> = spiral(samples, classes, &mut rng(seed))?;
        prop_assert_eq!((data.len(), data.classes()), (samples * classes, classes));
        for (i, (point, label)) in data.inputs().iter_rows().zip(data.labels()).enumerate() {
            prop_assert_eq!(*label, i / samples);
            let radius = (i % samples) as f64 / (samples.max(2) - 1) as f64;
            prop_assert!((point[0].hypot(point[1]) - radius).abs() < 1e-12);
        }
        prop_assert_eq!(&data, &spiral(samples, classes, &mut rng(seed))?);
    }

    #[test]
    fn single_precision_data_are_the_same_points_rounded(samples in 1..50_usize, seed: u64) {
        let (single, double): (Dataset<f32>, Dataset<f64>) =
            (spiral(samples, 3, &mut rng(seed))?, spiral(samples, 3, &mut rng(seed))?);
        prop_assert_eq!(single.inputs(), &double.inputs().cast());
        let (single, double): (Dataset<f32>, Dataset<f64>) =
            (circle(samples, &mut rng(seed))?, circle(samples, &mut rng(seed))?);
        prop_assert_eq!(single.inputs(), &double.inputs().cast());
    }

    #[test]
    fn an_epoch_of_batches_is_every_sample_once(
        samples in 1..100_usize, size in 1..120_usize, seed: u64, shuffled: bool,
    ) {
        let inputs = Matrix::from_fn(samples, 2, |i, j| (i * 2 + j) as f64);
        let data = Dataset::new(inputs, (0..samples).collect(), samples)?;
        let mut batches = Batches::new(&data, size)?;
        for epoch in 0..3 {
            if shuffled { batches.shuffle(&mut rng(seed + epoch)) } else { batches.rewind() }
            let (mut seen, mut count) = (Vec::new(), 0);
            while let Some(batch) = batches.next_batch()? {
                count += 1;
                prop_assert_eq!(batch.inputs.rows(), batch.labels.len());
                prop_assert!(batch.labels.len() == size || count == batches_in(samples, size));
                for (row, &label) in batch.labels.iter().enumerate() {
                    prop_assert_eq!(batch.inputs.get(row, 1), Some((label * 2 + 1) as f64));
                    seen.push(label);
                }
            }
            prop_assert_eq!(count, batches.len());
            prop_assert!(shuffled || seen.is_sorted());
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..samples).collect::<Vec<_>>());
        }
    }
}

fn batches_in(samples: usize, size: usize) -> usize {
    samples.div_ceil(size)
}

#[test]
fn the_angle_of_a_spiral_arm_has_noise_of_a_fifth() {
    let samples = 20_000;
    let data: Dataset<f64> = spiral(samples, 2, &mut rng(1)).unwrap();
    let mut sum_of_squares = 0.0;
    let outer = data.inputs().iter_rows().enumerate().filter(|(i, _)| i % samples > 0);
    for (i, point) in outer {
        let radius = (i % samples) as f64 / (samples - 1) as f64;
        let expected = 2.5 * 4.0 * ((i / samples) as f64 + radius);
        let turn = std::f64::consts::TAU;
        let off = (point[0].atan2(point[1]) - expected).rem_euclid(turn);
        let off = if off > turn / 2.0 { off - turn } else { off };
        sum_of_squares += (off / 2.5) * (off / 2.5);
    }
    let deviation = (sum_of_squares / data.len() as f64).sqrt();
    assert!((deviation - 0.2).abs() < 0.005, "{deviation}");
}

#[test]
fn a_third_of_the_square_is_inside_the_circle() {
    let data: Dataset<f64> = circle(100_000, &mut rng(2)).unwrap();
    let inside = data.labels().iter().sum::<usize>() as f64 / 1e5;
    assert!((inside - std::f64::consts::PI / 9.0).abs() < 0.005, "{inside}");
}

#[test]
fn what_cannot_be_is_refused() {
    let zero = |name| DataError::Zero { name };
    assert_eq!(circle::<f32, _>(0, &mut rng(0)).unwrap_err(), zero("samples"));
    assert_eq!(spiral::<f32, _>(0, 3, &mut rng(0)).unwrap_err(), zero("samples"));
    assert_eq!(spiral::<f32, _>(3, 0, &mut rng(0)).unwrap_err(), zero("classes"));
    assert!(matches!(circle::<f32, _>(usize::MAX, &mut rng(0)), Err(DataError::Shape(_))));
    assert!(matches!(spiral::<f32, _>(1 << 40, 1 << 40, &mut rng(0)), Err(DataError::Shape(_))));
    let data = Dataset::new(Matrix::<f32>::zeros(2, 2), vec![0, 1], 2).unwrap();
    assert_eq!(Batches::new(&data, 0).unwrap_err(), zero("batch size"));
    assert_eq!(
        Dataset::new(Matrix::<f32>::zeros(2, 2), vec![0], 2).unwrap_err(),
        DataError::LabelCount { rows: 2, labels: 1 }
    );
    assert_eq!(
        Dataset::new(Matrix::<f32>::zeros(2, 2), vec![0, 2], 2).unwrap_err(),
        DataError::LabelOutOfRange { row: 1, label: 2, classes: 2 }
    );
}
