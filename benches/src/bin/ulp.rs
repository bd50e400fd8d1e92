//! How far each function is from the exact value, over all 2³² inputs of `f32` or every so many.
//!
//! The exact value is taken from pxfm's functions in `f64`, which are within a rounding or so of it:
//! one part in half a thousand million of what is counted here. Where such a rounding comes before
//! an exponential it is multiplied by the exponent, which is at most 110: still nothing.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lexopt::prelude::*;
use nn::prelude::*;
use nn::tensor::simd::{Kernel, Simd, dispatch};

/// So many inputs are computed at once, as a layer would.
const BATCH: usize = 4096;

struct Function {
    name: &'static str,
    apply: fn(&[f32], &mut [f32]),
    exact: fn(f64) -> f64,
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

            Function { name: $name, apply: |x, y| dispatch(Apply(x, y)), exact: $exact }
        },)*]
    };
}

fn functions() -> [Function; 14] {
    functions! {
        "exp": x => Real::exp(x), pxfm::f_exp;
        "exp_m1": x => Real::exp_m1(x), pxfm::f_expm1;
        "ln": x => Real::ln(x), pxfm::f_log;
        "ln_1p": x => Real::ln_1p(x), pxfm::f_log1p;
        "tanh": x => Real::tanh(x), pxfm::f_tanh;
        "sigmoid": x => Real::sigmoid(x), |x| 1.0 / (1.0 + pxfm::f_exp(-x));
        "erf": x => Real::erf(x), pxfm::f_erf;
        "erfc": x => Real::erfc(x), pxfm::f_erfc;
        "normal_cdf": x => Real::normal_cdf(x), normal_cdf;
        "normal_density": x => Real::normal_density(x), |x| {
            0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * pxfm::f_exp(-0.5 * x * x)
        };
        "gelu": x => Gelu.value(x), |x| if x == f64::NEG_INFINITY { 0.0 } else { x * normal_cdf(x) };
        "gelu_tanh": x => GeluTanh.value(x), gelu_tanh;
        "relu": x => Relu.value(x), |x| if x < 0.0 { 0.0 } else { x };
        "leaky_relu": x => LeakyRelu::default().value(x), |x| {
            if x > 0.0 { x } else { f64::from(0.01_f32) * x }
        };
    }
}

/// `Φ(x)`, by the complementary error function, which does not cancel where `Φ` is small.
fn normal_cdf(x: f64) -> f64 {
    0.5 * pxfm::f_erfc(-x * FRAC_1_SQRT_2)
}

/// `x / (1 + exp(-2u))`, which is `½·x·(1 + tanh u)` without its cancellation where `x` is negative.
fn gelu_tanh(x: f64) -> f64 {
    let u = FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * (x + 0.044_715 * x * x * x);
    if x == f64::NEG_INFINITY { 0.0 } else { x / (1.0 + pxfm::f_exp(-2.0 * u)) }
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
    fn add(&mut self, x: f32, found: f32, exact: f64) {
        let rounded = exact as f32;
        self.inputs += 1;
        let error = if found == rounded || found.is_nan() && rounded.is_nan() {
            self.exactly_rounded += 1;
            0.0
        } else if found.is_finite() && rounded.is_finite() {
            (f64::from(found) - exact).abs() / unit(rounded)
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
                            found.add(x, y, (function.exact)(f64::from(x)));
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
    let style = ProgressStyle::with_template("{prefix:<16} {wide_bar} {percent:>3} % {eta}");
    let draw = ProgressDrawTarget::stderr();
    let progress = ProgressBar::with_draw_target(Some(1 << 32), draw);
    progress.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    println!("{:<16}{:>10}  {:<16}{:>16}", "function", "worst ulp", "at input", "exactly rounded");
    for function in functions {
        progress.reset();
        progress.set_prefix(function.name);
        let Found { inputs, exactly_rounded, worst, worst_at } = sweep(&function, every, &progress);
        let share = 100.0 * exactly_rounded as f64 / inputs as f64;
        progress.suspend(|| {
            println!("{:<16}{worst:>10.4}  {worst_at:<16e}{share:>14.4} %", function.name);
        });
    }
    progress.finish_and_clear();
    ExitCode::SUCCESS
}
