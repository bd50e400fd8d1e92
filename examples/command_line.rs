//! What the command lines of the examples share: help, and one line where they cannot be read.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::io::Write;
use std::ops::RangeInclusive;
use std::process::exit;
use std::str::FromStr;

use lexopt::prelude::*;

/// What an example is called, what it does, and what it can be told.
pub(crate) struct CommandLine {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) choices: Vec<Choice>,
}

/// `--name VALUE`; without a name, a word that stands alone; without a value, `--name` by itself.
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) value: &'static str,
    pub(crate) help: String,
}

impl CommandLine {
    /// Hands the name and the value of each choice to `take`. What cannot be read ends the program with
    /// one line and status 2.
    pub(crate) fn read_or_exit(&self, take: impl FnMut(&str, &OsStr) -> Result<(), String>) {
        match self.read(lexopt::Parser::from_env(), take) {
            Ok(false) => {}
            Ok(true) => {
                // Whoever closes the output has read enough.
                let _ = write!(std::io::stdout(), "{self}");
                exit(0);
            }
            Err(error) => self.refuse_and_exit(error),
        }
    }

    /// Ends the program with one line and status 2.
    pub(crate) fn refuse_and_exit(&self, error: impl Display) -> ! {
        eprintln!("{}: {error} (--help lists the options)", self.name);
        exit(2);
    }

    /// The same without an end to the program; says whether help was asked for.
    pub(crate) fn read(
        &self,
        mut parser: lexopt::Parser,
        mut take: impl FnMut(&str, &OsStr) -> Result<(), String>,
    ) -> Result<bool, lexopt::Error> {
        let mut has_word = false;
        while let Some(argument) = parser.next()? {
            let name = match &argument {
                Short('h') | Long("help") => return Ok(true),
                Long(name) => *name,
                Value(_) if !has_word => "",
                _ => return Err(argument.unexpected()),
            };
            let Some(choice) = self.choices.iter().find(|choice| choice.name == name) else {
                return Err(argument.unexpected());
            };
            let value = match argument {
                Value(word) => {
                    has_word = true;
                    word
                }
                _ if choice.value.is_empty() => OsString::new(),
                _ => parser.value()?,
            };
            take(choice.name, &value)?;
        }
        Ok(false)
    }
}

impl Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = |Choice { name, value, .. }: &Choice| match *name {
            "" => (*value).to_owned(),
            name => format!("--{name} {value}").trim_end().to_owned(),
        };
        let labels: Vec<_> = self.choices.iter().map(label).collect();
        let width = labels.iter().map(|label| label.len() + 2).max().unwrap_or(0).max(14);
        let words = self.choices.iter().filter(|choice| choice.name.is_empty());
        let words = String::from_iter(words.map(|choice| format!("[{}] ", choice.value)));

        writeln!(f, "{}\n", self.about)?;
        writeln!(f, "Usage: cargo run --release --example {} -- {words}[options]\n", self.name)?;
        for (label, choice) in labels.iter().zip(&self.choices) {
            write_row(f, label, width, &choice.help)?;
        }
        write_row(f, "--help", width, "shows this")
    }
}

/// The most columns of a line of help.
const COLUMNS: usize = 100;

/// A label and, in a column beside it, its help.
fn write_row(f: &mut fmt::Formatter<'_>, label: &str, width: usize, help: &str) -> fmt::Result {
    write!(f, "  {label:<width$}")?;
    let mut column = 2 + width;
    for (i, word) in help.split(' ').enumerate() {
        if i > 0 && column + 1 + word.len() > COLUMNS {
            write!(f, "\n  {:width$}{word}", "")?;
            column = 2 + width + word.len();
        } else {
            let gap = if i > 0 { " " } else { "" };
            write!(f, "{gap}{word}")?;
            column += gap.len() + word.len();
        }
    }
    writeln!(f)
}

/// The number that is the value of `--name`.
pub(crate) fn whole_number<T: FromStr + PartialOrd + Display>(
    name: &str,
    text: &OsStr,
    range: RangeInclusive<T>,
) -> Result<T, String> {
    text.to_string_lossy().parse().ok().filter(|value| range.contains(value)).ok_or_else(|| {
        let (least, most) = range.into_inner();
        format!("--{name} is {text:?}, but must be a whole number from {least} to {most}")
    })
}
