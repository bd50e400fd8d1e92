//! Whole jobs, timed.

mod activations;
mod samples;
mod trainings;

use std::process::ExitCode;
use std::time::Instant;

use lexopt::prelude::*;

/// A job: its name, what it is, and a function that does it and says what each of its parts took.
struct Job {
    name: &'static str,
    about: &'static str,
    run: fn(&Settings) -> nn::Result<Vec<Part>>,
}

const JOBS: [Job; 6] = [
    Job {
        name: "W1",
        about: "circle: 1000 × 2, 2-10-2 ReLU, Adam, full batch, 100 epochs",
        run: trainings::circle_job,
    },
    Job {
        name: "W2",
        about: "spiral: 300 × 2, 2-64-3 ReLU, Adam, full batch, 1000 epochs",
        run: trainings::spiral_job,
    },
    Job {
        name: "W3",
        about: "60,000 × 784, 784-128-64-10 ReLU, Adam, batch 128, 1 epoch",
        run: trainings::wide_job,
    },
    Job {
        name: "W4",
        about: "1024-2048-2048-10 ReLU, Adam, batch 256, 1 step",
        run: trainings::large_job,
    },
    Job {
        name: "W5",
        about: "each activation forward and backward; softmax over rows of 10 and 1000",
        run: activations::run,
    },
    Job {
        name: "W6",
        about: "one sample through 2-10-2 and through 784-128-64-10, ReLU",
        run: samples::run,
    },
];

/// What a job is run with.
struct Settings {
    repeats: usize,
    /// How many values each activation of W5 is given.
    elements: Vec<usize>,
}

/// What was timed, empty where it is the whole job, and how many seconds it took each time.
struct Part {
    label: String,
    times: Vec<f64>,
}

/// Times one call, or the mean of several where one is too short for the clock.
fn time(calls: u32, mut call: impl FnMut() -> nn::Result<()>) -> nn::Result<f64> {
    let start = Instant::now();
    for _ in 0..calls {
        call()?;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(calls))
}

const HELP: &str = "
  --repeats N   runs of each job, of which the median counts (default 9)
  --threads N   threads to share the work (default 1)
  --elements N  values for each activation of W5; may be given again (default 10⁴ and 10⁶)

A line for each job or part of one: its name, the median and the least of the times.";

struct Arguments {
    jobs: Vec<&'static Job>,
    threads: usize,
    settings: Settings,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    let (mut jobs, mut threads) = (Vec::new(), 1);
    let mut settings = Settings { repeats: 9, elements: Vec::new() };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("Times whole jobs in f32.\n");
                println!("Usage: cargo run --release --bin jobs -- <jobs> [options]\n");
                for Job { name, about, .. } in &JOBS {
                    println!("  {name}  {about}");
                }
                println!("{HELP}");
                std::process::exit(0);
            }
            Long("repeats") => {
                settings.repeats = parser.value()?.parse()?;
                if !(1..=10_000).contains(&settings.repeats) {
                    return Err("--repeats must be from 1 to 10000".into());
                }
            }
            Long("threads") => {
                threads = parser.value()?.parse()?;
                if !(1..=256).contains(&threads) {
                    return Err("--threads must be from 1 to 256".into());
                }
            }
            Long("elements") => {
                let elements = parser.value()?.parse()?;
                if !(1000..=1_000_000_000).contains(&elements) {
                    return Err("--elements must be from 1000 to 10⁹".into());
                }
                settings.elements.push(elements);
            }
            Value(name) => match JOBS.iter().find(|job| name == job.name) {
                Some(job) => jobs.push(job),
                None => return Err(format!("there is no job {name:?} (--help lists them)").into()),
            },
            _ => return Err(argument.unexpected()),
        }
    }
    if jobs.is_empty() {
        return Err("name a job (--help lists them)".into());
    }
    if settings.elements.is_empty() {
        settings.elements = vec![10_000, 1_000_000];
    }
    Ok(Arguments { jobs, threads, settings })
}

/// In milliseconds, with as many decimals as say something.
fn readable(seconds: f64) -> String {
    let milliseconds = seconds * 1e3;
    let decimals = if milliseconds < 0.01 { 9 } else { 3 };
    format!("{milliseconds:.decimals$} ms")
}

/// `W1 median 0.431 ms min 0.408 ms`
fn print(job: &Job, part: &mut Part) {
    part.times.sort_by(f64::total_cmp);
    let [median, least] = [part.times[part.times.len() / 2], part.times[0]].map(readable);
    let space = if part.label.is_empty() { "" } else { " " };
    println!("{}{space}{} median {median} min {least}", job.name, part.label);
}

fn main() -> ExitCode {
    let Arguments { jobs, threads, settings } = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("jobs: {error}");
            return ExitCode::from(2);
        }
    };
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool,
        Err(error) => {
            eprintln!("jobs: {error}");
            return ExitCode::FAILURE;
        }
    };
    for job in jobs {
        match pool.install(|| (job.run)(&settings)) {
            Ok(mut parts) => parts.iter_mut().for_each(|part| print(job, part)),
            Err(error) => {
                eprintln!("jobs: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
