//! Laws of softmax and its logarithm, and the figures they are held against.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Layer, LogSoftmax, Softmax};
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

    /// Sums of multiples of 1/256 and whole numbers are exact, so that not a bit may differ.
    #[test]
    fn adding_a_number_to_a_row_changes_nothing(
        steps in prop::collection::vec(-25_600..25_600_i32, 1..9), shift in -10_000..10_000_i32,
    ) {
        let x = Matrix::from_fn(1, steps.len(), |_, j| steps[j] as f32 / 256.0);
        let shifted = x.map(|x| x + shift as f32);
        prop_assert_eq!(Softmax.forward(&x)?, Softmax.forward(&shifted)?);
        prop_assert_eq!(LogSoftmax.forward(&x)?, LogSoftmax.forward(&shifted)?);
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
    for (found, exact) in y.as_slice().iter().zip(exact.unwrap_or(expected)) {
        assert!(found.ulps_from(exact) <= 3, "{name}: {found:e} for {exact:e}");
    }
    let scale = upstream.iter().fold(1.0, |largest, u| u.abs().to_f64().max(largest));
    for (found, expected) in dx.as_slice().iter().zip(d_expected) {
        let error = (found.to_f64() - expected.to_f64()).abs();
        assert!(error <= 8.0 * T::EPSILON.to_f64() * scale, "{name}: {found:e} for {expected:e}");
    }
}

#[test]
fn every_row_of_the_figures_comes_out_within_three_ulp() {
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
