//! The elementary functions against exact values.

use nn_reference::{Ulps, load, ulps_from_exact};
use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Real, Scalar};

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
        "normal_cdf" => R::normal_cdf,
        "gelu" => R::gelu,
        "gelu_tanh" => R::gelu_tanh,
        "normal_density" => R::normal_density,
        "sqrt" => R::sqrt,
        "square" => |x| x * x,
        "silu" => R::silu,
        "mish" => R::mish,
        "tanhshrink" => R::tanhshrink,
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
fn every_function_is_within_one_ulp_of_the_exact_value() {
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
        assert!(ulps <= 1, "{name}: {ulps} ulp off at {x:e} in f64");
        let (ulps, x) = worst(f32, &points32, &case.get("exact_y_f32").f32s());
        println!("{name} f32 {ulps} {x:e}");
        assert!(ulps <= 1, "{name}: {ulps} ulp off at {x:e} in f32");
        tested += 1;
    }
    assert_eq!(tested, 15);
}

/// The exact value is `exact` and `rest` units in the last place of it.
#[test]
fn double_precision_is_within_one_ulp_where_it_is_hardest() {
    let mut tested = 0;
    for case in load("hard_points").get("cases").list() {
        let name = case.get("name").text().to_owned();
        let Some(f) = function::<f64>(&name) else { continue };
        let exact =
            case.get("exact_y_f64").f64s().into_iter().zip(case.get("rest_ulps_f32").f32s());
        for (x, (exact, rest)) in case.get("x_f64").f64s().into_iter().zip(exact) {
            let error = ulps_from_exact(f(x), exact, f64::from(rest));
            assert!(error.abs() < 1.0, "{name}({x:e}) is {error} ulp off");
        }
        tested += 1;
    }
    assert_eq!(tested, 15);
}

#[test]
fn limits_and_the_signs_of_zero_are_kept() {
    type Function = fn(f64) -> f64;
    let zero_at_0 = [
        Real::exp_m1,
        Real::ln_1p,
        Real::tanh,
        Real::erf,
        Real::gelu,
        Real::gelu_tanh,
        Real::silu,
        Real::mish,
        Real::tanhshrink,
    ];
    for f in zero_at_0 as [Function; 9] {
        assert_eq!([f(0.0), f(-0.0)].map(f64::to_bits), [0.0, -0.0_f64].map(f64::to_bits));
    }
    let limits: [(Function, [f64; 2]); 21] = [
        (Real::exp, [0.0, f64::INFINITY]),
        (Real::exp_minus_abs, [0.0, 0.0]),
        (Real::exp_m1, [-1.0, f64::INFINITY]),
        (Real::ln, [f64::NAN, f64::INFINITY]),
        (Real::ln_1p, [f64::NAN, f64::INFINITY]),
        (Real::tanh, [-1.0, 1.0]),
        (Real::sigmoid, [0.0, 1.0]),
        (Real::erf, [-1.0, 1.0]),
        (Real::erfc, [2.0, 0.0]),
        (Real::normal_cdf, [0.0, 1.0]),
        (Real::gelu, [0.0, f64::INFINITY]),
        (Real::gelu_slope, [0.0, 1.0]),
        (Real::gelu_tanh, [0.0, f64::INFINITY]),
        (Real::normal_density, [0.0, 0.0]),
        (Real::silu, [0.0, f64::INFINITY]),
        (Real::mish, [0.0, f64::INFINITY]),
        (Real::mish_slope, [0.0, 1.0]),
        (Real::tanhshrink, [f64::NEG_INFINITY, f64::INFINITY]),
        (|x| x.softplus(1.0), [0.0, f64::INFINITY]),
        (|x| x.scaled_exp_m1(1.0, (2.0, 0.0)), [-2.0, f64::INFINITY]),
        (|x| x.scaled_exp(1.0, (2.0, 0.0)), [0.0, f64::INFINITY]),
    ];
    for (f, expected) in limits {
        let found = [f(f64::NEG_INFINITY), f(f64::INFINITY)];
        assert!(found[0] == expected[0] || expected[0].is_nan() && found[0].is_nan());
        assert_eq!(found[1], expected[1]);
        assert!(f(f64::NAN).is_nan());
    }
    assert_eq!([Real::ln(0.0_f64), Real::ln_1p(-1.0)], [f64::NEG_INFINITY; 2]);
}

/// The whole sweep is a command of its own: `cargo run --release --bin ulp -- all`.
#[test]
fn single_precision_is_within_one_ulp_over_a_thinned_sweep_of_all_inputs() {
    let inputs: Vec<f32> = (0..=u32::MAX).step_by(997).map(f32::from_bits).collect();
    macro_rules! sweep {
        ($($name:ident)*) => {$({
            /// The function in the loop that layers use.
            struct Apply<'a, T>(&'a mut [T]);

            impl<T: Scalar> Kernel<T> for Apply<'_, T> {
                type Output = ();

                #[inline(always)]
                fn run<S: Simd<T>>(self, _: S) {
                    for x in self.0 {
                        *x = T::$name(*x);
                    }
                }
            }

            for inputs in inputs.chunks(1 << 14) {
                let mut single = inputs.to_vec();
                let mut double: Vec<f64> = inputs.iter().map(|&x| f64::from(x)).collect();
                dispatch(Apply(&mut single));
                dispatch(Apply(&mut double));
                for (&x, (found, exact)) in inputs.iter().zip(single.into_iter().zip(double)) {
                    let rounded = exact as f32;
                    if found == rounded || found.is_nan() && rounded.is_nan() {
                        continue;
                    }
                    let unit = f64::from(rounded.abs().next_up()) - f64::from(rounded.abs());
                    let error = (f64::from(found) - exact).abs();
                    assert!(error < unit, "{}({x:e}) is {found:e}, not {exact:e}", stringify!($name));
                }
            }
        })*};
    }
    sweep! { exp exp_minus_abs exp_m1 ln ln_1p erf erfc normal_cdf normal_density }
}
