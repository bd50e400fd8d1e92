//! Activations against exact values and slopes.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{
    Activation, Backward, Celu, Elu, Gelu, GeluTanh, Hardshrink, Hardsigmoid, Hardswish, Hardtanh,
    Layer, LeakyRelu, LogSigmoid, Mish, NamedLayer, Relu, Relu6, Selu, Sigmoid, Silu, Softplus,
    Softshrink, Softsign, Tanh, Tanhshrink, Threshold, activations,
};
use nn_reference::{Reference, Ulps, load, ulps_from_exact};
use nn_tensor::{Matrix, Real, Scalar};

/// An activation of which only the precision is known.
struct Functions<R> {
    value: Box<dyn Fn(R) -> R>,
    slope: Box<dyn Fn(R, R) -> R>,
}

fn functions<R: Real>(activation: impl Activation + 'static) -> Functions<R> {
    Functions {
        value: Box::new(move |x| activation.value(x)),
        slope: Box::new(move |x, y| activation.slope(x, y)),
    }
}

/// The activation of a case of the reference figures; none for elementary functions.
fn activation<R: Real>(case: &Reference) -> Option<Functions<R>> {
    let parameters = case.get("params");
    let option = |name: &str| parameters.get(name).number();
    Some(match case.get("name").text() {
        "celu" => functions(Celu { alpha: option("alpha") }),
        "elu" => functions(Elu { alpha: option("alpha") }),
        "gelu" => functions(Gelu),
        "gelu_tanh" => functions(GeluTanh),
        "hardshrink" => functions(Hardshrink { lambda: option("lambd") }),
        "hardsigmoid" => functions(Hardsigmoid),
        "hardswish" => functions(Hardswish),
        "hardtanh" => match parameters.find("min_val") {
            None => functions(Hardtanh::default()),
            Some(min_val) => {
                functions(Hardtanh { min_val: min_val.number(), max_val: option("max_val") })
            }
        },
        "leaky_relu" => functions(LeakyRelu { negative_slope: option("negative_slope") }),
        "logsigmoid" => functions(LogSigmoid),
        "mish" => functions(Mish),
        // One that is the same everywhere.
        "prelu" => functions(LeakyRelu { negative_slope: option("weight") }),
        "relu" => functions(Relu),
        "relu6" => functions(Relu6),
        // Its mean, which is what it is outside training.
        "rrelu_eval" => {
            functions(LeakyRelu { negative_slope: (option("lower") + option("upper")) / 2.0 })
        }
        "selu" => functions(Selu),
        "sigmoid" => functions(Sigmoid),
        "silu" => functions(Silu),
        "softplus" => functions(Softplus { beta: option("beta"), ..Softplus::default() }),
        "softshrink" => functions(Softshrink { lambda: option("lambd") }),
        "softsign" => functions(Softsign),
        "tanh" => functions(Tanh),
        "tanhshrink" => functions(Tanhshrink),
        "threshold" => {
            functions(Threshold { threshold: option("threshold"), value: option("value") })
        }
        _ => return None,
    })
}

/// How many units a slope may be off: in the last place, or where it is small in that of numbers below 1.
fn slope_units(name: &str) -> u64 {
    // These are told from a rounded output, or are products of rounded factors.
    let from_rounded = ["tanh", "tanhshrink", "silu", "gelu_tanh", "gelu", "gelutanh", "sigmoid"];
    if from_rounded.contains(&name.to_lowercase().as_str()) { 4 } else { 1 }
}

fn is_close<R: Real + Ulps>(name: &str, slope: R, expected: R) -> bool {
    let units = slope_units(name);
    let floor = units as f64 * 0.5 * R::EPSILON.to_f64();
    (slope.to_f64() - expected.to_f64()).abs() <= floor || slope.ulps_from(expected) <= units
}

