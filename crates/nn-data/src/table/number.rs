//! Numbers from their decimal digits.

use super::words::{BYTES, first_zero, repeat};

/// The nearest number to what a text says, if that is a number: infinite and NaN as well, as
/// `str::parse` has it.
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<f64> {
    plain(text).or_else(|| any(text))
}

/// The number in any text.
#[inline(never)]
fn any(text: &[u8]) -> Option<f64> {
    // std wants a `&str`, and takes half as long again.
    fast_float2::parse(text).ok()
}

/// The powers of ten that a whole number is divided by, all exact.
const POWERS: [f64; BYTES + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// What is left of a byte's digit 0 where the byte is a point.
const POINT: u8 = b'.' ^ b'0';

/// The number in a few digits with or without a point, and with or without a minus before them: most
/// that stand in tables.
///
/// All digits together are a whole number that `f64` holds exactly, so that a division by an exact
/// power of ten rounds once (W. D. Clinger, "How to read floating point numbers accurately", 1990).
/// The bytes are worked eight at once, because branches for each would often be guessed wrongly.
#[inline(always)]
fn plain(text: &[u8]) -> Option<f64> {
    let is_negative = *text.first()? == b'-';
    let text = &text[usize::from(is_negative)..];
    let value = if text.len() <= BYTES { short(text)? } else { long(text)? };
    // The sign is the highest bit.
    Some(f64::from_bits(value.to_bits() | u64::from(is_negative) << 63))
}

/// The number in up to eight bytes.
#[inline(always)]
fn short(text: &[u8]) -> Option<f64> {
    let digits = at_the_end(text)?;
    let point = first_zero(digits ^ repeat(POINT));
    let has_point = point != 0;
    let (digits, decimals) = if has_point {
        // The digits before the point move up into its place.
        let before = (point >> 7).wrapping_sub(1);
        let after = !(point << 1).wrapping_sub(1);
        (digits & after | (digits & before) << 8, point.leading_zeros() as usize / 8)
    } else {
        (digits, 0)
    };
    if !are_digits(digits) || text.len() == usize::from(has_point) {
        return None;
    }
    Some(join(digits) as f64 / POWERS[decimals])
}

/// The number in more bytes, with a point among the first eight and up to eight digits after it.
#[inline(always)]
fn long(text: &[u8]) -> Option<f64> {
    let first = u64::from_le_bytes(*text.first_chunk()?) ^ repeat(b'0');
    let last = u64::from_le_bytes(*text.last_chunk()?) ^ repeat(b'0');
    let point = first_zero(first ^ repeat(POINT));
    let before = point.trailing_zeros() as usize / 8;
    let decimals = text.len().checked_sub(before + 1).filter(|&count| count <= BYTES)?;
    let whole = first << 8 << (8 * (BYTES - 1).checked_sub(before)?);
    let fraction = last & u64::MAX << (8 * (BYTES - decimals));
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    Some((join(whole) as f64 * POWERS[decimals] + join(fraction) as f64) / POWERS[decimals])
}

/// The digits of up to eight bytes of text as the highest of a word, with 0 in those below.
#[inline(always)]
fn at_the_end(text: &[u8]) -> Option<u64> {
    let gap = 8 * BYTES.checked_sub(text.len())? as u32;
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        // Four and four, of which some may be the same.
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        let zeros = repeat(b'0') as u32;
        return Some(u64::from(first ^ zeros) << gap | u64::from(last ^ zeros) << 32);
    }
    // Three bytes, of which some may be the same.
    let middle = text.len() / 2;
    let digit = |byte: &u8| u64::from(byte ^ b'0');
    let (first, last) = (digit(text.first()?), digit(text.last()?));
    Some(first << gap | digit(&text[middle]) << (gap + 8 * middle as u32) | last << 56)
}

/// Whether all bytes are digits.
#[inline]
const fn are_digits(word: u64) -> bool {
    (word | word.wrapping_add(repeat(6))) & repeat(0xf0) == 0
}

/// The number of eight digits, the first in the lowest byte: neighbours are joined to pairs, those to
/// fours, and those to eight.
#[inline]
const fn join(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(1 + (10 << 8)) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(1 + (100 << 16)) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, plain};

    proptest! {
        #[test]
        fn a_text_is_the_number_that_std_finds(text in "[-+]?[0-9]{0,6}[.]?[0-9]{0,6}") {
            let expected = text.parse::<f64>().ok().map(f64::to_bits);
            prop_assert_eq!(parse(text.as_bytes()).map(f64::to_bits), expected);
        }

        #[test]
        fn a_text_of_many_digits_is_the_number_that_std_finds(text in "-?[0-9]{0,9}[.][0-9:]{0,10}") {
            let expected = text.parse::<f64>().ok().map(f64::to_bits);
            prop_assert_eq!(parse(text.as_bytes()).map(f64::to_bits), expected);
        }

        #[test]
        fn a_text_of_any_bytes_is_what_std_says(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            let expected = str::from_utf8(&bytes).ok().and_then(|text| text.parse::<f64>().ok());
            prop_assert_eq!(parse(&bytes).map(f64::to_bits), expected.map(f64::to_bits));
        }

        #[test]
        fn a_text_of_the_bytes_of_numbers_is_what_std_says(text in "[-+.0-9e/:in]{0,10}") {
            let expected = text.parse::<f64>().ok().map(f64::to_bits);
            prop_assert_eq!(parse(text.as_bytes()).map(f64::to_bits), expected);
        }
    }

    #[test]
    fn eight_digits_and_a_minus_are_plain() {
        assert_eq!(plain(b"-1234.567"), Some(-1234.567));
        assert_eq!(plain(b"12345678"), Some(12_345_678.0));
        assert_eq!(plain(b"-0"), Some(-0.0));
        assert_eq!(
            (plain(b"123456789"), plain(b"-"), plain(b"."), plain(b"-.")),
            (None, None, None, None)
        );
    }

    #[test]
    fn seven_digits_a_point_and_eight_digits_are_plain() {
        assert_eq!(plain(b"-1234567.12345678"), Some(-1_234_567.123_456_78));
        assert_eq!(plain(b".12345678"), Some(0.123_456_78));
        assert_eq!(
            (plain(b"12345678.1"), plain(b".123456789"), plain(b"1.234.5678")),
            (None, None, None)
        );
    }
}
