//! The command line of the examples that train: options that take a whole number.

use std::process::exit;

use lexopt::prelude::*;

/// What an example is called, what it does, and what it can be told.
pub(crate) struct Arguments<const N: usize> {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) flags: [Flag; N],
}

/// `--name N`, with `N` from `least` to `most`.
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) default: u64,
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) help: &'static str,
}

impl<const N: usize> Arguments<N> {
    /// The value of each option. What cannot be read ends the program with one line and status 2.
    pub(crate) fn parse_or_exit(&self) -> [u64; N] {
        self.parse().unwrap_or_else(|error| {
            eprintln!("{}: {error} (--help lists the options)", self.name);
            exit(2);
        })
    }

    fn parse(&self) -> Result<[u64; N], lexopt::Error> {
        let mut values = std::array::from_fn(|i| self.flags[i].default);
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            let place = match &argument {
                Short('h') | Long("help") => {
                    self.print_help();
                    exit(0);
                }
                Long(name) => self.flags.iter().position(|flag| flag.name == *name),
                _ => None,
            };
            let Some(place) = place else { return Err(argument.unexpected()) };
            values[place] = self.flags[place].read(&parser.value()?)?;
        }
        Ok(values)
    }

    fn print_help(&self) {
        println!("{}\n", self.about);
        println!("Usage: cargo run --release --example {} -- [options]\n", self.name);
        for Flag { name, default, help, .. } in &self.flags {
            println!("  {:<14}{help} (default {default})", format!("--{name} N"));
        }
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
