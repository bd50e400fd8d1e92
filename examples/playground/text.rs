//! Training that nobody watches: the last picture, once, as text.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};

use nn::prelude::*;

use crate::curve::Figures;
use crate::options::Options;
use crate::picture::{Picture, Pixel};
use crate::training::Training;

const SIZE: [usize; 2] = [60, 24];

/// How much taller a character is than wide.
const ASPECT: f32 = 2.0;

/// The points and the region of each class.
const POINTS: [char; 3] = ['o', '+', '#'];
const REGIONS: [char; 3] = [' ', '.', ':'];

/// Where a network says nothing.
const NOTHING: char = '?';

pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut training = Training::new(&options.setup)?;
    let trained = (0..options.epochs).try_for_each(|_| training.train_epoch());
    match std::io::stdout().write_all(report(options, &mut training)?.as_bytes()) {
        // Whoever closes the output has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(trained?),
    }
}

/// The picture between what was trained and how good it is.
fn report(options: &Options, training: &mut Training) -> Result<String, Box<dyn Error>> {
    let Figures { loss, accuracy } = training.figures()?;
    let (network, data) = (training.network(), training.data());
    let name = options.setup.data_set_name();
    let mut text = format!("{name}, {} points: {network:?}\n\n", data.len());
    for row in Picture::new(network, data, SIZE, ASPECT, &mut Scratch::default())?.rows() {
        let line = String::from_iter(row.iter().map(character));
        writeln!(text, "{}", line.trim_end())?;
    }
    let classes = POINTS.iter().zip(&REGIONS).take(data.classes()).enumerate();
    let classes =
        classes.map(|(class, (point, region))| format!("class {class} {point} in '{region}'"));
    writeln!(text, "\n{}", Vec::from_iter(classes).join("   "))?;
    writeln!(text, "epoch {}   loss {loss:.4}   accuracy {accuracy:.3}", training.epochs())?;
    Ok(text)
}

fn character(pixel: &Pixel) -> char {
    let of = |characters: [char; 3], class: usize| characters[class % characters.len()];
    match (pixel.point, pixel.class) {
        (Some(class), _) => of(POINTS, class),
        (None, Some(class)) => of(REGIONS, class),
        (None, None) => NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::data_sets;

    #[test]
    fn the_same_options_print_the_same_text() {
        let print = || {
            let options = Options::default();
            let mut training = Training::new(&options.setup).unwrap();
            training.train_epoch().unwrap();
            report(&options, &mut training).unwrap()
        };
        assert_eq!(print(), print());
    }

    #[test]
    fn every_data_set_shows_the_points_of_all_its_classes() {
        let mut options = Options::default();
        for data_set in 0..data_sets().len() {
            options.setup.data_set = data_set;
            let mut training = Training::new(&options.setup).unwrap();
            let text = report(&options, &mut training).unwrap();
            assert!(text.lines().all(|line| line.chars().count() <= 100));
            for &point in &POINTS[..training.data().classes()] {
                assert!(text.contains(point), "{text}");
            }
        }
    }
}
