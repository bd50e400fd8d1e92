//! The dense layer and its initialisers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_layers::initializers::{self, Fan, FanInUniform, Initializer};
use nn_layers::{Dense, Layer, LayerError};
use nn_reference::load;
use nn_tensor::Matrix;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

#[test]
fn forward_and_backward_are_pytorchs_to_1e_13() {
    for case in load("dense").get("cases").list() {
        let [n, inputs, outputs] = ["n", "i", "o"].map(|key| case.get(key).count());
        let rows = |key: &str, rows: usize, columns: usize| {
            Matrix::from_row_slice(rows, columns, &case.get(key).f64s()).unwrap()
        };
        // PyTorch's weights are outputs × inputs.
        let weights = rows("w_f64", outputs, inputs).transpose();
        let dense = Dense::from_parameters(weights, rows("b_f64", 1, outputs));
        if inputs == 0 || outputs == 0 {
            assert_eq!(dense.unwrap_err(), LayerError::ZeroWidth { inputs, outputs });
            continue;
        }
        let (dense, x) = (dense.unwrap(), rows("x_f64", n, inputs));
        let gradients = dense.backward(&x, &rows("g_f64", n, outputs)).unwrap();
        let d_weights = Matrix::from_column_vec(
            inputs,
            outputs,
            gradients.parameters[..inputs * outputs].to_vec(),
        );
        let d_biases =
            Matrix::from_row_slice(1, outputs, &gradients.parameters[inputs * outputs..]);
        for (found, expected) in [
            (dense.forward(&x).unwrap(), rows("y_f64", n, outputs)),
            (gradients.input, rows("dx_f64", n, inputs)),
            (d_weights.unwrap().transpose(), rows("dw_f64", outputs, inputs)),
            (d_biases.unwrap(), rows("db_f64", 1, outputs)),
        ] {
            let error = found.zip_map(&expected, |a, b| (a - b).abs() / b.abs().max(1.0)).unwrap();
            assert!(error.as_slice().iter().all(|e| *e <= 1e-13), "{n} {inputs} {outputs}");
        }
    }
}

#[test]
fn a_layer_starts_as_pytorchs_does() {
    let dense = Dense::<f64>::new(400, 300, &mut rng()).unwrap();
    let bound = 1.0 / 20.0;
    for values in [dense.weights.as_slice(), dense.biases.as_slice()] {
        let largest = values.iter().fold(0.0, |largest, w| w.abs().max(largest));
        assert!(largest <= bound && largest > 0.95 * bound, "{largest}");
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.1 * bound, "{mean}");
    }
}

#[test]
fn both_precisions_start_from_the_same_place() {
    let (single, double) =
        (Dense::<f32>::new(5, 4, &mut rng()), Dense::<f64>::new(5, 4, &mut rng()));
    assert_eq!(single.unwrap().weights, double.unwrap().weights.cast());
}

#[test]
fn initialisers_have_the_spread_that_their_papers_say() {
    let fan = Fan { fan_in: 300, fan_out: 100 };
    let variance = |name: &str| match name {
        "Constant" | "Zeros" => 0.0,
        "FanInUniform" => 1.0 / 300.0 / 3.0,
        "KaimingNormal" | "KaimingUniform" => 2.0 / 300.0,
        "Normal" => 1.0,
        "Orthogonal" => 1.0 / 300.0,
        "SmallUniform" => 1e-4 / 12.0,
        "TruncatedNormal" => 0.773_741, // 1 - 4·φ(2) / (2·Φ(2) - 1)
        "Uniform" => 1.0 / 12.0,
        "XavierNormal" | "XavierUniform" => 2.0 / 400.0,
        other => panic!("what is {other}?"),
    };
    for (name, initializer) in initializers::all() {
        let mut values = Matrix::zeros(300, 100);
        initializer.fill(values.view_mut(), fan, &mut rng()).unwrap();
        let values = values.as_slice();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let found = values.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / values.len() as f64;
        let expected = variance(name);
        let off = (found - expected).abs() > 0.03 * expected;
        assert!(!off, "{name}: {found} for {expected}");

        let mut again = Matrix::zeros(300, 100);
        initializer.fill(again.view_mut(), fan, &mut rng()).unwrap();
        assert_eq!(again.as_slice(), values, "{name} is not reproducible");
    }
}

#[test]
fn initialisers_refuse_what_is_out_of_range() {
    use initializers::{Constant, KaimingNormal, Normal, Uniform, XavierUniform};
    let refused: [&dyn Initializer; 6] = [
        &Constant { value: f64::NAN },
        &Normal { mean: 0.0, std: -1.0 },
        &Uniform { low: 1.0, high: 0.0 },
        &Uniform { low: -f64::MAX, high: f64::MAX },
        &KaimingNormal { gain: f64::INFINITY, ..KaimingNormal::default() },
        &XavierUniform { gain: -1.0 },
    ];
    for initializer in refused {
        let dense = Dense::<f32>::with_initializers(2, 3, initializer, &FanInUniform, &mut rng());
        let error = dense.unwrap_err();
        assert!(matches!(error, LayerError::Hyperparameter { .. }), "{initializer:?}: {error}");
    }
}

#[test]
fn a_layer_without_inputs_or_outputs_is_refused() {
    for (inputs, outputs) in [(0, 3), (2, 0), (0, 0)] {
        let error = Dense::<f32>::new(inputs, outputs, &mut rng()).unwrap_err();
        assert_eq!(error, LayerError::ZeroWidth { inputs, outputs });
    }
    assert!(Dense::<f32>::new(usize::MAX, 2, &mut rng()).is_err());
}

#[test]
fn parameters_that_were_changed_to_what_does_not_fit_are_a_typed_error() {
    let mut dense = Dense::<f64>::new(2, 3, &mut rng()).unwrap();
    dense.biases = Matrix::zeros(3, 1);
    let error = dense.forward(&Matrix::zeros(5, 2)).unwrap_err();
    assert_eq!(error.to_string(), "Dense: expected a bias of 1 × 3, found 3 × 1");
    dense.weights = Matrix::zeros(7, 3);
    let error = dense.forward(&Matrix::zeros(5, 2)).unwrap_err();
    assert_eq!(error.to_string(), "Dense: expected an input of n × 7, found n × 2");
}
