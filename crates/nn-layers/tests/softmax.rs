//! Laws of softmax and its logarithm, and the figures they are held against.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Backward, Layer, LogSoftmax, Softmax, Softmin};
use nn_reference::{Ulps, load};
use nn_tensor::{Matrix, Scalar};
use proptest::prelude::*;

/// Rows of any finite values, up to the largest and down to the smallest.
fn any_finite<T: Scalar>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Matrix<T>> {
    let row = prop::collection::vec(value, 1..400_usize);
    (row, 1..8_usize).prop_map(|(mut values, columns)| {
        let columns = columns.min(values.len());
        values.truncate(values.len() / columns * columns);
        Matrix::from_row_slice(values.len() / columns, columns, &values).unwrap()
    })
}

fn finite_f32() -> impl Strategy<Value = f32> {
    use prop::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        -100.0..100.0_f32,
        Just(f32::MAX),
        Just(f32::MIN),
    ]
}

fn finite_f64() -> impl Strategy<Value = f64> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        -800.0..800.0_f64,
        Just(f64::MAX),
        Just(f64::MIN),
    ]
}

fn rows_are_probabilities<T: Scalar>(x: &Matrix<T>) -> Result<(), TestCaseError> {
    let y = Softmax.forward(x)?;
    for row in y.iter_rows() {
        prop_assert!(row.iter().all(|p| (T::ZERO..=T::ONE).contains(p)), "{row:?}");
        let sum: f64 = row.iter().map(|p| p.to_f64()).sum();
        prop_assert!((sum - 1.0).abs() <= row.len() as f64 * T::EPSILON.to_f64(), "{sum}");
    }
    let logs = LogSoftmax.forward(x)?;
    for (log, p) in logs.as_slice().iter().zip(y.as_slice()) {
        prop_assert!(*log <= T::ZERO, "{log}");
        prop_assert!((log.exp().to_f64() - p.to_f64()).abs() <= 4.0 * T::EPSILON.to_f64());
    }
    Ok(())
}

proptest! {
    #[test]
    fn rows_of_any_finite_values_become_probabilities_in_f32(x in any_finite(finite_f32())) {
        rows_are_probabilities(&x)?;
    }

    #[test]
    fn rows_of_any_finite_values_become_probabilities_in_f64(x in any_finite(finite_f64())) {
        rows_are_probabilities(&x)?;
    }

    /// Sums of multiples of 1/256 and whole numbers are exact, so that the exact values are the same.
    #[test]
    fn adding_a_number_to_a_row_changes_the_last_bit_at_most(
        steps in prop::collection::vec(-25_600..25_600_i32, 1..9), shift in -10_000..10_000_i32,
    ) {
        let x = Matrix::from_fn(1, steps.len(), |_, j| steps[j] as f32 / 256.0);
        let shifted = x.map(|x| x + shift as f32);
        for layer in [&Softmax as &dyn Layer<f32>, &LogSoftmax] {
            let (y, y_shifted) = (layer.forward(&x)?, layer.forward(&shifted)?);
            for (y, y_shifted) in y.as_slice().iter().zip(y_shifted.as_slice()) {
                prop_assert!(y.ulps_from(*y_shifted) <= 1, "{y:e} and {y_shifted:e}");
            }
        }
    }
}

#[test]
fn the_notebook_rows_come_out() {
    let x = Matrix::from([[4.8, 1.21, 2.385], [1.0, 2.0, 3.0], [-2.0, -1.0, 0.0], [0.5, 1.0, 1.5]]);
    let expected = "[[0.89528266 0.02470831 0.08000903]\n \
                     [0.09003057 0.24472847 0.66524096]\n \
                     [0.09003057 0.24472847 0.66524096]\n \
                     [0.18632372 0.30719589 0.50648039]]";
    assert_eq!(format!("{:.8}", Softmax.forward(&x).unwrap()), expected);
    assert_eq!(format!("{:.8}", Softmax.forward(&x.cast::<f64>()).unwrap()), expected);
}

/// One row of the figures through one layer, at one precision.
fn judge<T: Scalar + Ulps>(
    [name, layer]: [&str; 2],
    [x, upstream, expected, d_expected]: [Vec<T>; 4],
    exact: Option<Vec<T>>,
) {
    let layer: &dyn Layer<T> = if layer == "softmax" { &Softmax } else { &LogSoftmax };
    let row = |values: &[T]| Matrix::from_row_slice(1, values.len(), values).unwrap();
    let y = layer.forward(&row(&x)).unwrap();
    let dx = layer.backward(&row(&x), &row(&upstream)).unwrap().input;
    if x.iter().any(|x| x.is_nan()) || !x.iter().any(|x| x.is_finite()) || x.contains(&T::INFINITY)
    {
        assert!(y.as_slice().iter().all(|y| y.is_nan()), "{name}: {y:?}");
        return;
    }
    // Where there are no exact values, PyTorch's, which are a few ulp off.
    let allowed = if exact.is_some() { 1 } else { 3 };
    for (found, exact) in y.as_slice().iter().zip(exact.unwrap_or(expected)) {
        assert!(found.ulps_from(exact) <= allowed, "{name}: {found:e} for {exact:e}");
    }
    let scale = upstream.iter().fold(1.0, |largest, u| u.abs().to_f64().max(largest));
    for (found, expected) in dx.as_slice().iter().zip(d_expected) {
        let error = (found.to_f64() - expected.to_f64()).abs();
        assert!(error <= 8.0 * T::EPSILON.to_f64() * scale, "{name}: {found:e} for {expected:e}");
    }
}

