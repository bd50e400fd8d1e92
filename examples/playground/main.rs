//! A network that learns before your eyes: its decision boundary in the terminal, live and in colour.

mod color;
#[path = "../command_line.rs"]
mod command_line;
mod curve;
mod live;
mod options;
mod picture;
mod playground;
mod screen;
mod setup;
mod text;
mod training;

use std::error::Error;
use std::io::{IsTerminal, stdout};
use std::process::ExitCode;

use options::Options;

fn main() -> ExitCode {
    match run(Options::from_command_line_or_exit()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("playground: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
    if stdout().is_terminal() && !is_dumb { live::run(options) } else { text::run(&options) }
}
