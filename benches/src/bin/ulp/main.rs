//! How far each function is from the exact value, over all 2³² inputs of `f32` or every so many.
//!
//! Activations have their default options, except Threshold. Slopes are counted in units of 2⁻²⁴ where
//! their own are smaller, so that four units are 4 ulp or 2.4e-7.

mod exact;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lexopt::prelude::*;
use nn::prelude::*;
use nn::tensor::simd::{Kernel, Simd, dispatch};

/// So many inputs are computed at once, as a layer would.
const BATCH: usize = 4096;

/// 2⁻²⁴
const SLOPE_UNIT: f64 = 1.0 / 16_777_216.0;

struct Function {
    name: &'static str,
    apply: fn(&[f32], &mut [f32]),
    exact: fn(f64) -> f64,
    /// What errors are counted in where a unit in the last place is less.
    least_unit: f64,
}

macro_rules! functions {
    ($($name:literal: $x:ident => $value:expr, $exact:expr;)*) => {
        [$({
            /// The function in the loop that layers use.
            struct Apply<'a>(&'a [f32], &'a mut [f32]);

            impl Kernel<f32> for Apply<'_> {
                type Output = ();

                #[inline(always)]
                fn run<S: Simd<f32>>(self, _: S) {
                    for (y, &$x) in self.1.iter_mut().zip(self.0) {
                        *y = $value;
                    }
                }
            }

            Function {
                name: $name,
                apply: |x, y| dispatch(Apply(x, y)),
                exact: $exact,
                least_unit: if $name.ends_with("_slope") { SLOPE_UNIT } else { 0.0 },
            }
        },)*]
    };
}

fn functions() -> [Function; 44] {
    functions! {
        "exp": x => Real::exp(x), pxfm::f_exp;
        "exp_m1": x => Real::exp_m1(x), pxfm::f_expm1;
        "ln": x => Real::ln(x), pxfm::f_log;
        "ln_1p": x => Real::ln_1p(x), pxfm::f_log1p;
        "tanh": x => Real::tanh(x), pxfm::f_tanh;
        "sigmoid": x => Real::sigmoid(x), exact::sigmoid;
        "erf": x => Real::erf(x), pxfm::f_erf;
        "erfc": x => Real::erfc(x), pxfm::f_erfc;
        "normal_cdf": x => Real::normal_cdf(x), exact::normal_cdf;
        "normal_density": x => Real::normal_density(x), exact::normal_density;
        "celu": x => Celu::default().value(x), exact::elu;
        "elu": x => Elu::default().value(x), exact::elu;
        "gelu": x => Gelu.value(x), exact::gelu;
        "gelu_tanh": x => GeluTanh.value(x), exact::gelu_tanh;
        "hardshrink": x => Hardshrink::default().value(x), |x| exact::shrink(x, 0.0);
        "hardsigmoid": x => Hardsigmoid.value(x), |x| exact::clamp(x + 3.0, 0.0, 6.0) / 6.0;
        "hardswish": x => Hardswish.value(x), exact::hardswish;
        "hardtanh": x => Hardtanh::default().value(x), |x| exact::clamp(x, -1.0, 1.0);
        "leaky_relu": x => LeakyRelu::default().value(x), |x| if x > 0.0 { x } else { 0.01 * x };
        "log_sigmoid": x => LogSigmoid.value(x), exact::log_sigmoid;
        "mish": x => Mish.value(x), exact::mish;
        "relu": x => Relu.value(x), |x| exact::clamp(x, 0.0, f64::INFINITY);
        "relu6": x => Relu6.value(x), |x| exact::clamp(x, 0.0, 6.0);
        "selu": x => Selu.value(x), exact::selu;
        "silu": x => Silu.value(x), exact::silu;
        "softplus": x => Softplus::default().value(x), exact::softplus;
        "softshrink": x => Softshrink::default().value(x), |x| exact::shrink(x, 0.5);
        "softsign": x => Softsign.value(x), exact::softsign;
        "tanhshrink": x => Tanhshrink.value(x), exact::tanhshrink;
        "threshold": x => (Threshold { threshold: 0.1, value: 20.0 }).value(x), |x| if x <= f64::from(0.1_f32) { 20.0 } else { x };
        "sigmoid_slope": x => slope(Sigmoid, x), exact::sigmoid_slope;
        "tanh_slope": x => slope(Tanh, x), exact::tanh_slope;
        "celu_slope": x => slope(Celu::default(), x), exact::elu_slope;
        "elu_slope": x => slope(Elu::default(), x), exact::elu_slope;
        "gelu_slope": x => slope(Gelu, x), exact::gelu_slope;
        "gelu_tanh_slope": x => slope(GeluTanh, x), exact::gelu_tanh_slope;
        "hardswish_slope": x => slope(Hardswish, x), exact::hardswish_slope;
        "log_sigmoid_slope": x => slope(LogSigmoid, x), |x| exact::sigmoid(-x);
        "mish_slope": x => slope(Mish, x), exact::mish_slope;
        "selu_slope": x => slope(Selu, x), exact::selu_slope;
        "silu_slope": x => slope(Silu, x), exact::silu_slope;
        "softplus_slope": x => slope(Softplus::default(), x), exact::sigmoid;
        "softsign_slope": x => slope(Softsign, x), exact::softsign_slope;
        "tanhshrink_slope": x => slope(Tanhshrink, x), exact::tanhshrink_slope;
    }
}

