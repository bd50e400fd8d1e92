//! The command line that all Rust peers share: which jobs, how often, and one line for each job.

use std::process::ExitCode;
use std::time::Instant;

/// Samples in rows, one after another, and a class for each.
pub struct Data {
    pub inputs: Vec<f32>,
    pub labels: Vec<usize>,
    pub columns: usize,
}

impl Data {
    /// Contiguous rows and their labels, not shuffled; the last batch may be smaller.
    pub fn batches(&self, rows: usize) -> impl Iterator<Item = (&[f32], &[usize])> {
        self.inputs.chunks(rows * self.columns).zip(self.labels.chunks(rows))
    }
}

/// Dense layers of these widths with ReLU between, cross-entropy, Adam with its usual constants.
pub struct Training {
    pub widths: &'static [usize],
    pub learning_rate: f64,
    pub batch: usize,
    pub epochs: usize,
    pub data: Data,
    /// A run that ends above it has not done the job.
    loss_below: f32,
}

impl Training {
    fn new(job: &str) -> Option<Self> {
        let none = f32::INFINITY;
        let (widths, learning_rate, batch, epochs, loss_below): (&[usize], _, _, _, _) = match job {
            "W1" => (&[2, 10, 2], 0.01, 1000, 100, 0.6),
            "W2" => (&[2, 64, 3], 0.05, 300, 1000, 0.6),
            "W3" => (&[784, 128, 64, 10], 0.001, 128, 1, none),
            "W4" => (&[1024, 2048, 2048, 10], 0.001, 256, 1, none),
            _ => return None,
        };
        let data = match job {
            "W1" => circle(1000),
            "W2" => spiral(100, 3),
            "W3" => noise(60_000, 784),
            _ => noise(256, 1024),
        };
        Some(Self { widths, learning_rate, batch, epochs, data, loss_below })
    }
}

/// Training that is ready to start: one epoch, and the loss of its last step.
pub type Epoch<'a> = Box<dyn FnMut() -> f32 + 'a>;

/// A system, as far as it can do the jobs.
pub trait Peer {
    /// Builds a network, takes one step to warm up, and returns what trains it for an epoch.
    fn train(training: &Training) -> Epoch<'_>;

    /// What predicts one sample, given as a row.
    fn predict(widths: &'static [usize], sample: &[f32]) -> Box<dyn FnMut()>;

    /// What applies an activation forward to rows of `columns` values, if there is such a function.
    fn activation(_name: &str, _values: &[f32], _columns: usize) -> Option<Box<dyn FnMut()>> {
        None
    }
}

/// A generator of numbers from 0 to 1 (SplitMix64: Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 24) as f32
    }

    /// Mean 0 and standard deviation 1, nearly normal.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}

fn circle(samples: usize) -> Data {
    let mut random = Random(0);
    let inputs: Vec<f32> = (0..2 * samples).map(|_| 3.0 * random.uniform() - 1.5).collect();
    let inside = |point: &[f32]| usize::from(point[0].hypot(point[1]) < 1.0);
    Data { labels: inputs.chunks(2).map(inside).collect(), inputs, columns: 2 }
}

fn spiral(samples: usize, arms: usize) -> Data {
    let mut random = Random(0);
    let mut data = Data { inputs: vec![], labels: vec![], columns: 2 };
    for arm in 0..arms {
        for sample in 0..samples {
            let radius = sample as f32 / (samples - 1) as f32;
            let angle = 2.5 * (4.0 * (arm as f32 + radius) + 0.2 * random.normal());
            data.inputs.extend([radius * angle.sin(), radius * angle.cos()]);
            data.labels.push(arm);
        }
    }
    data
}

fn noise(samples: usize, columns: usize) -> Data {
    let mut random = Random(0);
    let inputs = (0..samples * columns).map(|_| random.uniform()).collect();
    let labels = (0..samples).map(|_| (10.0 * random.uniform()) as usize).collect();
    Data { inputs, labels, columns }
}

