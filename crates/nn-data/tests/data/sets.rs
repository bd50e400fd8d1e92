//! Laws of the generators.

use std::f64::consts::{PI, TAU};

use nn_data::sets::{classification, regression};
use nn_data::{
    Centers, DataError, Dataset, Regression, blobs, checkerboard, circle, circles, exclusive_or,
    moons, sine, spiral, swiss_roll, two_gaussians, vertical_bands,
};
use nn_tensor::Matrix;
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;

use crate::{rng, zero};

/// How many samples of each class the documentation promises; `None` where that is left to chance.
fn documented_counts(name: &str, samples: usize) -> Option<Vec<usize>> {
    let half = samples / 2;
    match name {
        "blobs" => Some((0..3).map(|class| (samples + 2 - class) / 3).collect()),
        "two_gaussians" => Some(vec![samples - half, half]),
        "circles" | "moons" => Some(vec![half, samples - half]),
        "spiral" | "vertical_bands" => Some(vec![samples; 3]),
        _ => None,
    }
}

proptest! {
    #[test]
    fn every_class_has_as_many_finite_points_as_documented(samples in 1..300_usize, seed: u64) {
        for (name, make) in classification::<f32, ChaCha8Rng>() {
            let data = make(samples, &mut rng(seed))?;
            prop_assert_eq!(data.inputs().columns(), 2, "{}", name);
            prop_assert!(data.inputs().is_finite(), "{}", name);
            let counts = data.class_counts()?;
            match documented_counts(name, samples) {
                Some(documented) => prop_assert_eq!(counts, documented, "{}", name),
                None => prop_assert_eq!((data.len(), counts.len()), (samples, 2), "{}", name),
            }
        }
    }

    #[test]
    fn every_regression_has_as_many_finite_targets_as_samples(samples in 1..300_usize, seed: u64) {
        for (name, make) in regression::<f32, ChaCha8Rng>() {
            let data = make(samples, &mut rng(seed))?;
            prop_assert_eq!(data.inputs().rows(), samples, "{}", name);
            prop_assert_eq!(data.targets().columns(), 1, "{}", name);
            prop_assert!(data.inputs().is_finite() && data.targets().is_finite(), "{}", name);
        }
    }

    #[test]
    fn a_seed_names_the_data(seed: u64) {
        for (name, make) in classification::<f64, ChaCha8Rng>() {
            let data = make(50, &mut rng(seed))?;
            prop_assert_eq!(&data, &make(50, &mut rng(seed))?, "{}", name);
            prop_assert_ne!(&data, &make(50, &mut rng(!seed))?, "{}", name);
        }
        for (name, make) in regression::<f64, ChaCha8Rng>() {
            let data = make(50, &mut rng(seed))?;
            prop_assert_eq!(&data, &make(50, &mut rng(seed))?, "{}", name);
            prop_assert_ne!(&data, &make(50, &mut rng(!seed))?, "{}", name);
        }
    }

    #[test]
    fn single_precision_data_are_the_same_points_rounded(samples in 1..50_usize, seed: u64) {
        let both = classification().into_iter().zip(classification());
        for ((name, single), (_, double)) in both {
            let single: Dataset<f32> = single(samples, &mut rng(seed))?;
            let double: Dataset<f64> = double(samples, &mut rng(seed))?;
            prop_assert_eq!(single.inputs(), &double.inputs().cast(), "{}", name);
            prop_assert_eq!(single.labels(), double.labels(), "{}", name);
        }
        for ((name, single), (_, double)) in regression().into_iter().zip(regression()) {
            let single: Regression<f32> = single(samples, &mut rng(seed))?;
            let double: Regression<f64> = double(samples, &mut rng(seed))?;
            prop_assert_eq!(single.inputs(), &double.inputs().cast(), "{}", name);
            prop_assert_eq!(single.targets(), &double.targets().cast(), "{}", name);
        }
    }

    #[test]
    fn circle_labels_what_is_inside(samples in 1..500_usize, seed: u64) {
        let data: Dataset<f32> = circle(samples, &mut rng(seed))?;
        for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
            prop_assert!(point.iter().all(|x| (-1.5..=1.5).contains(x)), "{point:?}");
            let [x, y] = [point[0], point[1]].map(f64::from);
            prop_assert_eq!(*label == 1, x * x + y * y < 1.0);
        }
    }

    #[test]
    fn spiral_arms_run_evenly_outwards(samples in 1..200_usize, classes in 1..6_usize, seed: u64) {
        let data: Dataset<f64> = spiral(samples, classes, &mut rng(seed))?;
        for (i, (point, label)) in data.inputs().iter_rows().zip(data.labels()).enumerate() {
            prop_assert_eq!(*label, i / samples);
            let radius = share(i % samples, samples);
            prop_assert!((point[0].hypot(point[1]) - radius).abs() < 1e-12);
        }
    }

    #[test]
    fn moons_without_noise_are_half_circles(samples in 1..200_usize, seed: u64) {
        let data: Dataset<f64> = moons(samples, 0.0, &mut rng(seed))?;
        let upper = samples / 2;
        for (i, point) in data.inputs().iter_rows().enumerate() {
            let expected = if i < upper {
                let t = PI * share(i, upper);
                [t.cos(), t.sin()]
            } else {
                let t = PI * share(i - upper, samples - upper);
                [1.0 - t.cos(), 0.5 - t.sin()]
            };
            prop_assert!(near(&point, &expected), "{point:?} {expected:?}");
        }
    }

    #[test]
    fn circles_without_noise_are_circles(
        samples in 1..200_usize, factor in 0.0..1.0, seed: u64,
    ) {
        let data: Dataset<f64> = circles(samples, factor, 0.0, &mut rng(seed))?;
        let outside = samples / 2;
        for (i, point) in data.inputs().iter_rows().enumerate() {
            let (radius, share) = if i < outside {
                (1.0, i as f64 / outside as f64)
            } else {
                (factor, (i - outside) as f64 / (samples - outside) as f64)
            };
            let expected = [radius * (TAU * share).cos(), radius * (TAU * share).sin()];
            prop_assert!(near(&point, &expected), "{point:?} {expected:?}");
        }
    }

    #[test]
    fn a_checkerboard_alternates(samples in 1..200_usize, squares in 1..9_usize, seed: u64) {
        let data: Dataset<f32> = checkerboard(samples, squares, 0.0, &mut rng(seed))?;
        for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
            prop_assert!(point.iter().all(|x| (-1.0..1.0).contains(x)), "{point:?}");
            let [column, row] = [point[0], point[1]]
                .map(|x| (squares as f64 * (f64::from(x) + 1.0) / 2.0).floor());
            prop_assert_eq!(*label as f64, (column + row) % 2.0);
        }
    }

    #[test]
    fn exclusive_or_is_true_where_one_coordinate_is_negative(seed: u64) {
        let data: Dataset<f32> = exclusive_or(200, 0.0, &mut rng(seed))?;
        for (point, label) in data.inputs().iter_rows().zip(data.labels()) {
            prop_assert_eq!(*label == 1, (point[0] < 0.0) != (point[1] < 0.0));
        }
    }

    #[test]
    fn blobs_without_deviation_are_their_centers(
        samples in 1..50_usize, count in 1..6_usize, features in 1..5_usize, seed: u64,
    ) {
        let places = Matrix::from_fn(count, features, |i, j| i as f64 - 0.3 * j as f64);
        let data: Dataset<f64> = blobs(samples, places.clone(), 0.0, &mut rng(seed))?;
        for (i, point) in data.inputs().iter_rows().enumerate() {
            let class = i % count;
            prop_assert_eq!(data.labels()[i], class);
            let center: Vec<f64> = (0..features).map(|j| places[(class, j)]).collect();
            prop_assert_eq!(point, center);
        }
        let centers = Centers::Random { count, features };
        let data: Dataset<f64> = blobs(count, centers, 0.0, &mut rng(seed))?;
        prop_assert_eq!(data.inputs().columns(), features);
        prop_assert!(data.inputs().as_slice().iter().all(|x| (-10.0..10.0).contains(x)));
    }

    #[test]
    fn two_gaussians_without_deviation_are_two_points(seed: u64) {
        let data: Dataset = two_gaussians(3, 0.0, &mut rng(seed))?;
        prop_assert_eq!(data.inputs(), &Matrix::from([[-2.0, -2.0], [2.0, 2.0], [-2.0, -2.0]]));
    }

    #[test]
    fn a_sine_without_noise_is_a_sine(samples in 1..200_usize, seed: u64) {
        let data: Regression<f64> = sine(samples, 0.0, &mut rng(seed))?;
        for i in 0..samples {
            let x = i as f64 / samples as f64;
            prop_assert_eq!(data.inputs()[(i, 0)], x);
            prop_assert!((data.targets()[(i, 0)] - (TAU * x).sin()).abs() < 1e-15);
        }
    }

    #[test]
    fn a_swiss_roll_without_noise_is_rolled_by_its_target(samples in 1..200_usize, seed: u64) {
        let data: Regression<f64> = swiss_roll(samples, 0.0, &mut rng(seed))?;
        for (point, t) in data.inputs().iter_rows().zip(data.targets().as_slice()) {
            prop_assert!((1.5 * PI..=4.5 * PI).contains(t));
            prop_assert!(near(&point, &[t * t.cos(), t * t.sin()]), "{point:?} {t}");
        }
    }

    #[test]
    fn noise_is_either_refused_or_leaves_points_finite(
        noise in prop_oneof![0.0..10.0, prop::num::f64::ANY], seed: u64,
    ) {
        let makers = [blobs_in_a_row, moons::<f32, _>, circles_of_half, exclusive_or, two_gaussians];
        for make in makers {
            match make(20, noise, &mut rng(seed)) {
                Ok(data) => prop_assert!(noise >= 0.0 && data.inputs().is_finite()),
                Err(DataError::Parameter { allowed, .. }) => {
                    prop_assert_eq!(allowed, "finite and at least 0");
                    prop_assert!(!(noise >= 0.0 && noise.is_finite()));
                }
                Err(error) => prop_assert!(matches!(error, DataError::NotFinite { .. }), "{error}"),
            }
        }
        for make in [sine::<f32, _>, swiss_roll] {
            match make(20, noise, &mut rng(seed)) {
                Ok(data) => prop_assert!(noise >= 0.0 && data.targets().is_finite()),
                Err(DataError::Parameter { value, .. }) => {
                    prop_assert_eq!(value.to_bits(), noise.to_bits());
                }
                Err(error) => prop_assert!(matches!(error, DataError::NotFinite { .. }), "{error}"),
            }
        }
    }
}