fn judge<R: Real + Ulps>(
    name: &str,
    Functions { value, slope }: &Functions<R>,
    points: &[R],
    [values, slopes]: [Vec<R>; 2],
    kinks: &[f64],
    [torch_values, torch_slopes]: [Vec<R>; 2],
) {
    for (i, &x) in points.iter().enumerate() {
        let at_kink = kinks.contains(&x.to_f64());
        let y = value(x);
        let expected = if at_kink { torch_values[i] } else { values[i] };
        let ulps = y.ulps_from(expected);
        assert!(ulps <= 1, "{name}({x:e}) is {y:e}, {ulps} ulp from {expected:e}");
        let slope = slope(x, y);
        let expected = if at_kink { torch_slopes[i] } else { slopes[i] };
        let close = x.is_nan() || is_close(name, slope, expected);
        assert!(close, "slope of {name} at {x:e} is {slope:e}, not {expected:e}");
    }
}

#[test]
fn values_and_slopes_are_those_of_exact_arithmetic() {
    let reference = load("elementwise");
    let mut tested = 0;
    for case in reference.get("cases").list() {
        let (Some(f64), Some(f32)) = (activation::<f64>(&case), activation::<f32>(&case)) else {
            continue;
        };
        let name = case.get("name").text().to_owned();
        let kinks: Vec<f64> = case.get("kinks").list().iter().map(Reference::number).collect();
        let points = reference.get("x_f64").f64s();
        let exact = ["exact_y_f64", "exact_dx_f64"].map(|key| case.get(key).f64s());
        let torch = ["torch_y_f64", "torch_dx_f64"]
            .map(|key| case.find(key).map_or(Vec::new(), |figures| figures.f64s()));
        judge(&name, &f64, &points, exact, &kinks, torch);
        let points = reference.get("x_f32").f32s();
        let exact = ["exact_y_f32", "exact_dx_f32"].map(|key| case.get(key).f32s());
        let torch = ["torch_y_f32", "torch_dx_f32"]
            .map(|key| case.find(key).map_or(Vec::new(), |figures| figures.f32s()));
        judge(&name, &f32, &points, exact, &kinks, torch);
        tested += 1;
    }
    assert_eq!(tested, 24);
}

/// The exact value is `exact` and `rest` units in the last place of it.
#[test]
fn double_precision_is_within_one_ulp_and_slopes_are_close_where_they_are_hardest() {
    let mut tested = 0;
    for case in load("hard_points").get("cases").list() {
        let Some(Functions { value, slope }) = activation::<f64>(&case) else { continue };
        let name = case.get("name").text().to_owned();
        let (points, exact) = (case.get("x_f64").f64s(), case.get("exact_y_f64").f64s());
        let (rests, slopes) = (case.get("rest_ulps_f32").f32s(), case.get("exact_dx_f64").f64s());
        for (i, &x) in points.iter().enumerate() {
            let y = value(x);
            let error = ulps_from_exact(y, exact[i], f64::from(rests[i]));
            assert!(error.abs() < 1.0, "{name}({x:e}) is {error} ulp off");
            let (slope, expected) = (slope(x, y), slopes[i]);
            // NaN stands for a kink.
            let close = expected.is_nan() || is_close(&name, slope, expected);
            assert!(close, "slope of {name} at {x:e} is {slope:e}, not {expected:e}");
        }
        tested += points.len();
    }
    assert!(tested > 20_000, "{tested}");
}

/// Inputs of `f32`: every 997th of all, and the neighbours of where something changes, in pieces.
fn thinned_inputs() -> Vec<Matrix<f32>> {
    const PLACES: [f32; 21] = [
        0.0, 0.1, 0.17, 0.3466, 0.5, 0.55, 1.0, 3.0, 4.0, 6.0, 9.1, 11.0, 15.0, 18.0, 20.0, 40.0,
        87.336, 88.723, 104.0, 110.0, 200.0,
    ];
    let mut inputs: Vec<f32> = (0..=u32::MAX).step_by(997).map(f32::from_bits).collect();
    for place in PLACES {
        let near = (0..1000).map(|i| f32::from_bits((place.to_bits() + i).saturating_sub(500)));
        inputs.extend(near.flat_map(|x| [x, -x]));
    }
    let piece = |values: &[f32]| Matrix::from_fn(values.len(), 1, |i, _| values[i]);
    inputs.chunks(1 << 14).map(piece).collect()
}