/// The labels as rows of zeros and a one.
pub fn one_hot(labels: &[usize], classes: usize) -> Vec<f32> {
    let mut rows = vec![0.0; labels.len() * classes];
    for (row, &label) in rows.chunks_mut(classes).zip(labels) {
        row[label] = 1.0;
    }
    rows
}

fn report(label: &str, mut times: Vec<f64>) {
    let readable = |seconds: f64| {
        let milliseconds = seconds * 1e3;
        let decimals = if milliseconds < 1e-3 { 9 } else { 6 };
        format!("{milliseconds:.decimals$} ms")
    };
    times.sort_unstable_by(f64::total_cmp);
    let [median, least] = [times[times.len() / 2], times[0]].map(readable);
    println!("{label} median {median} min {least}");
}

/// Seconds of one call, the mean over enough calls to fill 10 ms.
fn per_call(function: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    function();
    let calls = (0.01 / start.elapsed().as_secs_f64().max(1e-7)).ceil() as u32;
    let start = Instant::now();
    for _ in 0..calls {
        function();
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}

fn time(repeats: usize, function: &mut dyn FnMut()) -> Vec<f64> {
    function();
    (0..repeats).map(|_| per_call(function)).collect()
}

fn train<P: Peer>(job: &str, training: &Training, repeats: usize) -> Result<(), String> {
    let mut times = Vec::new();
    for _ in 0..repeats {
        let mut epoch = P::train(training);
        let start = Instant::now();
        let loss = (0..training.epochs).map(|_| epoch()).last().unwrap_or(f32::NAN);
        times.push(start.elapsed().as_secs_f64());
        if loss.is_nan() || loss > training.loss_below {
            return Err(format!("{job} ended at a loss of {loss}, which is no training"));
        }
    }
    report(job, times);
    Ok(())
}

fn predict<P: Peer>(repeats: usize) {
    for widths in [&[2, 10, 2][..], &[784, 128, 64, 10]] {
        let sample = noise(1, widths[0]).inputs;
        let times = time(repeats, &mut P::predict(widths, &sample));
        let name: Vec<String> = widths.iter().map(usize::to_string).collect();
        report(&format!("W6 {}", name.join("-")), times);
    }
}

const ACTIVATIONS: [(&str, usize); 8] = [
    ("relu", 100),
    ("leaky_relu", 100),
    ("sigmoid", 100),
    ("silu", 100),
    ("tanh", 100),
    ("gelu", 100),
    ("softmax_10", 10),
    ("softmax_1000", 1000),
];

fn activations<P: Peer>(sizes: &[usize], repeats: usize) {
    for &elements in sizes {
        let mut random = Random(0);
        let values: Vec<f32> = (0..elements).map(|_| 16.0 * random.uniform() - 8.0).collect();
        for (name, columns) in ACTIVATIONS {
            if let Some(mut function) = P::activation(name, &values, columns) {
                report(&format!("W5 {name} {elements} forward"), time(repeats, &mut function));
            }
        }
    }
}

fn arguments() -> Result<(Vec<String>, usize, Vec<usize>), String> {
    let (mut jobs, mut repeats, mut sizes) = (vec![], 9, vec![]);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().and_then(|text| text.parse().ok());
            value.filter(|&n| n > 0).ok_or(format!("{argument} takes a number above 0"))
        };
        match argument.as_str() {
            "--repeats" => repeats = number()?,
            "--elements" => sizes.push(number()?),
            _ => jobs.push(argument),
        }
    }
    if sizes.is_empty() {
        sizes = vec![10_000, 1_000_000];
    }
    Ok((jobs, repeats, sizes))
}

/// Does the jobs that the command line names.
pub fn main<P: Peer>() -> ExitCode {
    let done = arguments().and_then(|(jobs, repeats, sizes)| {
        for job in jobs {
            match (job.as_str(), Training::new(&job)) {
                (_, Some(training)) => train::<P>(&job, &training, repeats)?,
                ("W5", _) => activations::<P>(&sizes, repeats),
                ("W6", _) => predict::<P>(repeats),
                _ => return Err(format!("there is no job {job}")),
            }
        }
        Ok(())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
