//! Losses against PyTorch's.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_optim::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Huber, KlDivergence, Loss,
    MeanAbsoluteError, MeanSquaredError, MultiMargin, NllLoss, OptimError, Reduction, SmoothL1,
    Targets, losses,
};
use nn_reference::{Reference, load};
use nn_tensor::{Matrix, Scalar, Shape};

/// Equal within 1e-12, relative to `scale` or to the expected value itself; infinities and NaN must
/// be the same.
fn assert_close(found: f64, expected: f64, scale: f64, what: &str) {
    if expected.is_finite() && found != expected {
        let error = (found - expected).abs() / expected.abs().max(scale);
        assert!(error <= 1e-12, "{what}: {found:e}, not {expected:e}");
    } else {
        assert!(found == expected || found.is_nan() && expected.is_nan(), "{what}: {found}");
    }
}

/// A case of the reference figures, and what it is about.
struct Case {
    reference: Reference,
    what: String,
    outputs: Matrix<f64>,
    labels: Vec<usize>,
    /// In place of labels.
    values: Option<Matrix<f64>>,
    /// The weights of the samples.
    weights: Option<Vec<f64>>,
}

impl Case {
    fn reduction(&self) -> Reduction {
        match self.reference.get("reduction").text() {
            "mean" => Reduction::Mean,
            "sum" | "none" => Reduction::Sum,
            other => panic!("what is {other}?"),
        }
    }

    fn targets(&self) -> Targets<'_, f64> {
        self.values.as_ref().map_or_else(|| Targets::from(&self.labels), Targets::from)
    }

    /// Compares with PyTorch's value and gradient. Without a reduction these are one value for each row,
    /// and the gradient is that of their sum, weighted by 0.5, 1, 1.5, …
    fn judge(&self, loss: &impl Loss<f64>) {
        let none = self.reference.get("reduction").text() == "none";
        let expected = self.reference.get("loss_f64").f64s();
        let mut weights = self.weights.clone().unwrap_or_else(|| vec![1.0; self.outputs.rows()]);
        if none {
            let found = loss.unreduced(&self.outputs, self.targets().weighted(&weights)).unwrap();
            assert_eq!(found.as_slice().len(), expected.len());
            for (row, (&found, &expected)) in found.as_slice().iter().zip(&expected).enumerate() {
                // PyTorch gives NaN where a logit is infinite.
                let known = expected.is_finite() || self.outputs[(row, 0)].is_finite();
                // Small losses are cancelled away by PyTorch; see the exact figures below.
                assert_close(found, if known { expected } else { found }, 1e-3, &self.what);
            }
            for (row, weight) in weights.iter_mut().enumerate() {
                *weight *= 0.5 * (row + 1) as f64;
            }
        }
        let targets = match (none, &self.weights) {
            (false, None) => self.targets(),
            _ => self.targets().weighted(&weights),
        };
        let result = loss.value_and_gradient(&self.outputs, targets);
        if !none && expected[0].is_nan() {
            return assert_eq!(result, Err(OptimError::NothingCounted), "{}", self.what);
        }
        let (value, gradient) = result.unwrap();
        if !none {
            assert_close(value, expected[0], 0.0, &self.what);
        }
        let gradient = gradient.transpose(); // PyTorch's is row by row.
        let expected = self.reference.get("dx_f64").f64s();
        assert_eq!(gradient.as_slice().len(), expected.len());
        let largest = weights.iter().fold(1.0, |largest: f64, weight| largest.max(*weight));
        for (&found, expected) in gradient.as_slice().iter().zip(expected) {
            assert_close(found, expected, 1e-3 * largest, &self.what);
        }
    }
}