fn values_and_slopes<T: Scalar>(layer: &dyn Layer<T>, x: &Matrix<T>) -> [Matrix<T>; 2] {
    let (y, ones) = (layer.forward(x).unwrap(), x.map(|_| T::ONE));
    let mut slopes = Matrix::zeros(x.rows(), x.columns());
    let pass = Backward {
        input: x.view(),
        output: y.view(),
        d_output: ones.view(),
        d_input: Some(slopes.view_mut()),
        d_parameters: &mut [],
    };
    layer.backward_into(pass).unwrap();
    [y, slopes]
}

/// Activations with options that no `f32` is.
fn with_options<T: Scalar>() -> [NamedLayer<T>; 5] {
    [
        ("Celu", Box::new(Celu { alpha: 2.3 })),
        ("Elu", Box::new(Elu { alpha: 0.7 })),
        ("LeakyRelu", Box::new(LeakyRelu { negative_slope: 0.137 })),
        ("Softplus", Box::new(Softplus { beta: 0.1, ..Softplus::default() })),
        ("Softplus", Box::new(Softplus { beta: 2.7, ..Softplus::default() })),
    ]
}

/// In `f64` each is held against exact values above; the whole sweep is a command of its own,
/// `cargo run --release --bin ulp -- all`.
#[test]
fn single_precision_is_as_close_over_a_thinned_sweep_of_all_inputs() {
    let inputs = thinned_inputs();
    let judge = |name: &str, single: &dyn Layer<f32>, double: &dyn Layer<f64>| {
        for x in &inputs {
            let [values, slopes] = values_and_slopes(single, x);
            let [exact, exact_slopes] = values_and_slopes(double, &x.cast());
            for (i, &x) in x.as_slice().iter().enumerate() {
                let (y, exact) = (values.as_slice()[i], exact.as_slice()[i]);
                let rounded = exact as f32;
                if y != rounded && !(y.is_nan() && exact.is_nan()) {
                    let unit = f64::from(rounded.abs().next_up()) - f64::from(rounded.abs());
                    let error = (f64::from(y) - exact).abs() / unit;
                    assert!(error < 1.0, "{name}({x:e}) is {y:e}, not {exact:e}");
                }
                let (slope, exact) = (slopes.as_slice()[i], exact_slopes.as_slice()[i]);
                let close = x.is_nan() || is_close(name, slope, exact as f32);
                assert!(close, "slope of {name} at {x:e} is {slope:e}, not {exact:e}");
            }
        }
    };
    let (single, double) = (with_options().into_iter(), with_options().into_iter());
    let single = activations::all().into_iter().chain(single);
    let double = activations::all().into_iter().chain(double);
    std::thread::scope(|scope| {
        for ((name, single), (_, double)) in single.zip(double) {
            scope.spawn(move || judge(name, single.as_ref(), double.as_ref()));
        }
    });
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

#[test]
fn a_lower_threshold_cuts_softplus_as_pytorch_does() {
    let cut = Softplus { beta: 2.0, threshold: 5.0 };
    assert_eq!([cut.value(2.5), cut.value(2.6)], [2.503357674244559, 2.6]);
    assert_eq!(cut.slope(2.6, 2.6), 1.0);
}

#[test]
fn a_slope_is_a_number_however_small_or_large_alpha_is() {
    for alpha in [1e-300, 1e-40, 1e38, 1e300] {
        let slopes = [0.0_f32, -1.0, -1e30].map(|x| Celu { alpha }.slope(x, 0.0));
        assert_eq!(slopes[0], 1.0, "{alpha:e}");
        assert!(slopes.iter().all(|slope| (0.0..=1.0).contains(slope)), "{alpha:e}: {slopes:?}");
    }
}
