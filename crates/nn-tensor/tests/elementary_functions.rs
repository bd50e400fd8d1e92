//! The elementary functions against exact values.

use nn_reference::{Ulps, load};
use nn_tensor::Real;

/// A function by its name in the reference figures.
fn function<R: Real>(name: &str) -> Option<fn(R) -> R> {
    Some(match name {
        "exp" => R::exp,
        "expm1" => R::exp_m1,
        "log" => R::ln,
        "log1p" => R::ln_1p,
        "tanh" => R::tanh,
        "sigmoid" => R::sigmoid,
        "erf" => R::erf,
        "erfc" => R::erfc,
        _ => return None,
    })
}

/// The worst distance over all points, and the point.
fn worst<R: Real + Ulps>(f: fn(R) -> R, points: &[R], exact: &[R]) -> (u64, R) {
    assert_eq!(points.len(), exact.len());
    let distances = points.iter().zip(exact).map(|(&x, &y)| (f(x).ulps_from(y), x));
    distances.max_by_key(|(ulps, _)| *ulps).expect("there are points")
}

#[test]
fn every_function_is_within_a_few_ulp_of_the_exact_value() {
    let reference = load("elementwise");
    let (points64, points32) = (reference.get("x_f64").f64s(), reference.get("x_f32").f32s());
    let mut tested = 0;
    for case in reference.get("cases").list() {
        let name = case.get("name").text().to_owned();
        let (Some(f64), Some(f32)) = (function::<f64>(&name), function::<f32>(&name)) else {
            continue;
        };
        let (ulps, x) = worst(f64, &points64, &case.get("exact_y_f64").f64s());
        println!("{name} f64 {ulps} {x:e}");
        assert!(ulps <= 2, "{name}: {ulps} ulp off at {x:e} in f64");
        let (ulps, x) = worst(f32, &points32, &case.get("exact_y_f32").f32s());
        println!("{name} f32 {ulps} {x:e}");
        assert!(ulps <= 1, "{name}: {ulps} ulp off at {x:e} in f32");
        tested += 1;
    }
    assert_eq!(tested, 8);
}

/// The whole sweep is a command of its own: `cargo run --release --bin ulp -- all`.
#[test]
fn single_precision_is_within_one_ulp_over_a_thinned_sweep_of_all_inputs() {
    macro_rules! functions {
        ($($name:ident)*) => {
            [$((stringify!($name), Real::$name as fn(f32) -> f32, Real::$name as fn(f64) -> f64),)*]
        };
    }
    let functions = functions! {
        exp exp_m1 ln ln_1p tanh sigmoid erf erfc normal_cdf normal_density gelu gelu_tanh
    };
    for (name, single, double) in functions {
        for bits in (0..=u32::MAX).step_by(99_991) {
            let x = f32::from_bits(bits);
            let (found, exact) = (single(x), double(f64::from(x)));
            let rounded = exact as f32;
            if found == rounded || found.is_nan() && rounded.is_nan() {
                continue;
            }
            let unit = f64::from(rounded.abs().next_up()) - f64::from(rounded.abs());
            let error = (f64::from(found) - exact).abs();
            assert!(error <= unit, "{name}({x:e}) is {found:e}, not {exact:e}");
        }
    }
}