/// The inputs of a case, by the loss it is of.
fn read(reference: &Reference, inputs: &Reference) -> Case {
    let loss = reference.get("loss");
    let column = |values: Vec<f64>| Matrix::from_column_vec(values.len(), 1, values).unwrap();
    let mut case = Case {
        reference: reference.clone(),
        what: format!("{reference:?}"),
        outputs: Matrix::zeros(0, 0),
        labels: Vec::new(),
        values: None,
        weights: None,
    };
    match loss.text() {
        "cross_entropy" | "cross_entropy_prob_target" | "nll" => {
            let inputs = inputs.get("ce");
            let [rows, classes] = inputs.get("shape").counts()[..] else { panic!("not a shape") };
            let matrix = |values: Vec<f64>| Matrix::from_row_slice(rows, classes, &values).unwrap();
            case.outputs = matrix(inputs.get(reference.get("input").text()).get("f64").f64s());
            case.labels = match reference.find("targets") {
                Some(all) => {
                    vec![all.text().strip_prefix("all ").unwrap().parse().unwrap(); rows]
                }
                None => inputs.get("targets").counts(),
            };
            if loss.text() == "cross_entropy_prob_target" {
                case.values = Some(matrix(inputs.get("prob_target_f64").f64s()));
            }
        }
        "bce" => {
            let inputs = inputs.get("bce");
            case.outputs = column(inputs.get("p_f64").f64s());
            case.values = Some(column(inputs.get("y_f64").f64s()));
            case.weights = reference.flag("weighted").then(|| inputs.get("weight_f64").f64s());
        }
        "bce_with_logits" => {
            let inputs = inputs.get("bce_with_logits");
            let (logits, targets) = (inputs.get("z_f64").f64s(), inputs.get("y_f64").f64s());
            let all = reference.get("n").count() == logits.len();
            let pairs = logits.into_iter().zip(targets);
            let (logits, targets) = pairs.filter(|(z, _)| all || z.is_finite()).unzip();
            (case.outputs, case.values) = (column(logits), Some(column(targets)));
        }
        _ => {
            let inputs = inputs.get("regression");
            let name = format!("target_{}_f64", reference.get("target").text());
            case.outputs = column(inputs.get("x_f64").f64s());
            case.values = Some(column(inputs.get(&name).f64s()));
        }
    }
    case
}

#[test]
fn every_case_is_pytorchs() {
    let losses = load("losses");
    let cases = losses.get("cases").list();
    assert_eq!(cases.len(), 144);
    for reference in cases {
        let case = read(&reference, &losses.get("inputs"));
        let reduction = case.reduction();
        let numbers = |key: &str| {
            let list = reference.find(key)?.list();
            Some(list.iter().map(Reference::number).collect::<Vec<_>>())
        };
        let (class_weights, ignore_index) = (
            numbers("weight"),
            reference
                .find("ignore_index")
                .and_then(|index| usize::try_from(index.number() as i64).ok()),
        );
        match reference.get("loss").text() {
            "cross_entropy" | "cross_entropy_prob_target" => {
                let label_smoothing = reference.get("label_smoothing").number();
                case.judge(&CrossEntropy {
                    class_weights,
                    ignore_index,
                    label_smoothing,
                    reduction,
                });
            }
            "nll" => case.judge(&NllLoss { class_weights, ignore_index, reduction }),
            "bce" => case.judge(&BinaryCrossEntropy { reduction }),
            "bce_with_logits" => {
                let pos_weight = reference.find("pos_weight").map(|weight| weight.number());
                let pos_weight = pos_weight.into_iter().collect();
                case.judge(&BinaryCrossEntropyWithLogits { pos_weight, reduction });
            }
            "mse" => case.judge(&MeanSquaredError { reduction }),
            "l1" => case.judge(&MeanAbsoluteError { reduction }),
            "huber" => case.judge(&Huber { delta: 1.0, reduction }),
            "huber_d0.5" => case.judge(&Huber { delta: 0.5, reduction }),
            "smooth_l1" => case.judge(&SmoothL1 { beta: 1.0, reduction }),
            "smooth_l1_b0.5" => case.judge(&SmoothL1 { beta: 0.5, reduction }),
            "smooth_l1_b0" => case.judge(&SmoothL1 { beta: 0.0, reduction }),
            other => panic!("what is {other}?"),
        }
    }
}

