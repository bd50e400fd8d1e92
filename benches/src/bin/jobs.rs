//! Whole jobs, timed from the first step to the last.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use nn::prelude::*;
use nn::rand::RngExt;

/// A job: its name, what it is, and a function that does it once and says how long its training took.
struct Job {
    name: &'static str,
    about: &'static str,
    run: fn() -> nn::Result<Duration>,
}

const JOBS: [Job; 6] = [
    Job { name: "W1", about: "circle: 1000 × 2, 2-10-2 ReLU, Adam, 100 epochs", run: circle_job },
    Job { name: "W2", about: "spiral: 300 × 2, 2-64-3 ReLU, Adam, 1000 epochs", run: spiral_job },
    Job {
        name: "W3",
        about: "60,000 × 784, 784-128-64-10 ReLU, Adam, batch 128, 1 epoch",
        run: wide_job,
    },
    Job { name: "W4", about: "1024-2048-2048-10 ReLU, Adam, batch 256, 1 step", run: large_job },
    Job { name: "W6a", about: "one sample through 2-10-2 ReLU", run: small_sample },
    Job { name: "W6b", about: "one sample through 784-128-64-10 ReLU", run: wide_sample },
];

/// A network at its start, with all that its training needs.
struct Training {
    network: Network,
    optimizer: Optimizer,
    trace: Trace,
}

impl Training {
    /// Dense layers of these widths, with ReLU between.
    fn new(widths: &[usize], learning_rate: f64) -> nn::Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut builder = Network::builder(widths[0]).dense(widths[1]);
        for &width in &widths[2..] {
            builder = builder.layer(Relu).dense(width);
        }
        let network = builder.build(&mut rng)?;
        let rule = Adam { learning_rate, ..Adam::default() };
        let optimizer = Optimizer::new(rule, &network)?;
        let trace = network.trace();
        Ok(Self { network, optimizer, trace })
    }

    fn step(&mut self, inputs: View<'_, f32>, labels: &[usize]) -> nn::Result<()> {
        let Self { network, optimizer, trace } = self;
        value_and_gradient(network, &CrossEntropy::default(), inputs, labels, trace)?;
        Ok(optimizer.step(network, trace.gradients())?)
    }

    fn epochs(mut self, data: &Dataset, epochs: usize) -> nn::Result<Duration> {
        let start = Instant::now();
        for _ in 0..epochs {
            self.step(data.inputs().view(), data.labels())?;
        }
        Ok(start.elapsed())
    }
}

/// Values from 0 to 1, and labels at random.
fn noise(rows: usize, columns: usize) -> nn::Result<Dataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let inputs = Matrix::from_fn(rows, columns, |_, _| rng.random());
    let labels = (0..rows).map(|_| rng.random_range(0..10)).collect();
    Ok(Dataset::new(inputs, labels, 10)?)
}

fn circle_job() -> nn::Result<Duration> {
    let data = circle(1000, &mut ChaCha8Rng::seed_from_u64(0))?;
    Training::new(&[2, 10, 2], 0.01)?.epochs(&data, 100)
}

fn spiral_job() -> nn::Result<Duration> {
    let data = spiral(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
    Training::new(&[2, 64, 3], 0.05)?.epochs(&data, 1000)
}

fn wide_job() -> nn::Result<Duration> {
    let data = noise(60_000, 784)?;
    let mut training = Training::new(&[784, 128, 64, 10], 0.001)?;
    let start = Instant::now();
    for row in (0..data.len()).step_by(128) {
        let rows = row..data.len().min(row + 128);
        training.step(data.inputs().row_range(rows.clone())?, &data.labels()[rows])?;
    }
    Ok(start.elapsed())
}

fn large_job() -> nn::Result<Duration> {
    let data = noise(256, 1024)?;
    let mut training = Training::new(&[1024, 2048, 2048, 10], 0.001)?;
    training.step(data.inputs().view(), data.labels())?; // takes the memory
    training.epochs(&data, 1)
}

fn small_sample() -> nn::Result<Duration> {
    one_sample(&[2, 10, 2])
}

fn wide_sample() -> nn::Result<Duration> {
    one_sample(&[784, 128, 64, 10])
}

/// The mean over many predictions, as the clock is too coarse for one.
fn one_sample(widths: &[usize]) -> nn::Result<Duration> {
    const TIMES: u32 = 10_000;
    let network = Training::new(widths, 0.001)?.network;
    let sample = noise(1, widths[0])?;
    let mut output = Matrix::zeros(1, network.output_width());
    let mut scratch = Scratch::default();
    let start = Instant::now();
    for _ in 0..TIMES {
        let input = std::hint::black_box(sample.inputs().view());
        network.predict_into(input, output.view_mut(), &mut scratch)?;
        std::hint::black_box(&mut output);
    }
    Ok(start.elapsed() / TIMES)
}

fn arguments() -> Result<(Vec<&'static Job>, usize), lexopt::Error> {
    let (mut jobs, mut repeats) = (Vec::new(), 9);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("Times whole jobs in f32.\n");
                println!("Usage: cargo run --release --bin jobs -- <jobs> [--repeats N]\n");
                for Job { name, about, .. } in &JOBS {
                    println!("  {name}  {about}");
                }
                println!(
                    "\n  --repeats N   runs of each job, of which the median counts (default 9)"
                );
                std::process::exit(0);
            }
            Long("repeats") => {
                repeats = parser.value()?.parse()?;
                if !(1..=10_000).contains(&repeats) {
                    return Err("--repeats must be from 1 to 10000".into());
                }
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
    Ok((jobs, repeats))
}

/// In milliseconds, with as many decimals as say something.
fn readable(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    let decimals = if milliseconds < 0.01 { 6 } else { 3 };
    format!("{milliseconds:.decimals$} ms")
}

fn main() -> ExitCode {
    let (jobs, repeats) = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("jobs: {error}");
            return ExitCode::from(2);
        }
    };
    for job in jobs {
        let times: nn::Result<Vec<Duration>> = (0..repeats).map(|_| (job.run)()).collect();
        match times {
            Ok(mut times) => {
                times.sort_unstable();
                let [median, least] = [times[times.len() / 2], times[0]].map(readable);
                println!("{} median {median} min {least}", job.name);
            }
            Err(error) => {
                eprintln!("jobs: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
