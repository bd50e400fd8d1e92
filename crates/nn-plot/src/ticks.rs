//! Where an axis has numbers.

use crate::number::{exponent, label, power};
use crate::range::Range;

/// A number on an axis, and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: String,
}

/// The fewest steps into which a range is cut at first; fewer where not all labels fit.
const MOST: f64 = 9.0;

/// Multiples of the shortest step of 1, 2 or 5 times a power of ten whose labels fit, of which none is
/// below `least_step`. There are none where not even one label fits.
pub(crate) fn linear(range: Range, least_step: f64, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let largest = range.low.abs().max(range.high.abs());
    let finest = exponent(range.length() / MOST);
    for power in finest..=exponent(largest.max(range.length())) + 1 {
        for multiple in [1.0, 2.0, 5.0] {
            let step = multiple * 10.0_f64.powi(power);
            if step < least_step || range.length() > MOST * step || step.is_infinite() {
                continue;
            }
            let ticks = multiples(range, step, largest);
            if fits(&ticks) {
                return ticks;
            }
        }
    }
    Vec::new()
}

/// Every multiple of `step` in a range.
fn multiples(range: Range, step: f64, largest: f64) -> Vec<Tick> {
    // What rounding puts just outside is meant to be the end.
    let first = (range.low / step - 1e-6).ceil();
    let last = (range.high / step + 1e-6).floor();
    let count = (last - first + 1.0).max(0.0) as usize;
    let value = |i: usize| (first + i as f64) * step;
    (0..count).map(value).map(|value| Tick { value, label: label(value, step, largest) }).collect()
}

/// Powers of ten, as many as fit; where the range holds fewer than two, what a linear axis has. The
/// range is that of the numbers' decimal logarithms.
pub(crate) fn logarithmic(range: Range, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
    let (first, last) = (range.low.ceil() as i32, range.high.floor() as i32);
    let written = |exponent| match exponent {
        -3..=4 => label(10.0_f64.powi(exponent), 10.0_f64.powi(exponent), 1.0),
        _ => power(exponent),
    };
    let tick = |exponent| Tick { value: f64::from(exponent), label: written(exponent) };
    for step in [1, 2, 3, 5, 10, 20, 50, 100, 200] {
        // At multiples of the step, so that 1 is among them.
        let from = first + (-first).rem_euclid(step);
        let ticks: Vec<Tick> = (from..=last).step_by(step as usize).map(tick).collect();
        if ticks.len() >= 2 && fits(&ticks) {
            return ticks;
        }
    }
    // The range goes a little beyond what is drawn, and so perhaps beyond the largest number.
    let [low, high] = [range.low, range.high].map(|log| 10.0_f64.powf(log).min(f64::MAX));
    let numbers = Range { low, high };
    let place = |tick: Tick| (tick.value > 0.0).then(|| Tick { value: tick.value.log10(), ..tick });
    let placed = |ticks: &[Tick]| ticks.iter().cloned().filter_map(place).collect::<Vec<_>>();
    placed(&linear(numbers, 0.0, |ticks| fits(&placed(ticks))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round_numbers() {
        let labels = |low, high| -> Vec<String> {
            let ticks = linear(Range { low, high }, 0.0, |ticks| ticks.len() <= 6);
            ticks.into_iter().map(|tick| tick.label).collect()
        };
        assert_eq!(labels(0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(-1.2, 1.2), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(1.0, 100.0), ["20", "40", "60", "80", "100"]);
        assert_eq!(labels(0.0, 2e30), ["0", "0.5×10³⁰", "1.0×10³⁰", "1.5×10³⁰", "2.0×10³⁰"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        let labels = |low, high| -> Vec<String> {
            let ticks = logarithmic(Range { low, high }, |ticks| ticks.len() <= 5);
            ticks.into_iter().map(|tick| tick.label).collect()
        };
        assert_eq!(labels(-2.2, 1.1), ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels(-30.0, 30.0), ["10⁻²⁰", "1", "10²⁰"]);
        assert_eq!(labels(-0.2, 0.4), ["1.0", "1.5", "2.0", "2.5"]);
        assert!(logarithmic(Range { low: -330.0, high: 330.0 }, |_| false).is_empty());
    }

    proptest! {
        #[test]
        fn ticks_are_in_range_in_order_and_told_apart(
            numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..4),
            most in 1_usize..8,
        ) {
            let range = Range::of(numbers);
            let ticks = linear(range, 0.0, |ticks| ticks.len() <= most);
            prop_assert!(ticks.len() <= most);
            for tick in &ticks {
                prop_assert!((-1e-6..=1.0 + 1e-6).contains(&range.share(tick.value)), "{:?}", tick);
            }
            for pair in ticks.windows(2) {
                prop_assert!(pair[0].value < pair[1].value && pair[0].label != pair[1].label);
            }
        }
    }
}