#[test]
fn losses_of_logits_are_exact_where_pytorchs_are_not() {
    let reference = load("losses");
    let (exact, inputs) = (reference.get("exact"), reference.get("inputs"));
    let assert_exact = |found: Matrix<f64>, exact: Vec<f64>, what: &str| {
        assert_eq!(found.as_slice().len(), exact.len());
        for (&found, exact) in found.as_slice().iter().zip(exact) {
            assert_close(found, exact, f64::MIN_POSITIVE, what);
        }
    };
    let binary = inputs.get("bce_with_logits");
    let [logits, targets] = ["z_f64", "y_f64"].map(|key| {
        let values = binary.get(key).f64s();
        Matrix::from_column_vec(values.len(), 1, values).unwrap()
    });
    let found = BinaryCrossEntropyWithLogits::default().unreduced(&logits, &targets).unwrap();
    let expected = exact.get("bce_with_logits_none").get("exact_loss_f64").f64s();
    assert_exact(found, expected, "binary cross-entropy");

    let inputs = inputs.get("ce");
    let labels = inputs.get("targets").counts();
    let even = CrossEntropy { class_weights: Some(vec![1.0; 5]), ..CrossEntropy::default() };
    for name in ["ordinary", "extreme", "one -inf logit"] {
        let logits = Matrix::from_row_slice(6, 5, &inputs.get(name).get("f64").f64s()).unwrap();
        for loss in [&CrossEntropy::default(), &even] {
            let expected = exact.get("cross_entropy_none").get(name).get("exact_loss_f64").f64s();
            assert_exact(loss.unreduced(&logits, &labels).unwrap(), expected, name);
        }
    }
}

/// Compares with the figures of `more_losses.json`, which sums what is not reduced for its gradient.
fn judge_more(
    case: &Reference,
    loss: &impl Loss<f64>,
    outputs: &Matrix<f64>,
    targets: Targets<'_, f64>,
) {
    let what = format!("{loss:?}");
    let expected = case.get("loss_f64").f64s();
    let (value, gradient) = loss.value_and_gradient(outputs, targets).unwrap();
    let found = match case.get("reduction").text() {
        "none" => loss.unreduced(outputs, targets).unwrap().transpose(),
        _ => Matrix::from([[value]]),
    };
    let pairs = |found: &Matrix<f64>, expected: Vec<f64>| {
        assert_eq!(found.as_slice().len(), expected.len(), "{what}");
        for (&found, expected) in found.as_slice().iter().zip(expected) {
            assert_close(found, expected, 1e-3, &what);
        }
    };
    pairs(&found, expected);
    pairs(&gradient.transpose(), case.get("dx_f64").f64s());
}

#[test]
fn divergence_hinge_and_weights_of_outputs_are_pytorchs() {
    let reference = load("more_losses");
    let [rows, classes] = reference.get("shape").counts()[..] else { panic!("not a shape") };
    let matrix =
        |key: &str| Matrix::from_row_slice(rows, classes, &reference.get(key).f64s()).unwrap();
    let (logits, labels) = (matrix("logits_f64"), reference.get("labels").counts());
    let class_weights = reference.get("class_weights").list();
    let class_weights: Vec<f64> = class_weights.iter().map(Reference::number).collect();
    for case in reference.get("cases").list() {
        let reduction = match case.get("reduction").text() {
            "mean" => Reduction::Mean,
            "batchmean" => Reduction::BatchMean,
            _ => Reduction::Sum,
        };
        match case.get("loss").text() {
            "kl_divergence" => {
                let log_target = case.flag("log_target");
                let targets =
                    matrix(if log_target { "log_targets_f64" } else { "probabilities_f64" });
                let loss = KlDivergence { log_target, reduction };
                judge_more(&case, &loss, &matrix("log_probabilities_f64"), Targets::from(&targets));
            }
            "multi_margin" => {
                let loss = MultiMargin {
                    p: case.get("p").count() as u32,
                    margin: case.get("margin").number(),
                    class_weights: case.flag("weighted").then(|| class_weights.clone()),
                    reduction,
                };
                judge_more(&case, &loss, &logits, Targets::from(&labels));
            }
            _ => {
                let loss =
                    BinaryCrossEntropyWithLogits { pos_weight: class_weights.clone(), reduction };
                judge_more(&case, &loss, &logits, Targets::from(&matrix("probabilities_f64")));
            }
        }
    }
}

