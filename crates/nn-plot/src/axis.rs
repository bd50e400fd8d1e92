//! Axes.

use crate::range::{Range, is_drawable};
use crate::ticks::{self, Tick};

/// One side of a panel: what it measures, and where each number lies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) scale: Scale,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scale {
    Linear(Range),
    /// As [`Scale::Linear`], with whole numbers only.
    Whole(Range),
    /// The range of the decimal logarithms of numbers above 0.
    Logarithmic(Range),
    /// Names in the place of numbers, each one wide, the first from 0 to 1.
    Names(Vec<String>),
    /// The same from the high end to the low one.
    NamesDown(Vec<String>),
}

impl Axis {
    pub(crate) fn new(scale: Scale) -> Self {
        Self { label: String::new(), scale }
    }

    /// The scale as a range.
    pub(crate) fn range(&self) -> Range {
        match &self.scale {
            Scale::Linear(range) | Scale::Whole(range) | Scale::Logarithmic(range) => *range,
            Scale::Names(names) | Scale::NamesDown(names) => {
                Range { low: 0.0, high: names.len().max(1) as f64 }
            }
        }
    }

    /// Where a number lies, from 0 at the low end to 1 at the high one; `None` where it has no place.
    pub(crate) fn share(&self, x: f64) -> Option<f64> {
        let x = if matches!(self.scale, Scale::Logarithmic(_)) { x.log10() } else { x };
        is_drawable(x).then(|| self.place(x))
    }

    fn place(&self, x: f64) -> f64 {
        let share = self.range().share(x);
        if matches!(self.scale, Scale::NamesDown(_)) { 1.0 - share } else { share }
    }

    /// What is written along the axis, as shares and labels: as much as fits.
    pub(crate) fn ticks(&self, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
        let fits = |ticks: &[Tick]| fits(&self.places(ticks.to_vec()));
        let ticks = match &self.scale {
            Scale::Linear(range) => ticks::linear(*range, 0.0, fits),
            Scale::Whole(range) => ticks::linear(*range, 1.0, fits),
            Scale::Logarithmic(range) => ticks::logarithmic(*range, fits),
            Scale::Names(names) | Scale::NamesDown(names) => named(names, fits),
        };
        self.places(ticks)
    }

    fn places(&self, ticks: Vec<Tick>) -> Vec<Tick> {
        ticks.into_iter().map(|tick| Tick { value: self.place(tick.value), ..tick }).collect()
    }
}

/// Every name, or every second, third and so on where not all fit.
fn named(names: &[String], fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let tick = |(i, name): (usize, &String)| Tick { value: i as f64 + 0.5, label: name.clone() };
    (1..=names.len())
        .map(|step| names.iter().enumerate().step_by(step).map(tick).collect::<Vec<_>>())
        .find(|ticks| fits(ticks))
        .unwrap_or_default()
}
