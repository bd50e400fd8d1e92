//! Every layer and every loss against finite differences, in `f64`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn::layers::{self, Layer, Network};
use nn::optim::{Loss, Targets, losses, value_and_gradient};
use nn::prelude::*;
use nn::rand::RngExt;

/// Rows and columns of the inputs.
const SHAPES: [(usize, usize); 5] = [(1, 1), (1, 4), (3, 1), (5, 3), (131, 2)];

/// Central differences over five points: exact to the fourth power of the step.
fn derivative(mut f: impl FnMut(f64) -> f64, x: f64) -> f64 {
    let h = 2e-4;
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

fn random(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Matrix<f64> {
    Matrix::from_fn(rows, columns, |_, _| {
        // No closer to a multiple of ½ than the differences reach, where some functions have a kink.
        let x = 4.0 * rng.random::<f64>() - 2.0;
        let kink = (2.0 * x).round() / 2.0;
        if (x - kink).abs() < 0.01 { kink + 0.01 } else { x }
    })
}

/// Each analytic derivative within 1e-6 of the finite difference, relative to itself, or to a
/// thousandth of the largest where it is smaller than that.
fn assert_close(what: &str, analytic: &[f64], finite: &[f64]) {
    assert_eq!(analytic.len(), finite.len());
    let largest = finite.iter().fold(0.0_f64, |largest, d| largest.max(d.abs()));
    for (place, (found, expected)) in analytic.iter().zip(finite).enumerate() {
        let scale = expected.abs().max(1e-3 * largest).max(1e-8);
        let error = (found - expected).abs() / scale;
        assert!(error < 1e-6, "{what}, place {place}: {found:e}, but the difference {expected:e}");
    }
}

/// `Σ cᵢⱼ·yᵢⱼ`, a loss whose gradient with respect to the output is `c`.
fn weighted_sum(y: &Matrix<f64>, c: &Matrix<f64>) -> f64 {
    y.zip_map(c, |y, c| y * c).unwrap().sum()
}

fn the_gradients_of_every_layer_are_its_derivatives() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for (rows, inputs) in SHAPES {
        for (name, mut layer) in layers::all::<f64, _>(inputs, &mut rng).unwrap() {
            let what = format!("{name}, {rows} × {inputs}");
            let mut x = random(rows, inputs, &mut rng);
            let c = random(rows, layer.output_width(inputs).unwrap(), &mut rng);
            let gradients = layer.backward(&x, &c).unwrap();

            let mut finite = Vec::new();
            for place in 0..x.as_slice().len() {
                let start = x.as_slice()[place];
                finite.push(derivative(
                    |value| {
                        x.as_mut_slice()[place] = value;
                        weighted_sum(&layer.forward(&x).unwrap(), &c)
                    },
                    start,
                ));
                x.as_mut_slice()[place] = start;
            }
            assert_close(&format!("{what}, input"), gradients.input.as_slice(), &finite);

            let finite: Vec<f64> = (0..layer.parameter_count())
                .map(|place| {
                    let start = set_parameter(layer.as_mut(), place, None);
                    let derivative = derivative(
                        |value| {
                            set_parameter(layer.as_mut(), place, Some(value));
                            weighted_sum(&layer.forward(&x).unwrap(), &c)
                        },
                        start,
                    );
                    set_parameter(layer.as_mut(), place, Some(start));
                    derivative
                })
                .collect();
            assert_close(&format!("{what}, parameters"), &gradients.parameters, &finite);
        }
    }
}

/// Sets one parameter of a layer, by its place in the list of all; returns what it was.
fn set_parameter(layer: &mut dyn Layer<f64>, place: usize, value: Option<f64>) -> f64 {
    let (mut start, mut before) = (0, f64::NAN);
    layer.visit_mut(&mut |_, mut parameter| {
        let values = parameter.data_mut();
        if let Some(parameter) = place.checked_sub(start).and_then(|place| values.get_mut(place)) {
            before = *parameter;
            *parameter = value.unwrap_or(before);
        }
        start += values.len();
    });
    before
}

/// Losses with kinks, where differences are no derivatives; nn-optim's tests keep away from them.
const WITH_KINKS: [&str; 4] = ["Huber", "MeanAbsoluteError", "MultiMargin", "SmoothL1"];

/// The losses without kinks.
fn smooth_losses() -> impl Iterator<Item = (&'static str, Box<dyn Loss<f64>>)> {
    losses::all().into_iter().filter(|(name, _)| !WITH_KINKS.contains(name))
}

/// Targets of the kind that a loss takes, for outputs of that shape.
fn with_targets(
    loss: &dyn Loss<f64>,
    outputs: &Matrix<f64>,
    rng: &mut ChaCha8Rng,
    test: impl Fn(Targets<'_, f64>),
) {
    let labels: Vec<usize> =
        (0..outputs.rows()).map(|_| rng.random_range(0..outputs.columns())).collect();
    let values = random(outputs.rows(), outputs.columns(), rng).map(Real::sigmoid);
    let kinds = [Targets::from(&labels), Targets::from(&values)];
    let taken = kinds.map(|targets| loss.divisor(outputs.shape(), targets).is_ok());
    assert!(taken.contains(&true), "{loss:?} takes no targets");
    for targets in kinds {
        if loss.divisor(outputs.shape(), targets).is_ok() {
            test(targets);
        }
    }
}

/// The loss of a batch and its gradient with respect to the outputs.
fn evaluate(
    loss: &dyn Loss<f64>,
    outputs: &Matrix<f64>,
    targets: Targets<'_, f64>,
) -> (f64, Matrix<f64>) {
    let divisor = loss.divisor(outputs.shape(), targets).unwrap();
    let mut gradient = Matrix::zeros(outputs.rows(), outputs.columns());
    let sum = loss.sum_into(outputs.view(), targets, 1.0 / divisor, gradient.view_mut()).unwrap();
    (sum / divisor, gradient)
}

fn the_gradient_of_every_loss_is_its_derivative() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (rows, columns) in SHAPES {
        for (name, loss) in smooth_losses() {
            // Probabilities, which every loss takes.
            let outputs = random(rows, columns, &mut rng).map(Real::sigmoid);
            with_targets(loss.as_ref(), &outputs, &mut rng, |targets| {
                let (_, gradient) = evaluate(loss.as_ref(), &outputs, targets);
                let finite: Vec<f64> = (0..outputs.as_slice().len())
                    .map(|place| {
                        let mut changed = outputs.clone();
                        let start = outputs.as_slice()[place];
                        derivative(
                            |value| {
                                changed.as_mut_slice()[place] = value;
                                evaluate(loss.as_ref(), &changed, targets).0
                            },
                            start,
                        )
                    })
                    .collect();
                assert_close(&format!("{name}, {rows} × {columns}"), gradient.as_slice(), &finite);
            });
        }
    }
}

fn the_gradients_of_a_network_are_the_derivatives_of_its_loss() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let builder = Network::<f64>::builder(3).dense(6).layer(Gelu).dense(5).layer(GeluTanh);
    let mut network = builder.dense(4).layer(Tanh).dense(3).layer(Softmax).build(&mut rng).unwrap();
    let x = random(530, 3, &mut rng);
    for (name, loss) in smooth_losses() {
        let outputs = network.predict(&x).unwrap();
        let start = network.parameters();
        let network = std::cell::RefCell::new(&mut network);
        with_targets(loss.as_ref(), &outputs, &mut rng, |targets| {
            let mut network = network.borrow_mut();
            let mut trace = network.trace();
            value_and_gradient(&network, loss.as_ref(), &x, targets, &mut trace).unwrap();
            let analytic = trace.gradients().to_vec();
            let finite: Vec<f64> = (0..start.len())
                .map(|place| {
                    let mut changed = start.clone();
                    derivative(
                        |value| {
                            changed[place] = value;
                            network.set_parameters(&changed).unwrap();
                            value_and_gradient(&network, loss.as_ref(), &x, targets, &mut trace)
                                .unwrap()
                        },
                        start[place],
                    )
                })
                .collect();
            network.set_parameters(&start).unwrap();
            assert_close(name, &analytic, &finite);
        });
    }
}

#[test]
fn every_gradient_is_the_derivative_that_differences_approach() {
    the_gradients_of_every_layer_are_its_derivatives();
    the_gradient_of_every_loss_is_its_derivative();
    the_gradients_of_a_network_are_the_derivatives_of_its_loss();
}