#[test]
fn every_row_of_the_figures_comes_out_within_one_ulp() {
    let cases = load("softmax").get("cases").list();
    assert_eq!(cases.len(), 23);
    for case in cases {
        let name = case.get("name");
        for layer in ["softmax", "log_softmax"] {
            let key = |start: &str, end: &str| format!("{start}{layer}{end}");
            let keys = |bits: &str| {
                let [y, dx] = ["_", "_dx_"].map(|part| key("torch_", &format!("{part}{bits}")));
                [format!("x_{bits}"), format!("upstream_{bits}"), y, dx]
            };
            let exact = |bits: &str| case.find(&key("exact_", &format!("_{bits}")));
            judge(
                [name.text(), layer],
                keys("f64").map(|key| case.get(&key).f64s()),
                exact("f64").map(|values| values.f64s()),
            );
            judge(
                [name.text(), layer],
                keys("f32").map(|key| case.get(&key).f32s()),
                exact("f32").map(|values| values.f32s()),
            );
        }
    }
}

/// Rows of 2 to 300 values, near together and far apart, around 0 and far from it.
#[test]
fn single_precision_is_within_one_ulp() {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    };
    for (columns, rows) in [(2, 300), (3, 300), (10, 150), (300, 130)] {
        for (centre, spread) in [(0.0, 0.3), (3.0, 4.0), (-50.0, 20.0), (1e5, 100.0), (0.0, 1e4)] {
            let value = |_, _| (centre + spread * random()) as f32;
            let x = Matrix::<f32>::from_fn(rows, columns, value);
            // In double precision, an error of some ulp is nothing here.
            let exact = [Softmax.forward(&x.cast::<f64>()), LogSoftmax.forward(&x.cast::<f64>())];
            let found = [Softmax.forward(&x), LogSoftmax.forward(&x)];
            for (found, exact) in found.into_iter().zip(exact) {
                let (found, exact) = (found.unwrap(), exact.unwrap());
                for (&y, &exact) in found.as_slice().iter().zip(exact.as_slice()) {
                    let size = (exact as f32).abs();
                    let unit = f64::from(size.next_up()) - f64::from(size);
                    assert!((f64::from(y) - exact).abs() <= unit, "{y:e} for {exact:e}");
                }
            }
        }
    }
}

#[test]
fn softmin_is_the_softmax_of_the_negative_bit_for_bit() {
    for (rows, columns) in [(1, 1), (3, 10), (130, 7), (600, 200)] {
        let x = Matrix::<f64>::from_fn(rows, columns, |i, j| ((i * 31 + j * 17) % 97) as f64 / 9.0);
        let dy = Matrix::from_fn(rows, columns, |i, j| ((i * 7 + j * 5) % 11) as f64 - 5.0);
        let negative = x.map(|x| -x);
        assert_eq!(Softmin.forward(&x).unwrap(), Softmax.forward(&negative).unwrap());
        let dx = Softmin.backward(&x, &dy).unwrap().input;
        assert_eq!(dx, Softmax.backward(&negative, &dy).unwrap().input.map(|d| -d));
    }
}

/// Both passes of a layer through views with a gap of `gap` rows between the columns.
fn passes(
    layer: &dyn Layer<f32>,
    x: &Matrix<f32>,
    dy: &Matrix<f32>,
    gap: usize,
) -> [Matrix<f32>; 2] {
    let (rows, columns) = (x.rows(), x.columns());
    let wide = |m: &Matrix<f32>| {
        Matrix::from_fn(rows + gap, columns, |i, j| if i < rows { m[(i, j)] } else { f32::NAN })
    };
    let (x, dy) = (wide(x), wide(dy));
    let (mut y, mut dx) = (x.clone(), x.clone());
    layer
        .forward_into(x.row_range(0..rows).unwrap(), y.view_mut().row_range(0..rows).unwrap())
        .unwrap();
    layer
        .backward_into(Backward {
            input: x.row_range(0..rows).unwrap(),
            output: y.row_range(0..rows).unwrap(),
            d_output: dy.row_range(0..rows).unwrap(),
            d_input: Some(dx.view_mut().row_range(0..rows).unwrap()),
            d_parameters: &mut [],
        })
        .unwrap();
    [y, dx].map(|wide| {
        assert!(
            wide.as_slice()
                .chunks((rows + gap).max(1))
                .all(|c| c[rows..].iter().all(|v| v.is_nan()))
        );
        wide.row_range(0..rows).unwrap().to_matrix()
    })
}