fn blobs_in_a_row(
    samples: usize,
    deviation: f64,
    rng: &mut ChaCha8Rng,
) -> nn_data::Result<Dataset<f32>> {
    blobs(samples, [[-1.0], [0.0], [1.0]], deviation, rng)
}

fn circles_of_half(
    samples: usize,
    noise: f64,
    rng: &mut ChaCha8Rng,
) -> nn_data::Result<Dataset<f32>> {
    circles(samples, 0.5, noise, rng)
}

/// The `i`th of `count` numbers spread evenly from 0 to 1.
fn share(i: usize, count: usize) -> f64 {
    i as f64 / (count.max(2) - 1) as f64
}

fn near(point: &[f64], expected: &[f64]) -> bool {
    point.len() == expected.len()
        && point.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-15 * b.abs().max(1.0))
}

#[test]
fn names_are_unique() {
    let classification = classification::<f32, ChaCha8Rng>().into_iter().map(|(name, _)| name);
    let regression = regression::<f32, ChaCha8Rng>().into_iter().map(|(name, _)| name);
    let mut names: Vec<_> = classification.chain(regression).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn the_angle_of_a_spiral_arm_has_noise_of_a_fifth() {
    let samples = 20_000;
    let data: Dataset<f64> = spiral(samples, 2, &mut rng(1)).unwrap();
    let mut sum_of_squares = 0.0;
    let outer = data.inputs().iter_rows().enumerate().filter(|(i, _)| i % samples > 0);
    for (i, point) in outer {
        let expected = 2.5 * 4.0 * ((i / samples) as f64 + share(i % samples, samples));
        let off = (point[0].atan2(point[1]) - expected).rem_euclid(TAU);
        let off = if off > PI { off - TAU } else { off };
        sum_of_squares += (off / 2.5) * (off / 2.5);
    }
    let deviation = (sum_of_squares / data.len() as f64).sqrt();
    assert!((deviation - 0.2).abs() < 0.005, "{deviation}");
}

#[test]
fn a_third_of_the_square_is_inside_the_circle() {
    let data: Dataset<f64> = circle(100_000, &mut rng(2)).unwrap();
    let inside = data.labels().iter().sum::<usize>() as f64 / 1e5;
    assert!((inside - PI / 9.0).abs() < 0.005, "{inside}");
}

#[test]
fn half_of_a_checkerboard_is_of_either_class() {
    let data: Dataset = checkerboard(100_000, 4, 0.0, &mut rng(3)).unwrap();
    let share = data.labels().iter().sum::<usize>() as f64 / 1e5;
    assert!((share - 0.5).abs() < 0.005, "{share}");
}

#[test]
fn vertical_bands_are_a_third_apart() {
    let data: Dataset<f64> = vertical_bands(20_000, 3, &mut rng(4)).unwrap();
    for class in 0..3 {
        let rows = class * 20_000..(class + 1) * 20_000;
        let band = data.inputs().row_range(rows).unwrap().to_matrix();
        for (column, center) in [class as f64 / 3.0, 0.5].into_iter().enumerate() {
            let values = band.view().iter_columns().nth(column).unwrap().to_vec();
            let mean = values.iter().sum::<f64>() / 2e4;
            let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2e4).sqrt();
            assert!((mean - center).abs() < 0.004, "{mean}");
            assert!((deviation - 0.1).abs() < 0.003, "{deviation}");
        }
    }
}

