//! Losses against PyTorch's.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_optim::{CrossEntropy, Loss, MeanSquaredError, OptimError, Reduction, Targets, losses};
use nn_reference::{Reference, load};
use nn_tensor::{Matrix, Scalar};

fn reduction(case: &Reference) -> Reduction {
    match case.get("reduction").text() {
        "mean" => Reduction::Mean,
        "sum" => Reduction::Sum,
        other => panic!("what is {other}?"),
    }
}

/// Equal within `tolerance`, relative to `scale` or to the expected value itself; infinities and
/// NaN must be the same.
fn assert_close(found: f64, expected: f64, scale: f64, tolerance: f64, what: &str) {
    if expected.is_finite() {
        let error = (found - expected).abs() / expected.abs().max(scale);
        assert!(error <= tolerance, "{what}: {found:e}, not {expected:e}");
    } else {
        assert!(found == expected || found.is_nan() && expected.is_nan(), "{what}: {found}");
    }
}

fn judge<T: Scalar>(
    loss: &impl Loss<T>,
    outputs: &Matrix<T>,
    targets: Targets<'_, T>,
    expected: T,
    d_expected: &[T],
    tolerance: f64,
    what: &str,
) {
    let (value, gradient) = loss.value_and_gradient(outputs, targets).unwrap();
    assert_close(value, expected.to_f64(), 0.0, tolerance, what);
    let gradient = gradient.transpose(); // PyTorch's is row by row.
    assert_eq!(gradient.as_slice().len(), d_expected.len());
    for (found, expected) in gradient.as_slice().iter().zip(d_expected) {
        assert_close(found.to_f64(), expected.to_f64(), 1e-3, tolerance, what);
    }
}

#[test]
fn cross_entropy_is_pytorchs() {
    let reference = load("losses").get("cross_entropy");
    let [rows, classes] = reference.get("shape").counts()[..] else { panic!("not a shape") };
    let labels = reference.get("targets").counts();
    let cases = reference.get("cases").list();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let (name, loss) = (case.get("input"), CrossEntropy { reduction: reduction(&case) });
        let input = reference.get(name.text());
        let x = Matrix::from_row_slice(rows, classes, &input.get("f64").f64s()).unwrap();
        let (value, d) = (case.get("loss_f64").f64s()[0], case.get("dx_f64").f64s());
        judge(&loss, &x, Targets::from(&labels), value, &d, 1e-12, name.text());
        let x = Matrix::from_row_slice(rows, classes, &input.get("f32").f32s()).unwrap();
        let (value, d) = (case.get("loss_f32").f32s()[0], case.get("dx_f32").f32s());
        judge(&loss, &x, Targets::from(&labels), value, &d, 1e-6, name.text());
    }
}

#[test]
fn mean_squared_error_is_pytorchs() {
    let reference = load("losses").get("mse");
    let outputs = reference.get("x_f64").f64s();
    let outputs = Matrix::from_row_slice(1, outputs.len(), &outputs).unwrap();
    let cases = reference.get("cases").list();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let name = format!("target_{}_f64", case.get("target").text());
        let targets = reference.get(&name).f64s();
        let targets = Matrix::from_row_slice(1, targets.len(), &targets).unwrap();
        let loss = MeanSquaredError { reduction: reduction(&case) };
        let (value, d) = (case.get("loss_f64").f64s()[0], case.get("dx_f64").f64s());
        judge(&loss, &outputs, Targets::from(&targets), value, &d, 1e-12, &name);
    }
}

#[test]
fn the_loss_of_a_confident_network_keeps_its_digits() {
    let value = CrossEntropy::default().value(&Matrix::from([[50.0, 0.0]]), &[0]).unwrap();
    let exact = 1.928_749_847_963_917_6e-22; // ln(1 + e⁻⁵⁰)
    assert!((value / exact - 1.0).abs() < 1e-15, "{value:e}");
    let value = CrossEntropy::default().value(&Matrix::from([[0.0, 1e300]]), &[0]).unwrap();
    assert_eq!(value, 1e300);
}

#[test]
fn targets_of_the_wrong_kind_number_or_range_are_refused() {
    let outputs = Matrix::<f64>::zeros(3, 2);
    let (labels, cross_entropy) = ([0, 1, 1], CrossEntropy::default());
    assert!(cross_entropy.value(&outputs, &labels).is_ok());
    assert_eq!(
        cross_entropy.value(&outputs, &[0, 1]).unwrap_err(),
        OptimError::LabelCount { rows: 3, labels: 2 }
    );
    assert_eq!(
        cross_entropy.value(&outputs, &[0, 2, 1]).unwrap_err(),
        OptimError::LabelOutOfRange { row: 1, label: 2, classes: 2 }
    );
    assert_eq!(
        cross_entropy.value(&Matrix::<f64>::zeros(0, 2), &[]).unwrap_err(),
        OptimError::EmptyBatch
    );
    assert_eq!(
        cross_entropy.value(&outputs, &outputs).unwrap_err().to_string(),
        "CrossEntropy takes a label for each row as targets"
    );
    let squared = MeanSquaredError::default();
    assert_eq!(
        squared.value(&outputs, &labels).unwrap_err().to_string(),
        "MeanSquaredError takes a value for each output as targets"
    );
    assert_eq!(
        squared.value(&outputs, &Matrix::zeros(2, 3)).unwrap_err().to_string(),
        "MeanSquaredError: expected a target of 3 × 2, found 2 × 3"
    );
}

#[test]
fn gradients_of_another_shape_are_refused() {
    let outputs = Matrix::<f64>::zeros(3, 2);
    for (name, loss) in losses::all() {
        for targets in [Targets::from(&[0, 1, 1]), Targets::from(&outputs)] {
            let mut wrong = Matrix::zeros(3, 3);
            let result = loss.sum_into(outputs.view(), targets, 1.0, wrong.view_mut());
            let refused =
                matches!(result, Err(OptimError::Shape(_) | OptimError::TargetKind { .. }));
            assert!(refused, "{name}: {result:?}");
        }
    }
}
