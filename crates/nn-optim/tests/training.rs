//! Whole trainings against PyTorch's, and what stops one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_layers::{Dense, Layer, Network, Relu, Tanh};
use nn_optim::{
    Adam, CrossEntropy, MeanSquaredError, OptimError, Optimizer, Sgd, accuracy, losses,
    value_and_gradient,
};
use nn_reference::{Reference, load};
use nn_tensor::{Matrix, Scalar};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// A training of the reference figures, at one precision.
struct Training<T: Scalar> {
    network: Network<T>,
    inputs: Matrix<T>,
    labels: Vec<usize>,
    batch: usize,
    epochs: usize,
}

impl<T: Scalar> Training<T> {
    fn new(case: &Reference) -> Self {
        let numbers = |key: &str, part: &Reference| -> Vec<T> {
            part.get(key).f64s().into_iter().map(T::from_f64).collect()
        };
        let dims = case.get("dims").counts();
        let dense = |layer: usize| {
            let part = &case.get("init").list()[layer];
            let (inputs, outputs) = (dims[layer], dims[layer + 1]);
            // PyTorch's outputs × inputs, row by row, are our inputs × outputs, column by column.
            let weights = Matrix::from_column_vec(inputs, outputs, numbers("w_f64", part)).unwrap();
            let biases = Matrix::from_column_vec(1, outputs, numbers("b_f64", part)).unwrap();
            Box::new(Dense::from_parameters(weights, biases).unwrap())
        };
        let activation: Box<dyn Layer<T>> = match case.get("activation").text() {
            "ReLU" => Box::new(Relu),
            "Tanh" => Box::new(Tanh),
            other => panic!("what is {other}?"),
        };
        let n = case.get("n").count();
        Self {
            network: Network::from_layers(2, vec![dense(0), activation, dense(1)]).unwrap(),
            inputs: Matrix::from_row_slice(n, 2, &numbers("x_f64", case)).unwrap(),
            labels: case.get("y").counts(),
            batch: case.find("batch").map_or(n, |batch| batch.count()),
            epochs: case.get("epochs").count(),
        }
    }

    /// Trains to the end; returns every loss and the gradients of the first step.
    fn run(&mut self, mut optimizer: Optimizer<T>) -> (Vec<f64>, Vec<T>) {
        let (rows, mut trace) = (self.labels.len(), self.network.trace());
        let (mut values, mut first) = (Vec::new(), None);
        for _ in 0..self.epochs {
            for start in (0..rows).step_by(self.batch) {
                let range = start..rows.min(start + self.batch);
                let x = self.inputs.row_range(range.clone()).unwrap();
                let (loss, labels) = (CrossEntropy::default(), &self.labels[range]);
                values
                    .push(value_and_gradient(&self.network, &loss, x, labels, &mut trace).unwrap());
                first.get_or_insert_with(|| trace.gradients().to_vec());
                optimizer.step(&mut self.network, &trace).unwrap();
            }
        }
        (values, first.unwrap())
    }

    fn accuracy(&self) -> f64 {
        accuracy(&self.network.predict(&self.inputs).unwrap(), &self.labels).unwrap()
    }
}

fn concatenated(case: &Reference, key: &str) -> Vec<f64> {
    case.get(key).list().iter().flat_map(Reference::f64s).collect()
}

fn assert_all_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / expected.abs();
        assert!(error <= tolerance, "{what} {place}: {found:e}, not {expected:e}");
    }
}

fn assert_is_pytorchs<T: Scalar>(
    case: &Reference,
    optimizer: impl Fn(&Network<T>) -> Optimizer<T>,
    [loss_tolerance, weight_tolerance]: [f64; 2],
) {
    let mut training = Training::<T>::new(case);
    let optimizer = optimizer(&training.network);
    let (losses, first) = training.run(optimizer);
    assert_all_close(&losses, &case.get("loss_f64").f64s(), loss_tolerance, "loss");
    let f64s = |values: &[T]| values.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
    let close = |found: Vec<f64>, key: &str| {
        let expected = concatenated(case, key);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= weight_tolerance, "{key}: {found:e}, {expected:e}");
        }
    };
    close(f64s(&first), "first_grads_f64");
    close(f64s(&training.network.parameters()), "final_params_f64");
    assert_eq!(training.accuracy(), case.get("accuracy_f64").number());
}

#[test]
fn the_circle_job_is_pytorchs_at_every_epoch() {
    let case = &load("training").get("cases").list()[0];
    let rule = Adam { learning_rate: 0.01, ..Adam::default() };
    let [double, single] = [[1e-12, 1e-11], [1e-4, 2e-4]];
    assert_is_pytorchs::<f64>(case, |network| Optimizer::new(rule, network).unwrap(), double);
    assert_is_pytorchs::<f32>(case, |network| Optimizer::new(rule, network).unwrap(), single);
}

