//! The command line.

use std::ffi::OsStr;

use crate::command_line::{Choice, CommandLine, whole_number};
use crate::setup::{Setup, activation_names, data_sets};

const MOST_LAYERS: usize = 4;
const MOST_WIDTH: usize = 256;
const MOST_SAMPLES: usize = 5000;
const MOST_EPOCHS: u64 = 1_000_000_000;

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) setup: Setup,
    /// The epochs of a training that nobody watches.
    pub(crate) epochs: u64,
    /// The epochs between two frames of one that is watched.
    pub(crate) speed: u64,
}

impl Default for Options {
    fn default() -> Self {
        let place = |names: &[&str], name| names.iter().position(|&other| other == name);
        Self {
            setup: Setup {
                data_set: place(&data_set_names(), "spiral").unwrap_or(0),
                activation: place(&activation_names(), "Tanh").unwrap_or(0),
                hidden: vec![8, 8],
                samples: 200,
                seed: 0,
                learning_rate: 0.03,
                batch: 0,
            },
            epochs: 2000,
            speed: 2,
        }
    }
}

impl Options {
    /// What cannot be read ends the program with one line and status 2.
    pub(crate) fn from_command_line_or_exit() -> Self {
        let mut options = Self::default();
        command_line(&options).read_or_exit(|name, text| options.set(name, text));
        options
    }

    fn set(&mut self, name: &str, value: &OsStr) -> Result<(), String> {
        let text = &value.to_string_lossy();
        let setup = &mut self.setup;
        match name {
            "activation" => setup.activation = place("--activation", &activation_names(), text)?,
            "hidden" => setup.hidden = hidden(text)?,
            "samples" => setup.samples = whole_number(name, value, 1..=MOST_SAMPLES)?,
            "seed" => setup.seed = whole_number(name, value, 0..=u64::MAX)?,
            "learning-rate" => setup.learning_rate = learning_rate(text)?,
            "batch" => setup.batch = whole_number(name, value, 0..=3 * MOST_SAMPLES)?,
            "epochs" => self.epochs = whole_number(name, value, 0..=MOST_EPOCHS)?,
            "speed" => self.speed = whole_number(name, value, 1..=MOST_EPOCHS)?,
            _ => setup.data_set = place("the data set", &data_set_names(), text)?,
        }
        Ok(())
    }
}

fn command_line(default: &Options) -> CommandLine {
    let setup = &default.setup;
    let choice = |name, value, help: String| Choice { name, value, help };
    let with_default = |name, value, help: &str, default: &dyn std::fmt::Display| {
        choice(name, value, format!("{help} (default {default})"))
    };
    CommandLine {
        name: "playground",
        about: "Trains a network on points in a plane and draws its decision boundary as it changes.\n\
                Without a terminal, prints the last picture as text.",
        choices: vec![
            with_default("", "DATA", &listed(&data_set_names()), &setup.data_set_name()),
            with_default(
                "activation",
                "NAME",
                &listed(&activation_names()),
                &setup.activation_name().to_lowercase(),
            ),
            with_default("hidden", "N,N", "widths of up to 4 hidden layers; 0 is none", &"8,8"),
            with_default(
                "samples",
                "N",
                "points; of spiral and vertical_bands, points of each class",
                &setup.samples,
            ),
            with_default("seed", "N", "random seed", &setup.seed),
            with_default("learning-rate", "X", "learning rate of Adam", &setup.learning_rate),
            with_default("batch", "N", "points in a batch; 0 is all", &setup.batch),
            with_default("epochs", "N", "epochs, without a terminal", &default.epochs),
            with_default("speed", "N", "epochs between frames, in a terminal", &default.speed),
        ],
    }
}

fn data_set_names() -> Vec<&'static str> {
    data_sets().into_iter().map(|(name, _)| name).collect()
}

fn listed(names: &[&str]) -> String {
    names.join(", ").to_lowercase()
}

/// Where a name stands, whatever its capitals.
fn place(what: &str, names: &[&str], text: &str) -> Result<usize, String> {
    let found = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("{what} is {text:?}, but must be one of {}", listed(names)))
}

fn hidden(text: &str) -> Result<Vec<usize>, String> {
    if matches!(text, "" | "0") {
        return Ok(Vec::new());
    }
    let width = |word: &str| word.trim().parse().ok().filter(|n| (1..=MOST_WIDTH).contains(n));
    let widths: Option<Vec<_>> = text.split(',').map(width).collect();
    widths.filter(|widths| widths.len() <= MOST_LAYERS).ok_or_else(|| {
        format!(
            "--hidden is {text:?}, but must be 0 or up to {MOST_LAYERS} widths \
             from 1 to {MOST_WIDTH}, as in 8,8"
        )
    })
}

fn learning_rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (1e-9..=1e3).contains(rate));
    rate.ok_or_else(|| {
        format!("--learning-rate is {text:?}, but must be a number from 1e-9 to 1000")
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn read(arguments: &[&str]) -> Result<Options, lexopt::Error> {
        let mut options = Options::default();
        let parser = lexopt::Parser::from_args(arguments);
        command_line(&options.clone()).read(parser, |name, text| options.set(name, text))?;
        Ok(options)
    }

    #[test]
    fn every_option_is_read() {
        let arguments = "moons --activation gelu --hidden 8,16 --samples 50 --seed 7 \
                         --learning-rate 1e-2 --batch 32 --epochs 10 --speed 3";
        let options = read(&Vec::from_iter(arguments.split_whitespace())).unwrap();
        let setup = &options.setup;
        assert_eq!((setup.data_set_name(), setup.activation_name()), ("moons", "Gelu"));
        assert_eq!((setup.hidden.as_slice(), setup.samples), ([8, 16].as_slice(), 50));
        assert_eq!((setup.seed, setup.learning_rate, setup.batch), (7, 0.01, 32));
        assert_eq!((options.epochs, options.speed), (10, 3));
    }

    #[test]
    fn no_hidden_layers_are_a_linear_network() {
        for text in ["", "0"] {
            assert!(read(&["--hidden", text]).unwrap().setup.hidden.is_empty());
        }
    }

    #[test]
    fn bad_arguments_get_one_line() {
        let bad: [&[&str]; 14] = [
            &["iris"],
            &["swiss_roll"],
            &["moons", "circle"],
            &["--activation", "softmax"],
            &["--hidden", "8,"],
            &["--hidden", "0,8"],
            &["--hidden", "257"],
            &["--hidden", "1,2,3,4,5"],
            &["--samples", "0"],
            &["--learning-rate", "NaN"],
            &["--learning-rate", "-1"],
            &["--speed", "0"],
            &["--seed"],
            &["-x"],
        ];
        for arguments in bad {
            let message = read(arguments).unwrap_err().to_string();
            assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
        }
    }

    #[test]
    fn the_help_names_every_option() {
        let line = command_line(&Options::default());
        let help = line.to_string();
        for choice in &line.choices {
            assert!(help.contains(choice.name), "{help}");
        }
        assert!(help.lines().all(|line| line.len() <= 100), "{help}");
    }
}
