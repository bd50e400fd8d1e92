//! Metrics against scikit-learn's, and the laws that tie them to each other.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_optim::OptimError;
use nn_optim::metrics::{
    Average, ConfusionMatrix, accuracy, log_loss, mean_absolute_error, r_squared, roc_auc,
    roc_auc_one_vs_rest, top_k_accuracy,
};
use nn_reference::{Reference, load};
use nn_tensor::Matrix;
use proptest::prelude::*;

fn assert_close(found: f64, expected: &Reference, what: &str) {
    let expected = expected.f64s()[0];
    assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{what}: {found}, not {expected}");
}

fn matrix(case: &Reference, key: &str, [rows, columns]: [&str; 2]) -> Matrix<f64> {
    let (rows, columns) = (case.get(rows).count(), case.get(columns).count());
    Matrix::from_row_slice(rows, columns, &case.get(key).f64s()).unwrap()
}

#[test]
fn metrics_of_classes_are_scikit_learns() {
    for case in load("metrics").get("classification").list() {
        let shape = ["rows", "classes"];
        let (probabilities, labels) =
            (matrix(&case, "probabilities_f64", shape), case.get("labels").counts());
        let what = format!("{} classes", probabilities.columns());
        assert_close(accuracy(&probabilities, &labels).unwrap(), &case.get("accuracy"), &what);
        assert_close(log_loss(&probabilities, &labels).unwrap(), &case.get("log_loss"), &what);
        let area = roc_auc_one_vs_rest(&probabilities, &labels).unwrap();
        assert_close(area, &case.get("one_vs_rest_auc"), &what);

        let confusion = ConfusionMatrix::new(&probabilities, &labels).unwrap();
        let classes = 0..confusion.classes();
        let counts: Vec<usize> = classes
            .clone()
            .flat_map(|label| classes.clone().map(move |predicted| (label, predicted)))
            .map(|(label, predicted)| confusion.count(label, predicted).unwrap())
            .collect();
        assert_eq!(counts, case.get("confusion").counts());
        for expected in case.get("averages").list() {
            let average = match expected.find("average").map(|name| name.text().to_owned()) {
                Some(name) if name == "macro" => Average::Macro,
                Some(name) if name == "micro" => Average::Micro,
                Some(_) => Average::Weighted,
                None => {
                    let close = |found: Vec<f64>, key: &str| {
                        let expected = expected.get(key).f64s();
                        let pairs = found.iter().zip(&expected);
                        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-15), "{key}");
                        assert_eq!(found.len(), expected.len());
                    };
                    close(confusion.precisions(), "precision");
                    close(confusion.recalls(), "recall");
                    close(confusion.f1s(), "f1");
                    continue;
                }
            };
            assert_close(confusion.precision(average), &expected.get("precision"), &what);
            assert_close(confusion.recall(average), &expected.get("recall"), &what);
            assert_close(confusion.f1(average), &expected.get("f1"), &what);
        }
        let untied = matrix(&case, "untied_f64", shape);
        for expected in case.find("top_k").map_or_else(Vec::new, |cases| cases.list()) {
            let found = top_k_accuracy(&untied, &labels, expected.get("k").count()).unwrap();
            assert_close(found, &expected.get("value"), &what);
        }
    }
}

#[test]
fn areas_under_the_curve_are_scikit_learns() {
    for case in load("metrics").get("binary").list() {
        let (scores, labels) = (case.get("scores_f64").f64s(), case.get("labels").counts());
        assert_close(roc_auc(&scores, &labels).unwrap(), &case.get("roc_auc"), "ROC AUC");
    }
}

#[test]
fn metrics_of_values_are_scikit_learns() {
    for case in load("metrics").get("regression").list() {
        let shape = ["rows", "columns"];
        let (y, t) = (matrix(&case, "outputs_f64", shape), matrix(&case, "targets_f64", shape));
        assert_close(r_squared(&y, &t).unwrap(), &case.get("r2"), "R²");
        let expected = case.get("mean_absolute_error");
        assert_close(mean_absolute_error(&y, &t).unwrap(), &expected, "mean absolute error");
    }
}

