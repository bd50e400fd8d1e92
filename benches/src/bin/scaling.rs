//! How the time of training grows with samples, width, depth, batch and threads, and its slope on log
//! axes.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use nn::prelude::{Figure, ScalingCurves};
use nn_benches::{Training, noise};

/// One axis along which a job grows.
struct Curve {
    name: &'static str,
    about: &'static str,
    sizes: &'static [usize],
    /// The job of a size.
    job: fn(usize) -> Job,
}

/// An epoch of training: dense layers of these widths with ReLU between, cross-entropy, Adam.
struct Job {
    widths: Vec<usize>,
    samples: usize,
    batch: usize,
    threads: usize,
}

const CURVES: [Curve; 5] = [
    Curve {
        name: "samples",
        about: "2-64-3, the whole batch",
        sizes: &[64, 256, 1024, 4096, 16384, 65536],
        job: |samples| Job { widths: vec![2, 64, 3], samples, batch: samples, threads: 1 },
    },
    Curve {
        name: "width",
        about: "256 samples, 2-width-3",
        sizes: &[8, 32, 128, 512, 2048, 8192],
        job: |width| Job { widths: vec![2, width, 3], samples: 256, batch: 256, threads: 1 },
    },
    Curve {
        name: "depth",
        about: "256 samples, 64-…-64-10, hidden layers of 64",
        sizes: &[1, 2, 4, 8, 16, 32],
        job: |depth| Job {
            widths: [vec![64; depth + 1], vec![10]].concat(),
            samples: 256,
            batch: 256,
            threads: 1,
        },
    },
    Curve {
        name: "batch",
        about: "4096 samples, 64-64-10, in batches",
        sizes: &[4, 16, 64, 256, 1024, 4096],
        job: |batch| Job { widths: vec![64, 64, 10], samples: 4096, batch, threads: 1 },
    },
    Curve {
        name: "threads",
        about: "256 samples, 1024-1024-1024-10",
        sizes: &[1, 2, 4],
        job: |threads| Job {
            widths: vec![1024, 1024, 1024, 10],
            samples: 256,
            batch: 256,
            threads,
        },
    },
];

impl Job {
    /// The multiplications of a forward pass over all samples.
    fn work(&self) -> f64 {
        let products = self.widths.windows(2).map(|pair| pair[0] * pair[1]);
        (self.samples * products.sum::<usize>()) as f64
    }

    /// The median time of an epoch.
    fn time(&self, repeats: usize) -> Result<Duration, Box<dyn Error>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?;
        let data = noise(self.samples, self.widths[0], self.widths[self.widths.len() - 1])?;
        let mut training = Training::new(&self.widths, 0.001)?;
        training.epoch(&data, self.batch)?; // takes the memory
        // The clock is read by a thread of the pool: to wake one takes longer than a small job.
        let epoch = || -> nn::Result<Duration> {
            let start = Instant::now();
            training.epoch(&data, self.batch)?;
            Ok(start.elapsed())
        };
        let mut times = pool.install(|| {
            std::iter::repeat_with(epoch).take(repeats).collect::<nn::Result<Vec<_>>>()
        })?;
        times.sort_unstable();
        Ok(times[repeats / 2])
    }
}

/// The slope of the line that fits best through the logarithms (least squares).
fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean_x = logs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = logs.iter().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    covariance / variance
}

/// Prints the times of a job of each size, and returns them as a picture.
fn measure(curve: &Curve, repeats: usize) -> Result<ScalingCurves, Box<dyn Error>> {
    println!("{:>8}  {:>12}  {:>21}   {}", curve.name, "median", "per multiplication", curve.about);
    let (mut times, mut works) = (Vec::new(), Vec::new());
    for &size in curve.sizes {
        let job = (curve.job)(size);
        let (seconds, work) = (job.time(repeats)?.as_secs_f64(), job.work());
        println!("{size:>8}  {:>9.4} ms  {:>18.4} ns", seconds * 1e3, seconds * 1e9 / work);
        times.push((size as f64, seconds));
        works.push((size as f64, work));
    }
    // What a call costs hides the growth of the smallest, so the upper half is fitted as well.
    let (upper, growth) = (times.len() / 2, slope(&works));
    println!(
        "{:>8}  {:.2}, from {} on {:.2}; of the multiplications {:.2}\n",
        "slope",
        slope(&times),
        curve.sizes[upper],
        slope(&times[upper..]),
        growth,
    );
    let milliseconds: Vec<[f64; 2]> =
        times.iter().map(|&(size, time)| [size, time * 1e3]).collect();
    let panel = ScalingCurves::new(curve.name).title(curve.about).label("milliseconds");
    let panel = panel.series("median of an epoch", &milliseconds);
    Ok(if growth > 0.5 { panel.proportional() } else { panel })
}

const HELP: &str = "
  --repeats N   epochs of each size, of which the median counts (default 21)
  --plot FILE   a picture of the curves, .svg or .png";

struct Arguments {
    curves: Vec<&'static Curve>,
    repeats: usize,
    picture: Option<PathBuf>,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    let mut arguments = Arguments { curves: Vec::new(), repeats: 21, picture: None };
    let Arguments { curves, repeats, picture } = &mut arguments;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("Times an epoch of training in f32 as a job grows.\n");
                println!("Usage: cargo run --release --bin scaling -- [curves] [--repeats N]\n");
                for Curve { name, about, .. } in &CURVES {
                    println!("  {name:<9}{about}");
                }
                println!("{HELP}");
                std::process::exit(0);
            }
            Long("repeats") => {
                *repeats = parser.value()?.parse()?;
                if !(1..=10_000).contains(repeats) {
                    return Err("--repeats must be from 1 to 10000".into());
                }
            }
            Long("plot") => *picture = Some(parser.value()?.into()),
            Value(name) => match CURVES.iter().find(|curve| name == curve.name) {
                Some(curve) => curves.push(curve),
                None => {
                    return Err(format!("there is no curve {name:?} (--help lists them)").into());
                }
            },
            _ => return Err(argument.unexpected()),
        }
    }
    if curves.is_empty() {
        curves.extend(&CURVES);
    }
    Ok(arguments)
}

fn run(Arguments { curves, repeats, picture }: Arguments) -> Result<(), Box<dyn Error>> {
    let panels = curves.into_iter().map(|curve| measure(curve, repeats));
    let panels = panels.collect::<Result<Vec<_>, _>>()?;
    if let Some(path) = picture {
        Figure::new()
            .title("How the time of an epoch grows")
            .columns(2)
            .panels(panels)
            .save(path)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("scaling: {error}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = run(arguments) {
        eprintln!("scaling: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
