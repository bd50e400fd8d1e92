//! Penalties on parameters.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Network, ParameterName, Tanh};
use nn_optim::{OptimError, Penalty, add_penalty};
use nn_tensor::Scalar;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn network<T: Scalar>() -> Network<T> {
    let builder = Network::builder(3).dense(25).layer(Tanh).dense(2);
    builder.build(&mut ChaCha8Rng::seed_from_u64(2)).unwrap()
}

/// Another penalty for each parameter of each layer.
fn penalty(parameter: ParameterName) -> Penalty {
    match (parameter.layer, parameter.name) {
        (0, "weight") => Penalty { l1: 0.1, l2: 0.02 },
        (0, _) => Penalty { l1: 0.0, l2: 0.3 },
        (_, "weight") => Penalty { l1: 0.4, l2: 0.0 },
        _ => Penalty::default(),
    }
}

#[test]
fn the_gradient_of_a_penalty_is_its_derivative() {
    let mut network = network::<f64>();
    let start = network.parameters();
    let mut gradients = vec![1.0; start.len()];
    let value = add_penalty(&network, penalty, &mut gradients).unwrap();
    assert!(value > 0.0);
    for (place, gradient) in gradients.iter().enumerate() {
        let mut at = |step: f64| {
            let mut changed = start.clone();
            changed[place] += step;
            network.set_parameters(&changed).unwrap();
            add_penalty(&network, penalty, &mut vec![0.0; start.len()]).unwrap()
        };
        let difference = (at(1e-4) - at(-1e-4)) / 2e-4;
        assert!((gradient - 1.0 - difference).abs() < 1e-9, "{place}: {gradient}, {difference}");
    }
}

#[test]
fn f32_is_close_to_f64() {
    let (single, double) = (network::<f32>(), network::<f64>());
    let mut gradients = vec![0.0; single.parameter_count()];
    let mut d_exact = vec![0.0; double.parameter_count()];
    let value = add_penalty(&single, penalty, &mut gradients).unwrap();
    let exact = add_penalty(&double, penalty, &mut d_exact).unwrap();
    assert!((value / exact - 1.0).abs() < 1e-6);
    assert!(gradients.iter().zip(&d_exact).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6));
}

#[test]
fn what_is_refused_leaves_the_gradients_as_they_were() {
    let network = network::<f64>();
    let mut gradients = vec![1.0; network.parameter_count()];
    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        let last = |parameter: ParameterName| {
            let l1 = if parameter.layer == 2 { wrong } else { 0.5 };
            Penalty { l1, l2: 0.5 }
        };
        let error = add_penalty(&network, last, &mut gradients).unwrap_err();
        assert!(matches!(error, OptimError::Hyperparameter { name: "l1", .. }), "{error}");
    }
    let short = gradients.len() - 1;
    let error = add_penalty(&network, penalty, &mut gradients[..short]).unwrap_err();
    assert!(matches!(error, OptimError::Shape(_)), "{error}");
    assert!(gradients.iter().all(|g| *g == 1.0));
}
