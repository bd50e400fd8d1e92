//! Activations against exact values and slopes.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Activation, Gelu, GeluTanh, LeakyRelu, Relu, Sigmoid, Tanh};
use nn_reference::{Reference, Ulps, load};
use nn_tensor::Real;

/// How far a slope may be off: 4 ulp, or this much.
const SLOPE_FLOOR: f64 = 2.4e-7;

fn judge<R: Real + Ulps>(
    name: &str,
    activation: &impl Activation,
    points: &[R],
    [values, slopes]: [Vec<R>; 2],
    kinks: &[f64],
    torch_slopes: &[R],
    tolerance: u64,
) {
    for (i, &x) in points.iter().enumerate() {
        let y = activation.value(x);
        let ulps = y.ulps_from(values[i]);
        assert!(ulps <= tolerance, "{name}({x:e}) is {y:e}, {ulps} ulp from {:e}", values[i]);
        let slope = activation.slope(x, y);
        if x.is_nan() {
            continue;
        }
        let expected = if kinks.contains(&x.to_f64()) { torch_slopes[i] } else { slopes[i] };
        let close = (slope.to_f64() - expected.to_f64()).abs() <= SLOPE_FLOOR;
        let near = slope.ulps_from(expected) <= 4;
        assert!(close || near, "slope of {name} at {x:e} is {slope:e}, not {expected:e}");
    }
}

fn judge_both(reference: &Reference, name: &str, activation: &impl Activation) {
    let cases = reference.get("cases").list();
    let case = cases.iter().find(|case| case.get("name").text() == name).unwrap();
    let kinks: Vec<f64> = case.get("kinks").list().iter().map(Reference::number).collect();
    let key = |start: &str, bits: &str| case.get(&format!("{start}_{bits}"));
    judge(
        name,
        activation,
        &reference.get("x_f64").f64s(),
        ["exact_y", "exact_dx"].map(|start| key(start, "f64").f64s()),
        &kinks,
        &key("torch_dx", "f64").f64s(),
        4,
    );
    judge(
        name,
        activation,
        &reference.get("x_f32").f32s(),
        ["exact_y", "exact_dx"].map(|start| key(start, "f32").f32s()),
        &kinks,
        &key("torch_dx", "f32").f32s(),
        1,
    );
}

#[test]
fn values_and_slopes_are_those_of_exact_arithmetic() {
    let reference = load("elementwise");
    judge_both(&reference, "gelu", &Gelu);
    judge_both(&reference, "gelu_tanh", &GeluTanh);
    judge_both(&reference, "leaky_relu", &LeakyRelu::default());
    judge_both(&reference, "relu", &Relu);
    judge_both(&reference, "sigmoid", &Sigmoid);
    judge_both(&reference, "tanh", &Tanh);
}

#[test]
fn the_notebook_values_come_out() {
    fn row(activation: &impl Activation) -> String {
        let values = [-1.0, 0.0, 3.0].map(|x: f64| format!("{:.4}", activation.value(x)));
        values.join(" ")
    }
    assert_eq!(row(&Sigmoid), "0.2689 0.5000 0.9526");
    assert_eq!(row(&Relu), "0.0000 0.0000 3.0000");
    assert_eq!(row(&Tanh), "-0.7616 0.0000 0.9951");
    assert_eq!(row(&Gelu), "-0.1587 0.0000 2.9960");
    assert_eq!(row(&LeakyRelu { negative_slope: 0.1 }), "-0.1000 0.0000 3.0000");
}
