//! Figures from PyTorch and from exact arithmetic, for tests; the README beside says how they were
//! made and how they are written.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "a fault here is a test's failure")]

use serde_json::Value;

/// A file of `data/`, or a part of it.
#[derive(Debug, Clone)]
pub struct Reference(Value);

/// Reads a file of `data/` by its name without the ending.
#[must_use]
pub fn load(name: &str) -> Reference {
    let path = format!("{}/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Reference(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}")))
}

impl Reference {
    /// What stands under `key`, if anything.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Self> {
        self.0.get(key).filter(|value| !value.is_null()).cloned().map(Self)
    }

    /// What stands under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Self {
        self.find(key).unwrap_or_else(|| panic!("nothing under {key}"))
    }

    /// The parts of a list.
    #[must_use]
    pub fn list(&self) -> Vec<Self> {
        let list = self.0.as_array().unwrap_or_else(|| panic!("not a list: {}", self.0));
        list.iter().cloned().map(Self).collect()
    }

    /// A text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.as_str().unwrap_or_else(|| panic!("not a text: {}", self.0))
    }

    /// A number written as one.
    #[must_use]
    pub fn number(&self) -> f64 {
        self.0.as_f64().unwrap_or_else(|| panic!("not a number: {}", self.0))
    }

    /// A whole number.
    #[must_use]
    pub fn count(&self) -> usize {
        self.number() as usize
    }

    /// Whole numbers.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        self.list().iter().map(Self::count).collect()
    }

    /// Yes or no; no where nothing stands under `key`.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Bit patterns of 16 digits.
    #[must_use]
    pub fn f64s(&self) -> Vec<f64> {
        let bits = |word| u64::from_str_radix(word, 16).unwrap_or_else(|e| panic!("{word}: {e}"));
        self.text().split_whitespace().map(|word| f64::from_bits(bits(word))).collect()
    }

    /// Bit patterns of 8 digits.
    #[must_use]
    pub fn f32s(&self) -> Vec<f32> {
        let bits = |word| u32::from_str_radix(word, 16).unwrap_or_else(|e| panic!("{word}: {e}"));
        self.text().split_whitespace().map(|word| f32::from_bits(bits(word))).collect()
    }
}

/// A floating-point number whose distance to another can be counted in units of the last place.
pub trait Ulps: Copy {
    /// How many numbers of this precision lie between the two, counting one of them; 0 for two NaN
    /// and for 0 and -0, and more than any other distance where only one is NaN.
    fn ulps_from(self, other: Self) -> u64;
}

macro_rules! ulps {
    ($float:ident, $integer:ident) => {
        impl Ulps for $float {
            fn ulps_from(self, other: Self) -> u64 {
                // Places on the line of all numbers, negative ones below 0.
                let place = |x: $float| {
                    let magnitude = i64::from(x.abs().to_bits() as $integer);
                    if x.is_sign_negative() { -magnitude } else { magnitude }
                };
                match (self.is_nan(), other.is_nan()) {
                    (true, true) => 0,
                    (false, false) => place(self).abs_diff(place(other)),
                    _ => u64::MAX,
                }
            }
        }
    };
}

ulps!(f32, i32);
ulps!(f64, i64);

/// How many units in its last place `found` is off, where the exact value is `exact` and `rest` such
/// units, as `hard_points.json` has it; 0 where it is correctly rounded.
#[must_use]
pub fn ulps_from_exact(found: f64, exact: f64, rest: f64) -> f64 {
    if found == exact {
        return 0.0;
    }
    let below = if exact == 0.0 { -exact.next_up() } else { exact.abs().next_down() };
    (found - exact) / (exact.abs() - below) - rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_ulp_apart() {
        assert_eq!(1.0_f32.ulps_from(1.0 + f32::EPSILON), 1);
        assert_eq!(1.0_f64.ulps_from(1.0 - f64::EPSILON / 2.0), 1);
        assert_eq!(0.0_f64.ulps_from(-0.0), 0);
        assert_eq!((-f64::from_bits(1)).ulps_from(f64::from_bits(1)), 2);
        assert_eq!(f64::NAN.ulps_from(f64::NAN), 0);
        assert_eq!(f64::NAN.ulps_from(0.0), u64::MAX);
    }
}
