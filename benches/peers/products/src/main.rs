//! The three products of a dense layer, in `f32` on one core, beside those of other libraries.

mod contest;
mod grid;

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use lexopt::prelude::*;

use contest::{Form, NAMES};
use grid::Layer;

/// What is to be reached: this share of the best of the others.
const WANTED: f64 = 0.95;

/// So many of the worst are named in the summary.
const WORST: usize = 15;

struct Arguments {
    shapes: usize,
    filter: String,
}

const HELP: &str = "\
Times the products of nn-tensor beside those of gemm, matrixmultiply and nalgebra, in f32 on one core.

Usage: cargo run --release -- [--shapes N] [--filter TEXT]

  --shapes N      how many shapes, from 1 to 10000 (default 200)
  --filter TEXT   only lines that hold the text, as in '256·1024' or 'X·W'";

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments { shapes: 200, filter: String::new() };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("shapes") => {
                arguments.shapes = parser.value()?.parse()?;
                if !(1..=10_000).contains(&arguments.shapes) {
                    return Err("--shapes must be from 1 to 10000".into());
                }
            }
            Long("filter") => arguments.filter = parser.value()?.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(arguments))
}

/// One line of the table.
struct Line {
    layer: Layer,
    form: Form,
    own: f64,
    best: f64,
    peer: &'static str,
}

impl Line {
    /// Takes the seconds of everyone's product.
    fn new(layer: Layer, form: Form, seconds: [f64; NAMES.len()]) -> Self {
        let speeds = seconds.map(|seconds| 2e-9 * layer.multiply_adds() as f64 / seconds);
        let others = NAMES.into_iter().zip(speeds).skip(1);
        let faster = |a: (&'static str, f64), b: (&'static str, f64)| if b.1 > a.1 { b } else { a };
        let (peer, best) = others.fold(("", 0.0), faster);
        let own = speeds[0];
        Self { layer, form, own, best, peer }
    }

    fn ratio(&self) -> f64 {
        self.own / self.best
    }

    fn print(&self) {
        println!(
            "{:<16} {:<6} {:>9.2} {:>9.2}  {:<14} {:>6.2}",
            self.layer,
            self.form.name(),
            self.own,
            self.best,
            self.peer,
            self.ratio()
        );
    }
}

fn print_header() {
    println!(
        "{:<16} {:<6} {:>9} {:>9}  {:<14} {:>6}",
        "rows·in·out", "form", "GFLOP/s", "best peer", "", "ratio"
    );
}

fn print_summary(mut lines: Vec<Line>) {
    lines.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    println!("\nthe worst {}:", WORST.min(lines.len()));
    print_header();
    for line in lines.iter().take(WORST) {
        line.print();
    }
    println!();
    for form in Form::ALL {
        let ratios: Vec<f64> =
            lines.iter().filter(|line| line.form == form).map(Line::ratio).collect();
        if ratios.is_empty() {
            continue;
        }
        let reached = ratios.iter().filter(|&&ratio| ratio >= WANTED).count();
        println!(
            "{:<6} {reached} of {} at least {WANTED} × the best peer; least {:.2}, median {:.2}",
            form.name(),
            ratios.len(),
            ratios[0],
            ratios[ratios.len() / 2],
        );
    }
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let contests: Vec<(Layer, Form)> = grid::layers(arguments.shapes)
        .into_iter()
        .flat_map(|layer| Form::ALL.map(|form| (layer, form)))
        .filter(|(layer, form)| format!("{layer} {}", form.name()).contains(&arguments.filter))
        .collect();
    let template = "{wide_bar} {pos}/{len} {msg} {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar());
    let progress = ProgressBar::new(contests.len() as u64).with_style(style);
    let mut lines = Vec::with_capacity(contests.len());
    print_header();
    for (layer, form) in contests {
        progress.set_message(format!("{layer} {}", form.name()));
        let line = Line::new(layer, form, contest::run(layer, form));
        progress.suspend(|| line.print());
        lines.push(line);
        progress.inc(1);
    }
    progress.finish_and_clear();
    print_summary(lines);
    ExitCode::SUCCESS
}