#[test]
fn no_samples_and_too_many_are_refused() {
    for (name, make) in classification::<f32, ChaCha8Rng>() {
        assert_eq!(make(0, &mut rng(0)).unwrap_err(), zero("samples"), "{name}");
        let error = make(usize::MAX, &mut rng(0)).unwrap_err();
        assert!(matches!(error, DataError::Shape(_)), "{name}: {error}");
    }
    for (name, make) in regression::<f64, ChaCha8Rng>() {
        assert_eq!(make(0, &mut rng(0)).unwrap_err(), zero("samples"), "{name}");
        let error = make(usize::MAX, &mut rng(0)).unwrap_err();
        assert!(matches!(error, DataError::Shape(_)), "{name}: {error}");
    }
}

#[test]
fn other_parameters_out_of_range_are_refused() {
    let rng = &mut rng(0);
    assert_eq!(spiral::<f32, _>(3, 0, rng).unwrap_err(), zero("classes"));
    assert_eq!(vertical_bands::<f32, _>(3, 0, rng).unwrap_err(), zero("classes"));
    assert!(matches!(spiral::<f32, _>(1 << 40, 1 << 40, rng), Err(DataError::Shape(_))));
    assert_eq!(checkerboard::<f32, _>(3, 0, 0.0, rng).unwrap_err(), zero("squares"));
    assert_eq!(blobs::<f32, _>(3, 0, 1.0, rng).unwrap_err(), zero("centers"));
    let flat = Matrix::zeros(3, 0);
    assert_eq!(blobs::<f32, _>(3, flat, 1.0, rng).unwrap_err(), zero("features"));
    assert!(matches!(blobs::<f32, _>(3, usize::MAX, 1.0, rng), Err(DataError::Shape(_))));
    let error = blobs::<f32, _>(3, [[0.0], [f64::INFINITY]], 1.0, rng).unwrap_err();
    assert_eq!(error.to_string(), "the value in row 1 of column 0 is inf");
    for factor in [-0.1, 1.0, f64::NAN] {
        let error = circles::<f32, _>(3, factor, 0.0, rng).unwrap_err();
        assert!(matches!(error, DataError::Parameter { name: "factor", .. }), "{error}");
    }
    let error = moons::<f32, _>(3, -1.0, rng).unwrap_err();
    assert_eq!(error.to_string(), "noise is -1, but must be finite and at least 0");
}
