//! The command line of the course's examples: options that take a whole number, and a directory for
//! pictures.

use std::path::PathBuf;
use std::process::exit;

use lexopt::prelude::*;

/// What an example is called, what it does, and what it can be told.
pub(crate) struct Arguments<const N: usize> {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) flags: [Flag; N],
    /// What `--plot DIR` draws.
    pub(crate) picture: &'static str,
}

/// `--name N`, with `N` from `least` to `most`.
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) default: u64,
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) help: &'static str,
}

/// The value of each option, and where the picture goes, if there is to be one.
pub(crate) struct Told<const N: usize> {
    pub(crate) numbers: [u64; N],
    pub(crate) picture: Option<PathBuf>,
}

impl<const N: usize> Arguments<N> {
    /// What the command line says. What cannot be read ends the program with one line and status 2.
    pub(crate) fn parse_or_exit(&self) -> Told<N> {
        self.parse().unwrap_or_else(|error| {
            eprintln!("{}: {error} (--help lists the options)", self.name);
            exit(2);
        })
    }

    fn parse(&self) -> Result<Told<N>, lexopt::Error> {
        let numbers = std::array::from_fn(|i| self.flags[i].default);
        let mut told = Told { numbers, picture: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match &argument {
                Short('h') | Long("help") => {
                    self.print_help();
                    exit(0);
                }
                Long("plot") => {
                    let file = format!("{}.png", self.name);
                    told.picture = Some(PathBuf::from(parser.value()?).join(file));
                }
                Long(name) => {
                    let place = self.flags.iter().position(|flag| flag.name == *name);
                    let Some(place) = place else { return Err(argument.unexpected()) };
                    told.numbers[place] = self.flags[place].read(&parser.value()?)?;
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(told)
    }

    fn print_help(&self) {
        println!("{}\n", self.about);
        println!("Usage: cargo run --release --example {} -- [options]\n", self.name);
        for Flag { name, default, help, .. } in &self.flags {
            println!("  {:<14}{help} (default {default})", format!("--{name} N"));
        }
        println!("  {:<14}writes {}.png there: {}", "--plot DIR", self.name, self.picture);
        println!("  {:<14}shows this", "--help");
    }
}

impl Flag {
    fn read(&self, text: &std::ffi::OsStr) -> Result<u64, String> {
        let Self { name, least, most, .. } = self;
        match text.to_string_lossy().parse() {
            Ok(value) if (*least..=*most).contains(&value) => Ok(value),
            _ => Err(format!(
                "--{name} is {text:?}, but must be a whole number from {least} to {most}"
            )),
        }
    }
}