#[test]
fn batches_in_order_with_momentum_are_pytorchs_at_every_step() {
    let case = &load("training").get("cases").list()[1];
    let rule = Sgd { learning_rate: 0.1, momentum: 0.9, ..Sgd::default() };
    let [double, single] = [[1e-12, 1e-11], [1e-4, 2e-4]];
    assert_is_pytorchs::<f64>(case, |network| Optimizer::new(rule, network).unwrap(), double);
    assert_is_pytorchs::<f32>(case, |network| Optimizer::new(rule, network).unwrap(), single);
}

fn small_network() -> Network<f64> {
    let builder = Network::builder(2).dense(4).layer(Tanh).dense(2);
    builder.build(&mut ChaCha8Rng::seed_from_u64(0)).unwrap()
}

#[test]
fn a_batch_worked_in_parts_has_the_loss_and_gradient_of_the_whole() {
    let network = small_network();
    let rows = 2 * network.rows_at_once() - 24;
    let x = Matrix::from_fn(rows, 2, |i, j| (i as f64 * 0.1 + j as f64).sin());
    let labels: Vec<usize> = (0..rows).map(|i| i % 2).collect();
    let mut trace = network.trace();
    let loss =
        value_and_gradient(&network, &CrossEntropy::default(), &x, &labels, &mut trace).unwrap();

    let mut whole = network.trace();
    network.forward(x.view(), &mut whole).unwrap();
    let (outputs, mut gradient) = whole.output_and_gradient().unwrap();
    let outputs = outputs.to_matrix();
    let (value, d_outputs) =
        nn_optim::Loss::value_and_gradient(&CrossEntropy::default(), &outputs, &labels).unwrap();
    for (to, from) in gradient.iter_columns_mut().zip(d_outputs.view().iter_columns()) {
        to.copy_from_slice(from);
    }
    network.backward(x.view(), &mut whole).unwrap();
    assert!((loss - value).abs() < 1e-13);
    assert_all_close(trace.gradients(), whole.gradients(), 1e-10, "gradient");
}

#[test]
fn bad_batches_are_refused_and_leave_the_network_as_it_was() {
    let network = small_network();
    let before = network.parameters();
    let mut trace = network.trace();
    let x = Matrix::zeros(3, 2);
    let mut step = |x: &Matrix<f64>, labels: &[usize]| {
        value_and_gradient(&network, &CrossEntropy::default(), x, labels, &mut trace).unwrap_err()
    };
    assert_eq!(step(&Matrix::zeros(0, 2), &[]), OptimError::EmptyBatch);
    assert_eq!(step(&x, &[0, 1]), OptimError::LabelCount { rows: 3, labels: 2 });
    assert_eq!(
        step(&x, &[0, 1, 9]).to_string(),
        "row 2 has label 9, but there are 2 classes, counted from 0"
    );
    // In the second part of the batch.
    let (late, rows) = (network.rows_at_once() + 43, network.rows_at_once() + 88);
    let labels: Vec<usize> = (0..rows).map(|row| if row == late { 2 } else { 0 }).collect();
    assert_eq!(
        step(&Matrix::zeros(rows, 2), &labels),
        OptimError::LabelOutOfRange { row: late, label: 2, classes: 2 }
    );
    let error = step(&Matrix::zeros(3, 5), &[0, 1, 1]);
    assert_eq!(error.to_string(), "value_and_gradient: expected an input of n × 2, found 3 × 5");
    let mut nan = Matrix::zeros(rows, 2);
    nan[(300, 1)] = f64::NAN;
    assert_eq!(step(&nan, &vec![0; rows]).to_string(), "the loss is NaN");

    let squared = MeanSquaredError::default();
    let error = value_and_gradient(&network, &squared, &x, &x.transpose(), &mut trace).unwrap_err();
    assert!(matches!(error, OptimError::Shape(_)), "{error}");
    let huge = Matrix::from([[1e300, 1e300]]);
    let zero = Matrix::zeros(1, 2);
    let error = value_and_gradient(&network, &squared, &zero, &huge, &mut trace).unwrap_err();
    assert_eq!(error.to_string(), "the loss is inf");
    assert_eq!(network.parameters(), before);
}

#[test]
fn every_loss_is_listed_once_by_its_name() {
    let mut names = Vec::new();
    for (name, loss) in losses::all::<f64>() {
        assert!(format!("{loss:?}").starts_with(name));
        assert!(!names.contains(&name));
        names.push(name);
    }
}
