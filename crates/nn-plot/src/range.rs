//! From where to where an axis runs.

/// A range of numbers that can be drawn: wider than rounding, and finite in length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The largest size of a number that is drawn: the distance of two such is finite.
const LARGEST: f64 = 1e300;

/// The shortest range.
const SHORTEST: f64 = 1e-200;

/// The shortest range in units of its larger end, so that numbers on an axis have few digits.
const SHORTEST_SHARE: f64 = 1e-6;

/// Whether a number has a place in a picture.
pub(crate) fn is_drawable(x: f64) -> bool {
    x.abs() <= LARGEST
}

impl Range {
    /// The range of the numbers that can be drawn; from -1 to 1 where there are none. Where all are about
    /// the same, the range is wider than theirs.
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut range = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };
        for number in numbers.into_iter().filter(|&number| is_drawable(number)) {
            range = Self { low: range.low.min(number), high: range.high.max(number) };
        }
        if range.low > range.high {
            return Self { low: -1.0, high: 1.0 };
        }
        let size = range.low.abs().max(range.high.abs());
        if range.length() > SHORTEST.max(SHORTEST_SHARE * size) {
            return range;
        }
        let more = if size > SHORTEST { size / 2.0 } else { 0.5 };
        Self { low: range.low - more, high: range.high + more }
    }

    pub(crate) fn length(self) -> f64 {
        self.high - self.low
    }

    /// The range with a margin on both sides, as a share of its length.
    pub(crate) fn padded(self, share: f64) -> Self {
        let more = share * self.length();
        Self { low: self.low - more, high: self.high + more }
    }

    /// Where a number lies: 0 is the low end, 1 the high one.
    pub(crate) fn share(self, x: f64) -> f64 {
        (x - self.low) / self.length()
    }

    /// The number at a share of the way.
    pub(crate) fn at(self, share: f64) -> f64 {
        self.low + share * self.length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_range_holds_every_number_that_can_be_drawn(
            numbers in prop::collection::vec(prop::num::f64::ANY, 0..20),
        ) {
            let range = Range::of(numbers.iter().copied());
            prop_assert!(range.length() > 0.0 && range.length().is_finite());
            for number in numbers.into_iter().filter(|&x| is_drawable(x)) {
                prop_assert!((0.0..=1.0).contains(&range.share(number)), "{} in {:?}", number, range);
            }
        }
    }
}