/// Every loss with each of its options.
fn variants<T: Scalar>() -> Vec<Box<dyn Loss<T>>> {
    let class_weights = Some(vec![1.0, 0.0, 2.5, 0.5]);
    let mut all: Vec<Box<dyn Loss<T>>> = losses::all().into_iter().map(|(_, loss)| loss).collect();
    for reduction in [Reduction::Sum, Reduction::BatchMean] {
        all.push(Box::new(CrossEntropy { reduction, ..CrossEntropy::default() }));
        all.push(Box::new(MeanSquaredError { reduction }));
    }
    for label_smoothing in [0.0, 0.3, 1.0] {
        for ignore_index in [None, Some(1), Some(usize::MAX)] {
            let (class_weights, reduction) = (class_weights.clone(), Reduction::Mean);
            all.push(Box::new(CrossEntropy {
                label_smoothing,
                ignore_index,
                class_weights,
                reduction,
            }));
        }
    }
    let (ignore_index, reduction) = (Some(3), Reduction::Mean);
    all.push(Box::new(NllLoss { class_weights: class_weights.clone(), ignore_index, reduction }));
    for p in [1, 2] {
        let class_weights = class_weights.clone();
        all.push(Box::new(MultiMargin { p, margin: 0.35, class_weights, reduction }));
    }
    for pos_weight in [vec![2.5], vec![1.0, 0.0, 2.5, 0.5]] {
        all.push(Box::new(BinaryCrossEntropyWithLogits { pos_weight, reduction }));
    }
    all.push(Box::new(SmoothL1 { beta: 0.0, reduction }));
    all.push(Box::new(SmoothL1 { beta: 0.4, reduction }));
    all.push(Box::new(Huber { delta: 0.4, reduction }));
    all.push(Box::new(KlDivergence { log_target: true, reduction }));
    all
}

