//! The command line of the course's examples: options that take a whole number, and a directory for
//! pictures.

#[path = "command_line.rs"]
mod command_line;
#[path = "directory.rs"]
mod directory;

use std::path::PathBuf;

use command_line::{Choice, CommandLine, whole_number};
use directory::directory;

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
        let file = format!("{}.png", self.name);
        let mut choices: Vec<_> = self.flags.iter().map(Flag::choice).collect();
        let help = format!("writes {file} there: {}", self.picture);
        choices.push(Choice { name: "plot", value: "DIR", help });
        let line = CommandLine { name: self.name, about: self.about, choices };

        let mut numbers = std::array::from_fn(|i| self.flags[i].default);
        let mut picture = None;
        line.read_or_exit(|name, text| {
            match self.flags.iter().position(|flag| flag.name == name) {
                Some(i) => {
                    let Flag { least, most, .. } = self.flags[i];
                    numbers[i] = whole_number(name, text, least..=most)?;
                }
                None => picture = Some(directory(name, text)?.join(&file)),
            }
            Ok(())
        });
        Told { numbers, picture }
    }
}

impl Flag {
    fn choice(&self) -> Choice {
        let help = format!("{} (default {})", self.help, self.default);
        Choice { name: self.name, value: "N", help }
    }
}
