//! What holds for every layer, tried on each of them.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Backward, Layer, LayerError, all};
use nn_tensor::{Matrix, Scalar, View, ViewMut};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const SHAPES: [(usize, usize); 6] = [(1, 1), (1, 5), (7, 1), (128, 3), (129, 4), (260, 2)];

fn random<T: Scalar>(rows: usize, columns: usize, seed: u64) -> Matrix<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Matrix::from_fn(rows, columns, |_, _| T::from_f64(4.0 * rng.random::<f64>() - 2.0))
}

fn layers<T: Scalar>(inputs: usize) -> Vec<(&'static str, Box<dyn Layer<T>>)> {
    all(inputs, &mut ChaCha8Rng::seed_from_u64(0)).unwrap()
}

#[test]
fn names_are_unique_and_layers_print_them() {
    let mut names: Vec<_> = layers::<f64>(3).into_iter().map(|(name, _)| name).collect();
    for (name, layer) in layers::<f32>(3) {
        assert_eq!(layer.kind(), name);
        assert!(format!("{layer:?}").starts_with(name), "{layer:?}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), layers::<f64>(3).len());
}

#[test]
fn the_output_has_a_row_for_each_of_the_input_and_the_width_that_was_said() {
    for (rows, inputs) in SHAPES {
        for (name, layer) in layers::<f64>(inputs) {
            let x = random(rows, inputs, 1);
            let y = layer.forward(&x).unwrap();
            assert_eq!(y.rows(), rows, "{name}");
            assert_eq!(y.columns(), layer.output_width(inputs).unwrap(), "{name}");
            assert_eq!(y, layer.forward(&x).unwrap(), "{name} twice");
        }
    }
}

#[test]
fn rows_do_not_know_of_each_other() {
    for (rows, inputs) in SHAPES {
        for (name, layer) in layers::<f64>(inputs) {
            let (x, dy) = (random(rows, inputs, 1), random(rows, inputs + 1, 2));
            let width = layer.output_width(inputs).unwrap();
            let dy = Matrix::from_fn(rows, width, |i, j| dy[(i, j)]);
            let (y, dx) = (layer.forward(&x).unwrap(), layer.backward(&x, &dy).unwrap().input);
            for i in [0, rows / 2, rows - 1] {
                let row = |m: &Matrix<f64>| m.row_range(i..i + 1).unwrap().to_matrix();
                let alone = layer.forward(&row(&x)).unwrap();
                let d_alone = layer.backward(&row(&x), &row(&dy)).unwrap().input;
                for (alone, whole) in [(alone, row(&y)), (d_alone, row(&dx))] {
                    let difference = alone.zip_map(&whole, |a, b| (a - b).abs()).unwrap();
                    assert!(difference.as_slice().iter().all(|d| *d < 1e-14), "{name}, row {i}");
                }
            }
        }
    }
}

#[test]
fn f32_is_f64_rounded() {
    for (rows, inputs) in SHAPES {
        for ((name, single), (_, double)) in layers::<f32>(inputs).iter().zip(layers::<f64>(inputs))
        {
            let x: Matrix<f32> = random(rows, inputs, 1);
            let (y32, y64) = (single.forward(&x).unwrap(), double.forward(&x.cast()).unwrap());
            for (a, b) in y32.as_slice().iter().zip(y64.as_slice()) {
                assert!((f64::from(*a) - b).abs() < 1e-5, "{name}: {a} for {b}");
            }
        }
    }
}

#[test]
fn a_batch_without_rows_is_an_output_without_rows() {
    for (name, layer) in layers::<f64>(3) {
        let y = layer.forward(&Matrix::zeros(0, 3)).unwrap();
        assert_eq!((y.rows(), y.columns()), (0, layer.output_width(3).unwrap()), "{name}");
        let gradients = layer.backward(&Matrix::zeros(0, 3), &y).unwrap();
        assert!(gradients.parameters.iter().all(|g| *g == 0.0), "{name}");
    }
}

#[test]
fn shapes_that_do_not_fit_are_a_typed_error() {
    for (name, layer) in layers::<f64>(3) {
        let width = layer.output_width(3).unwrap();
        let (x, y) = (random::<f64>(5, 3, 1), random::<f64>(5, width, 2));
        for (rows, columns) in [(4, width), (5, width + 1), (0, 0)] {
            let mut wrong = random::<f64>(rows, columns, 3);
            let before = wrong.clone();
            let error = layer.forward_into(x.view(), wrong.view_mut()).unwrap_err();
            assert!(matches!(error, LayerError::Shape(_)), "{name}: {error}");
            assert_eq!(wrong, before, "{name}");
            let error = layer.backward(&x, &wrong).unwrap_err();
            assert!(matches!(error, LayerError::Shape(_)), "{name}: {error}");
        }
        let mut short = vec![0.0; layer.parameter_count() + 1];
        let error = layer
            .backward_into(Backward {
                input: x.view(),
                output: y.view(),
                d_output: y.view(),
                d_input: None,
                d_parameters: &mut short,
            })
            .unwrap_err();
        assert!(matches!(error, LayerError::Shape(_)), "{name}: {error}");
    }
}

#[test]
fn parameters_are_shown_in_one_order_and_their_gradients_are_written() {
    for (name, mut layer) in layers::<f64>(3) {
        let (mut shown, mut shown_mut) = (Vec::new(), Vec::new());
        layer.visit(&mut |name, values| shown.push((name, values.shape())));
        layer.visit_mut(&mut |name, values| shown_mut.push((name, values.shape())));
        assert_eq!(shown, shown_mut, "{name}");

        let x = random(5, 3, 1);
        let y = layer.forward(&x).unwrap();
        let once = layer.backward(&x, &y).unwrap().parameters;
        let mut again = vec![f64::NAN; once.len()];
        layer
            .backward_into(Backward {
                input: x.view(),
                output: y.view(),
                d_output: y.view(),
                d_input: None,
                d_parameters: &mut again,
            })
            .unwrap();
        assert_eq!(once, again, "{name}");
    }
}

#[test]
fn a_nan_comes_out_where_one_goes_in() {
    for (name, layer) in layers::<f32>(2) {
        let y = layer.forward(&Matrix::from([[f32::NAN, 1.0], [1.0, 2.0]])).unwrap();
        assert!(y[(0, 0)].is_nan(), "{name}");
        assert!(y.iter_rows().nth(1).unwrap().iter().all(|y| y.is_finite()), "{name}");
    }
}

#[test]
fn views_with_gaps_between_columns_are_read_and_written_in_place() {
    for (name, layer) in layers::<f64>(3) {
        let (x, width) = (random::<f64>(9, 3, 1), layer.output_width(3).unwrap());
        let expected = layer.forward(&x.row_range(2..7).unwrap().to_matrix()).unwrap();
        let mut y = Matrix::zeros(8, width);
        let output: ViewMut<'_, f64> = y.view_mut().row_range(1..6).unwrap();
        let input: View<'_, f64> = x.row_range(2..7).unwrap();
        layer.forward_into(input, output).unwrap();
        assert_eq!(y.row_range(1..6).unwrap().to_matrix(), expected, "{name}");
        assert!((0..width).all(|j| [0, 6, 7].iter().all(|&i| y[(i, j)] == 0.0)), "{name}");
    }
}