/// A row's softmax or its logarithm in double precision.
fn exact_value(x: &Matrix<f32>, i: usize, logarithm: bool) -> Vec<f64> {
    let row: Vec<f64> = (0..x.columns()).map(|j| f64::from(x[(i, j)])).collect();
    let largest = row.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let sum: f64 = row.iter().map(|x| (x - largest).exp()).sum();
    let logs = row.iter().map(|x| x - largest - sum.ln());
    logs.map(|log| if logarithm { log } else { log.exp() }).collect()
}

/// `∂x` in double precision, from what the passes were given.
fn exact_gradient(y: &Matrix<f32>, dy: &Matrix<f32>, i: usize, logarithm: bool) -> Vec<f64> {
    let row =
        |m: &Matrix<f32>| -> Vec<f64> { (0..m.columns()).map(|j| f64::from(m[(i, j)])).collect() };
    let (y, dy) = (row(y), row(dy));
    let sum: f64 = dy.iter().sum();
    let dot: f64 = y.iter().zip(&dy).map(|(y, dy)| y * dy).sum();
    let each = y.iter().zip(&dy);
    each.map(|(y, dy)| if logarithm { dy - y.exp() * sum } else { y * (dy - dot) }).collect()
}

/// However rows are cut into blocks and parts, and whether they fill them or not.
#[test]
fn any_number_of_rows_and_columns_is_within_one_ulp_and_has_its_gradient() {
    let shapes = [0, 1, 3, 10, 15, 16, 17, 100, 127, 128, 129, 200, 250, 300, 1025]
        .into_iter()
        .flat_map(|rows| [0, 1, 2, 7, 10, 100, 129, 131].map(|columns| (rows, columns)))
        .chain([(1, 1000), (7, 1000), (2, 1001)]);
    for (rows, columns) in shapes {
        // Values that are all far below 0, so that a lane beyond the last would be found out.
        let x = Matrix::from_fn(rows, columns, |i, j| ((i * 7 + j * 13) % 101) as f32 / 9.0 - 40.0);
        let dy = Matrix::from_fn(rows, columns, |i, j| ((i * 5 + j * 11) % 23) as f32 / 4.0 - 3.0);
        for (layer, logarithm) in [(&Softmax as &dyn Layer<f32>, false), (&LogSoftmax, true)] {
            for gap in [0, 5] {
                let [y, dx] = passes(layer, &x, &dy, gap);
                for i in 0..rows {
                    for (j, exact) in exact_value(&x, i, logarithm).into_iter().enumerate() {
                        let size = (exact as f32).abs();
                        let unit = f64::from(size.next_up()) - f64::from(size);
                        let error = (f64::from(y[(i, j)]) - exact).abs();
                        assert!(error <= unit, "{rows} × {columns}: {error:e} for {exact:e}");
                    }
                    for (j, exact) in exact_gradient(&y, &dy, i, logarithm).into_iter().enumerate()
                    {
                        let error = (f64::from(dx[(i, j)]) - exact).abs();
                        assert!(
                            error <= 1e-5 * exact.abs().max(1.0),
                            "{rows} × {columns}: {error}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_row_with_nan_or_infinity_leaves_the_rows_beside_it_alone() {
    for (rows, columns) in [(3, 100), (128, 5), (200, 150)] {
        for special in [f32::NAN, f32::INFINITY] {
            let x = Matrix::from_fn(rows, columns, |i, j| ((i + 3 * j) % 17) as f32);
            let mut spoilt = x.clone();
            spoilt[(1, columns / 2)] = special;
            for layer in [&Softmax as &dyn Layer<f32>, &LogSoftmax] {
                let (y, spoilt) = (layer.forward(&x).unwrap(), layer.forward(&spoilt).unwrap());
                for j in 0..columns {
                    for i in 0..rows {
                        let (y, spoilt) = (y[(i, j)], spoilt[(i, j)]);
                        assert!(if i == 1 { spoilt.is_nan() } else { spoilt == y }, "{spoilt}");
                    }
                }
            }
        }
    }
}

#[test]
fn rows_without_columns_take_no_time() {
    let x = Matrix::<f32>::zeros(1 << 40, 0);
    for layer in [&Softmax as &dyn Layer<f32>, &Softmin, &LogSoftmax] {
        assert_eq!(layer.forward(&x).unwrap().shape(), x.shape());
    }
    let norm =
        nn_layers::LayerNorm::<f32> { affine: None, ..nn_layers::LayerNorm::new(1).unwrap() };
    assert_eq!(norm.forward(&x).unwrap().shape(), x.shape());
}
