//! The classes that the texts of a label column stand for.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::error::{Fault, excerpt};
use super::number;

/// The texts of a label column, each kept once, and what label each stands for.
#[derive(Debug)]
pub(super) struct Classes {
    /// The classes that were given, or none.
    given: Vec<String>,
    /// Where all of those are numbers, these numbers.
    numbers: Vec<f64>,
    /// The label of each text: the place of its class among those given, or of its first appearance.
    labels: BTreeMap<Box<[u8]>, usize>,
    /// Texts found lately, each in its [place](place).
    recent: Vec<(Vec<u8>, Option<usize>)>,
}

/// How many texts are remembered, a power of two.
const RECENT: usize = 64;

/// Where a text is remembered, unless another one took its place.
fn place(text: &[u8]) -> usize {
    let end = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    (7 * end(text.first()) + end(text.last()) + text.len()) % RECENT
}

impl Classes {
    /// These classes, or, where there are none, those that will be found.
    pub(super) fn new(given: &[String]) -> Result<Self, Fault> {
        let mut labels = BTreeMap::new();
        for (label, class) in given.iter().enumerate() {
            if labels.insert(class.as_bytes().into(), label).is_some() {
                return Err(Fault::ClassTwice { class: class.clone() });
            }
        }
        let texts = given.iter().map(|class| class.as_bytes());
        let numbers = as_numbers(texts).unwrap_or_default();
        Ok(Self {
            given: given.to_vec(),
            numbers,
            labels,
            recent: vec![Default::default(); RECENT],
        })
    }

    /// The label of a text that was there before.
    #[inline]
    pub(super) fn find(&mut self, text: &[u8]) -> Option<usize> {
        let (recent, label) = &mut self.recent[place(text)];
        if label.is_none() || recent != text {
            *label = self.labels.get(text).copied();
            recent.clear();
            recent.extend_from_slice(text);
        }
        *label
    }

    /// The label of a text that is there for the first time.
    pub(super) fn add(&mut self, text: &[u8]) -> Result<usize, Fault> {
        if str::from_utf8(text).is_err() {
            return Err(Fault::NotUtf8 { text: excerpt(text) });
        }
        let label = if self.given.is_empty() {
            self.labels.len()
        } else {
            let number = number::parse(text);
            let found = self.numbers.iter().position(|&class| Some(class) == number);
            found.ok_or_else(|| {
                let classes = self.given.clone();
                Fault::UnknownClass { text: excerpt(text), classes }
            })?
        };
        self.labels.insert(text.into(), label);
        Ok(label)
    }

    /// The classes in their order, which `labels` are brought to: the given one, or that of their
    /// numbers where all are numbers, or else that of their texts.
    pub(super) fn sort(self, labels: &mut [usize]) -> Vec<String> {
        if !self.given.is_empty() {
            return self.given;
        }
        let numbers = as_numbers(self.labels.keys().map(AsRef::as_ref));
        let mut found: Vec<_> = self.labels.into_iter().enumerate().collect();
        let compare = |i: usize, j: usize| match &numbers {
            Some(numbers) => numbers[i].partial_cmp(&numbers[j]).unwrap_or(Ordering::Equal),
            None => i.cmp(&j),
        };
        found.sort_by(|(i, _), (j, _)| compare(*i, *j));

        let mut classes: Vec<String> = Vec::new();
        let mut places = vec![0; found.len()];
        let mut last = None;
        for (i, (text, label)) in found {
            // "1" and "1.0" are one class.
            if last.is_none_or(|last| compare(last, i) != Ordering::Equal) {
                // Only UTF-8 got a label, so that nothing is lost.
                classes.push(String::from_utf8_lossy(&text).into_owned());
            }
            (last, places[label]) = (Some(i), classes.len() - 1);
        }
        for label in labels {
            *label = places[*label];
        }
        classes
    }
}

/// The numbers that the texts are, if all are finite ones.
fn as_numbers<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Option<Vec<f64>> {
    texts.map(|text| number::parse(text).filter(|number| number.is_finite())).collect()
}