/// A slope as a network takes it.
#[inline(always)]
fn slope(activation: impl Activation, x: f32) -> f32 {
    activation.slope(x, activation.value(x))
}

/// What a sweep has found.
#[derive(Clone, Copy, Default)]
struct Found {
    inputs: u64,
    exactly_rounded: u64,
    /// In units of the last place of the exact value.
    worst: f64,
    worst_at: f32,
}

impl Found {
    fn add(&mut self, x: f32, found: f32, exact: f64, least_unit: f64) {
        let rounded = exact as f32;
        self.inputs += 1;
        let error = if found == rounded || found.is_nan() && rounded.is_nan() {
            self.exactly_rounded += 1;
            0.0
        } else if found.is_finite() && rounded.is_finite() {
            (f64::from(found) - exact).abs() / unit(rounded).max(least_unit)
        } else {
            // One of them is infinite or NaN: the next number below infinity is one unit away.
            (found.to_bits().abs_diff(rounded.to_bits()) as f64).max(1.0)
        };
        if error > self.worst {
            (self.worst, self.worst_at) = (error, x);
        }
    }

    fn merge(self, other: Self) -> Self {
        let worse = if other.worst > self.worst { other } else { self };
        Self {
            inputs: self.inputs + other.inputs,
            exactly_rounded: self.exactly_rounded + other.exactly_rounded,
            ..worse
        }
    }
}

/// The distance between the numbers next to `x`.
fn unit(x: f32) -> f64 {
    let exponent = (x.to_bits() >> 23 & 0xff).max(1) as i32;
    f64::from(exponent - 150).exp2()
}

/// Every `every`th input, shared by all cores.
fn sweep(function: &Function, every: u64, progress: &ProgressBar) -> Found {
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let step = every * BATCH as u64;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let (mut x, mut y) = ([0.0; BATCH], [0.0; BATCH]);
                    let mut found = Found::default();
                    loop {
                        let start = next.fetch_add(step, Relaxed);
                        if start > u64::from(u32::MAX) {
                            return found;
                        }
                        for (i, x) in x.iter_mut().enumerate() {
                            let bits = start + i as u64 * every;
                            *x = f32::from_bits(bits.min(u64::from(u32::MAX)) as u32);
                        }
                        (function.apply)(&x, &mut y);
                        for (&x, &y) in x.iter().zip(&y) {
                            let exact = (function.exact)(f64::from(x));
                            found.add(x, y, exact, function.least_unit);
                        }
                        progress.inc(step.min((1 << 32) - start));
                    }
                })
            })
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join().unwrap_or_default());
        joined.fold(Found::default(), Found::merge)
    })
}

fn arguments() -> Result<(Vec<Function>, u64), lexopt::Error> {
    let (mut names, mut every) = (Vec::new(), 1);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("How far each function is from the exact value, in f32.\n");
                println!("Usage: cargo run --release --bin ulp -- <all | names> [--every K]\n");
                println!("  --every K   only every Kth of the 2³² inputs (default 1: all)");
                let names = functions().map(|function| function.name).join(" ");
                println!("\nNames: {names}");
                std::process::exit(0);
            }
            Long("every") => {
                every = parser.value()?.parse()?;
                if !(1..=1 << 24).contains(&every) {
                    return Err("--every must be from 1 to 16777216".into());
                }
            }
            Value(name) => names.push(name.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    if names.is_empty() {
        return Err("name some functions, or all (--help lists them)".into());
    }
    let mut chosen = Vec::new();
    for name in &names {
        let before = chosen.len();
        chosen.extend(functions().into_iter().filter(|f| name == "all" || f.name == name));
        if chosen.len() == before {
            return Err(format!("there is no function {name} (--help lists them)").into());
        }
    }
    Ok((chosen, every))
}

fn main() -> ExitCode {
    let (functions, every) = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("ulp: {error}");
            return ExitCode::from(2);
        }
    };
    let style = ProgressStyle::with_template("{prefix:<18} {wide_bar} {percent:>3} % {eta}");
    let draw = ProgressDrawTarget::stderr();
    let progress = ProgressBar::with_draw_target(Some(1 << 32), draw);
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    println!("{:<18}{:>10}  {:<16}{:>16}", "function", "worst ulp", "at input", "exactly rounded");
    for function in functions {
        progress.reset();
        progress.set_prefix(function.name);
        let Found { inputs, exactly_rounded, worst, worst_at } = sweep(&function, every, &progress);
        let share = 100.0 * exactly_rounded as f64 / inputs as f64;
        progress.suspend(|| {
            println!("{:<18}{worst:>10.4}  {worst_at:<16e}{share:>14.4} %", function.name);
        });
    }
    progress.finish_and_clear();
    ExitCode::SUCCESS
}