/// Tries each of these losses with the targets that it takes, with weights of the samples and
/// without. Outputs and their differences are no closer than 0.013 to the kinks of any loss.
fn with_batches<T: Scalar>(
    rows: usize,
    mut test: impl FnMut(&dyn Loss<T>, &Matrix<T>, Targets<'_, T>),
) {
    let classes = 4;
    let number = |i: usize, j: usize| (i * 7 + j * 5) % 9;
    let matrix = |f: &dyn Fn(usize, usize) -> f64| {
        Matrix::from_fn(rows, classes, |i, j| T::from_f64(f(i, j)))
    };
    let offset = |j: usize| 0.013 * (j + 1) as f64;
    let logits = matrix(&|i, j| 0.1 * number(i, j) as f64 * (1.0 - (i % 3) as f64) + offset(j));
    let probabilities = matrix(&|i, j| 0.02 + 0.1 * number(i, j) as f64 + offset(j));
    let values = matrix(&|i, j| 0.1 * number(j, i) as f64);
    let labels: Vec<usize> = (0..rows).map(|i| (i * i + i / 3) % classes).collect();
    let weights: Vec<T> = (0..rows).map(|i| T::from_f64((i % 5) as f64 * 0.5)).collect();
    for loss in variants::<T>() {
        let mut tried = 0;
        for outputs in [&logits, &probabilities] {
            for targets in [Targets::from(&labels), Targets::from(&values)] {
                let mut gradient = outputs.clone();
                let result = loss.sum_into(outputs.view(), targets, T::ONE, gradient.view_mut());
                match result {
                    Err(OptimError::TargetKind { .. } | OptimError::OutOfRange { .. }) => {}
                    _ => {
                        test(loss.as_ref(), outputs, targets);
                        test(loss.as_ref(), outputs, targets.weighted(&weights));
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 0, "{loss:?}");
    }
}

fn evaluate<T: Scalar>(
    loss: &dyn Loss<T>,
    outputs: &Matrix<T>,
    targets: Targets<'_, T>,
) -> (f64, Matrix<T>) {
    let divisor = loss.divisor(outputs.shape(), targets).unwrap();
    let mut gradient = Matrix::zeros(outputs.rows(), outputs.columns());
    let scale = T::from_f64(1.0 / divisor);
    let sum = loss.sum_into(outputs.view(), targets, scale, gradient.view_mut()).unwrap();
    (sum / divisor, gradient)
}

#[test]
fn every_gradient_is_the_derivative_that_differences_approach() {
    with_batches::<f64>(11, |loss, outputs, targets| {
        let (_, gradient) = evaluate(loss, outputs, targets);
        for place in 0..outputs.as_slice().len() {
            let at = |step: f64| {
                let mut changed = outputs.clone();
                changed.as_mut_slice()[place] += step;
                evaluate(loss, &changed, targets).0
            };
            // Over five points, exact to the fourth power of the step.
            let h = 1e-3;
            let difference = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            let found = gradient.as_slice()[place];
            let error = (found - difference).abs() / difference.abs().max(1e-3);
            assert!(error < 1e-6, "{loss:?}, place {place}: {found}, not {difference}");
        }
    });
}

#[test]
fn the_parts_of_a_batch_add_up_to_the_whole() {
    with_batches::<f64>(200, |loss, outputs, targets| {
        let mut whole = outputs.clone();
        let sum = loss.sum_into(outputs.view(), targets, 0.25, whole.view_mut()).unwrap();
        let (mut parts, mut sum_of_parts) = (outputs.clone(), 0.0);
        for range in [0..1, 1..8, 8..24, 24..100, 100..164, 164..200] {
            let part = parts.view_mut().row_range(range.clone()).unwrap();
            let outputs = outputs.row_range(range.clone()).unwrap();
            sum_of_parts +=
                loss.sum_into(outputs, targets.row_range(range).unwrap(), 0.25, part).unwrap();
        }
        assert!((sum - sum_of_parts).abs() <= 1e-13 * sum.abs(), "{loss:?}");
        assert_eq!(whole, parts, "{loss:?}");
    });
}

#[test]
fn f32_is_close_to_f64() {
    let mut single = Vec::new();
    with_batches::<f32>(70, |loss, outputs, targets| single.push(evaluate(loss, outputs, targets)));
    let mut single = single.into_iter();
    with_batches::<f64>(70, |loss, outputs, targets| {
        let (exact, d_exact) = evaluate(loss, outputs, targets);
        let (value, gradient) = single.next().unwrap();
        assert!(
            (value - exact).abs() <= 1e-6 * exact.abs().max(0.1),
            "{loss:?}: {value}, not {exact}"
        );
        let distance = gradient.cast().zip_map(&d_exact, |a: f64, b| (a - b).abs()).unwrap();
        assert!(distance.as_slice().iter().all(|d| *d < 1e-6), "{loss:?}");
    });
    assert!(single.next().is_none());
}

#[test]
fn weights_of_samples_are_factors() {
    with_batches::<f64>(70, |loss, outputs, targets| {
        let (value, gradient) = evaluate(loss, outputs, targets.unweighted());
        let weighted = evaluate(loss, outputs, targets.unweighted().weighted(&[2.0; 70]));
        assert!((weighted.0 - 2.0 * value).abs() <= 1e-14 * value.abs(), "{loss:?}");
        let distance = weighted.1.zip_map(&gradient, |a, b| (a - 2.0 * b).abs()).unwrap();
        assert!(distance.as_slice().iter().all(|d| *d < 1e-15), "{loss:?}");
    });
}

#[test]
fn the_loss_of_a_confident_network_keeps_its_digits() {
    let (confident, huge) = (Matrix::from([[50.0, 0.0]]), Matrix::from([[0.0, 1e300]]));
    // With an option set, another loop computes the same.
    let soft = CrossEntropy { class_weights: Some(vec![1.0, 1.0]), ..CrossEntropy::default() };
    for loss in [CrossEntropy::default(), soft] {
        let (value, gradient) = loss.value_and_gradient(&confident, &[0]).unwrap();
        let exact = 1.928_749_847_963_917_6e-22; // ln(1 + e⁻⁵⁰), and all but equal to the gradient
        assert!((value / exact - 1.0).abs() < 1e-15, "{value:e}");
        assert!((gradient[(0, 0)] / -exact - 1.0).abs() < 1e-15, "{gradient:?}");
        assert_eq!(loss.value(&huge, &[0]).unwrap(), 1e300);
    }
}

#[test]
fn infinite_logits_have_the_limits_of_the_loss() {
    let logits = Matrix::from([[f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NAN]]);
    let targets = Matrix::from([[1.0, 0.0, 0.3, 1.0]]);
    let loss = BinaryCrossEntropyWithLogits { pos_weight: vec![2.0], reduction: Reduction::Sum };
    let losses = loss.unreduced(&logits, &targets).unwrap();
    assert_eq!(losses.as_slice()[..3], [0.0, 0.0, f64::INFINITY]);
    assert!(losses[(0, 3)].is_nan());
    let (_, gradient) = loss.value_and_gradient(&logits, &targets).unwrap();
    assert_eq!(gradient.as_slice()[..3], [0.0, 0.0, 0.7]);

    // What cannot happen in a target does not count, however impossible the output says it is.
    let impossible = Matrix::from([[0.0, f64::NEG_INFINITY]]);
    let certain = Matrix::from([[1.0, 0.0]]);
    assert_eq!(KlDivergence::default().value(&impossible, &certain).unwrap(), 0.0);
    assert_eq!(CrossEntropy::default().value(&impossible, &certain).unwrap(), 0.0);
}

#[test]
fn the_loss_of_huge_errors_is_finite_in_f32() {
    let (y, t) = (Matrix::from([[3e38_f32]]), Matrix::from([[-3e38_f32]]));
    let value = MeanSquaredError::default().value(&y, &t).unwrap();
    assert!((value / 3.6e77 - 1.0).abs() < 1e-6, "{value:e}");
    let value = MeanAbsoluteError::default().value(&y, &t).unwrap();
    assert!((value / 6e38 - 1.0).abs() < 1e-6, "{value:e}");
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
        NllLoss::default().unreduced(&outputs, &[0, 2, 1]).unwrap_err(),
        OptimError::LabelOutOfRange { row: 1, label: 2, classes: 2 }
    );
    assert_eq!(
        cross_entropy.value(&Matrix::<f64>::zeros(0, 2), &[]).unwrap_err(),
        OptimError::EmptyBatch
    );
    assert_eq!(
        cross_entropy.value(&outputs, &outputs.map(|_| 1.5)).unwrap_err().to_string(),
        "CrossEntropy takes targets from 0 to 1, found 1.5"
    );
    assert_eq!(
        NllLoss::default().value(&outputs, &outputs).unwrap_err().to_string(),
        "NllLoss takes a label for each row as targets"
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
    assert_eq!(
        BinaryCrossEntropy::default()
            .value(&outputs.map(|_| -0.5), &outputs)
            .unwrap_err()
            .to_string(),
        "BinaryCrossEntropy takes outputs from 0 to 1, found -0.5"
    );
    assert_eq!(
        KlDivergence::default().value(&outputs, &outputs.map(|_| -2.0)).unwrap_err().to_string(),
        "KlDivergence takes targets of at least 0, found -2"
    );
}

#[test]
fn weights_of_the_wrong_number_or_size_are_refused() {
    let (outputs, labels) = (Matrix::<f64>::zeros(3, 2), [0, 1, 1]);
    let refused = |weights: &[f64], message: &str| {
        let class_weights = Some(weights.to_vec());
        let loss = CrossEntropy { class_weights, ..CrossEntropy::default() };
        assert_eq!(loss.value(&outputs, &labels).unwrap_err().to_string(), message);
    };
    refused(&[1.0; 3], "3 weights, one for each class, of which there are 2");
    refused(&[1.0, -1.0], "the weight of class 1 is -1, but must be finite and at least 0");
    refused(&[f64::NAN, 1.0], "the weight of class 0 is NaN, but must be finite and at least 0");
    with_batches::<f64>(3, |loss, outputs, targets| {
        let shape = outputs.shape();
        assert_eq!(
            loss.divisor(shape, targets.weighted(&[1.0, 2.0])).unwrap_err(),
            OptimError::WeightCount { of: "sample", expected: 3, found: 2 }
        );
        let mut gradient = outputs.clone();
        let result = loss.sum_into(
            outputs.view(),
            targets.weighted(&[1.0, f64::INFINITY, 0.0]),
            1.0,
            gradient.view_mut(),
        );
        let expected = OptimError::Weight { of: "sample", place: 1, value: f64::INFINITY };
        assert_eq!(result.unwrap_err(), expected);
        assert_eq!(&gradient, outputs);
    });
}

#[test]
fn a_loss_that_knows_nothing_of_weights_refuses_them() {
    let (labels, values) = ([0, 1], Matrix::<f64>::zeros(2, 3));
    let (labels, values) = (Targets::from(&labels), Targets::from(&values));
    let shape = Shape { rows: 2, columns: 3 };
    for result in [
        labels.weighted(&[1.0, 2.0]).labels("Own", shape).map(|_| ()),
        values.weighted(&[1.0, 2.0]).values("Own", shape).map(|_| ()),
    ] {
        assert_eq!(result.unwrap_err().to_string(), "Own takes no weights of samples");
    }
}

#[test]
fn hyper_parameters_out_of_range_are_refused() {
    let reduction = Reduction::Mean;
    let (y, labels) = (Matrix::<f64>::zeros(2, 2), [0, 1]);
    let refused = |result: Result<f64, OptimError>| {
        assert!(matches!(result, Err(OptimError::Hyperparameter { .. })), "{result:?}");
    };
    for label_smoothing in [-0.1, 1.1, f64::NAN] {
        let loss = CrossEntropy { label_smoothing, ..CrossEntropy::default() };
        refused(loss.value(&y, &labels));
    }
    refused(MultiMargin { p: 3, ..MultiMargin::default() }.value(&y, &labels));
    refused(MultiMargin { margin: f64::INFINITY, ..MultiMargin::default() }.value(&y, &labels));
    for delta in [0.0, -1.0, f64::NAN] {
        refused(Huber { delta, reduction }.value(&y, &y));
    }
    refused(SmoothL1 { beta: -1.0, reduction }.value(&y, &y));
}

fn certain_rows_have_no_subnormal_gradients<T: Scalar>(step: f64, least: f64) {
    let rows = 300;
    let weights = vec![T::from_f64(0.25); rows];
    for columns in 2..=3 {
        let value = |i: usize, j: usize| if j == i % 2 { i as f64 * step } else { j as f64 };
        let logits = Matrix::from_fn(rows, columns, |i, j| T::from_f64(value(i, j)));
        let class_weights = Some(vec![0.5; columns]);
        let uneven = CrossEntropy { class_weights, ..CrossEntropy::default() };
        for loss in [CrossEntropy::default(), uneven] {
            for shift in 0..2 {
                let labels: Vec<usize> = (0..rows).map(|i| (i + shift) % 2).collect();
                let labels = Targets::<T>::from(&labels);
                for targets in [labels, labels.weighted(&weights)] {
                    let (_, gradient) = loss.value_and_gradient(&logits, targets).unwrap();
                    let sizes = || gradient.as_slice().iter().map(|x| x.to_f64().abs());
                    assert!(sizes().all(|size| size == 0.0 || size > least), "{loss:?}");
                    // Where each row is certain of its label, some are 0.
                    let some = shift == 1 || sizes().any(|size| size == 0.0);
                    assert!(some, "{loss:?}: none was small enough");
                }
            }
        }
    }
}

#[test]
fn what_is_certain_has_no_subnormal_gradient() {
    certain_rows_have_no_subnormal_gradients::<f32>(0.4, 1e-35);
    certain_rows_have_no_subnormal_gradients::<f64>(4.0, 1e-275);
}

#[test]
fn a_certain_yes_has_no_subnormal_gradient() {
    let logits = Matrix::from_fn(1000, 2, |i, j| i as f32 * if j == 0 { 0.12 } else { -0.12 });
    let answers = Matrix::from_fn(1000, 2, |_, j| if j == 0 { 1.0 } else { 0.0 });
    let loss = BinaryCrossEntropyWithLogits::default();
    let (_, gradient) = loss.value_and_gradient(&logits, &answers).unwrap();
    let sizes = || gradient.as_slice().iter().map(|x| x.abs());
    assert!(sizes().all(|size| size == 0.0 || size > 1e-35));
    assert!(sizes().any(|size| size == 0.0) && sizes().any(|size| size > 0.0 && size < 1e-30));
}

#[test]
fn gradients_of_another_shape_are_refused() {
    with_batches::<f64>(3, |loss, outputs, targets| {
        let mut wrong = Matrix::zeros(3, 3);
        let error = loss.sum_into(outputs.view(), targets, 1.0, wrong.view_mut()).unwrap_err();
        assert!(matches!(error, OptimError::Shape(_)), "{loss:?}: {error}");
    });
}