proptest! {
    #[test]
    fn the_area_under_the_curve_keeps_its_laws(
        samples in prop::collection::vec((-5..5_i32, 0..2_usize), 2..60),
    ) {
        let scores: Vec<f64> = samples.iter().map(|(score, _)| f64::from(*score)).collect();
        let labels: Vec<usize> = samples.iter().map(|(_, label)| *label).collect();
        let of = |f: &dyn Fn(f64) -> f64| {
            roc_auc(&scores.iter().map(|x| f(*x)).collect::<Vec<_>>(), &labels)
        };
        let (mut pairs, mut won) = (0.0, 0.0);
        for (a, _) in samples.iter().filter(|(_, label)| *label == 1) {
            for (b, _) in samples.iter().filter(|(_, label)| *label == 0) {
                pairs += 1.0;
                won += if a > b { 1.0 } else if a == b { 0.5 } else { 0.0 };
            }
        }
        if pairs == 0.0 {
            prop_assert_eq!(of(&|x| x), Err(OptimError::OneClass { metric: "ROC AUC" }));
            return Ok(());
        }
        let area = of(&|x| x)?;
        prop_assert_eq!(area, won / pairs);
        prop_assert_eq!(of(&|x| 3.0 * x + x.exp())?, area);
        prop_assert!((of(&|x| -x)? - (1.0 - area)).abs() < 1e-15);
    }

    #[test]
    fn metrics_of_classes_keep_their_laws(
        classes in 1..6_usize, samples in prop::collection::vec((0..6_usize, 0..6_usize), 1..80),
    ) {
        let labels: Vec<usize> = samples.iter().map(|(label, _)| label % classes).collect();
        let predicted: Vec<usize> = samples.iter().map(|(_, class)| class % classes).collect();
        let outputs = Matrix::from_fn(labels.len(), classes, |i, j| {
            if predicted[i] == j { 1.0 } else { 0.1 * ((i + j) % 3) as f64 }
        });
        let confusion = ConfusionMatrix::new(&outputs, &labels)?;
        prop_assert_eq!(&confusion, &ConfusionMatrix::of_predictions(classes, &predicted, &labels)?);
        let right = accuracy(&outputs, &labels)?;
        for score in [
            confusion.f1(Average::Micro),
            confusion.precision(Average::Micro),
            confusion.recall(Average::Micro),
            top_k_accuracy(&outputs, &labels, 1)?,
        ] {
            prop_assert_eq!(score, right);
        }
        prop_assert!((confusion.recall(Average::Weighted) - right).abs() < 1e-14);
        // Exchanging labels and predictions exchanges precision and recall.
        let exchanged = ConfusionMatrix::of_predictions(classes, &labels, &predicted)?;
        prop_assert_eq!(exchanged.precisions(), confusion.recalls());
        prop_assert_eq!(exchanged.f1s(), confusion.f1s());

        let mut before = 0.0;
        for k in 1..=classes {
            let share = top_k_accuracy(&outputs, &labels, k)?;
            prop_assert!(share >= before);
            before = share;
        }
        prop_assert_eq!(before, 1.0);
    }
}

#[test]
fn a_confusion_matrix_prints_as_a_table() {
    let predicted: Vec<usize> = (0..30).map(|i| i % 3).collect();
    let labels: Vec<usize> = (0..30).map(|i| if i < 25 { i % 3 } else { 0 }).collect();
    let confusion = ConfusionMatrix::of_predictions(3, &predicted, &labels).unwrap();
    let table = "true \\ predicted   0   1   2
               0  10   2   2
               1   0   8   0
               2   0   0   8";
    assert_eq!(confusion.to_string(), table);
}

#[test]
fn targets_that_are_all_alike_have_an_r_squared_of_0_or_1() {
    let t = Matrix::from([[0.1]; 7]);
    assert_eq!(r_squared(&t, &t).unwrap(), 1.0);
    assert_eq!(r_squared(&t.map(|x| x + 1.0), &t).unwrap(), 0.0);
}

#[test]
fn what_a_metric_is_not_defined_for_is_refused() {
    let y = Matrix::from([[0.1, f64::NAN], [0.5, 0.5]]);
    assert_eq!(accuracy(&y, &[0, 0]).unwrap(), 0.5);
    assert_eq!(top_k_accuracy(&y, &[0, 0], 2).unwrap(), 0.5);
    let empty = Matrix::<f64>::zeros(0, 2);
    for result in [
        accuracy(&empty, &[]),
        top_k_accuracy(&empty, &[], 1),
        log_loss(&empty, &[]),
        roc_auc_one_vs_rest(&empty, &[]),
        roc_auc::<f64>(&[], &[]),
        r_squared(&empty, &empty),
        mean_absolute_error(&empty, &empty),
        ConfusionMatrix::new(&empty, &[]).map(|_| 0.0),
    ] {
        assert_eq!(result, Err(OptimError::EmptyBatch));
    }
    for k in [0, 3] {
        let error = top_k_accuracy(&y, &[0, 0], k).unwrap_err();
        assert!(matches!(error, OptimError::Hyperparameter { name: "k", .. }), "{error}");
    }
    for (error, message) in [
        (
            ConfusionMatrix::new(&y, &[0, 1]).map(|_| 0.0),
            "ConfusionMatrix takes outputs that are numbers, found NaN",
        ),
        (roc_auc(&[1.0, f64::NAN], &[0, 1]), "ROC AUC takes scores that are numbers, found NaN"),
        (roc_auc(&[1.0, 2.0], &[1, 1]), "ROC AUC needs samples of at least two classes"),
        (
            roc_auc(&[1.0, 2.0], &[1, 2]),
            "row 1 has label 2, but there are 2 classes, counted from 0",
        ),
        (
            log_loss(&Matrix::from([[1.5, 0.0]]), &[0]),
            "log_loss takes probabilities from 0 to 1, found 1.5",
        ),
        (r_squared(&y, &empty), "r_squared: expected a target of 2 × 2, found 0 × 2"),
    ] {
        assert_eq!(error.unwrap_err().to_string(), message);
    }
    assert!(ConfusionMatrix::of_predictions(usize::MAX, &[0], &[0]).is_err());
}
