//! Numbers from their decimal digits.

/// The nearest number to what a text says, if that is a number: infinite and NaN as well, as
/// `str::parse` has it.
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<f64> {
    // std wants a `&str`, and takes half as long again.
    short(text).or_else(|| fast_float2::parse(text).ok())
}

/// How many bytes a short number has at most, besides its sign.
const SHORT: usize = 8;

/// The powers of ten that it is divided by, all exact.
const POWERS: [f64; SHORT] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];

/// The number in up to eight bytes of digits with or without a point, and with or without a minus
/// before them: most that stand in tables.
///
/// All digits together are a whole number that `f64` holds exactly, so that a division by an exact
/// power of ten rounds once (W. D. Clinger, "How to read floating point numbers accurately", 1990).
/// The bytes are worked all at once in one `u64`, because branches for each would often be guessed
/// wrongly.
#[inline]
fn short(text: &[u8]) -> Option<f64> {
    let is_negative = *text.first()? == b'-';
    let text = &text[usize::from(is_negative)..];
    let bytes = at_the_end(text)?;

    let point = first_zero(bytes ^ repeat(b'.'));
    let has_point = point != 0;
    let (bytes, decimals) = if has_point {
        // The digits before the point move up into its place.
        let before = (point >> 7).wrapping_sub(1);
        let after = !(point << 1).wrapping_sub(1);
        let joined = bytes & after | (bytes & before) << 8 | u64::from(b'0');
        (joined, point.leading_zeros() as usize / 8)
    } else {
        (bytes, 0)
    };

    let digits = bytes ^ repeat(b'0');
    let is_all_digits = (digits | digits.wrapping_add(repeat(6))) & repeat(0xf0) == 0;
    if !is_all_digits || text.len() == usize::from(has_point) {
        return None;
    }
    let value = join(digits) as f64 / POWERS[decimals];
    // The sign is the highest bit.
    Some(f64::from_bits(value.to_bits() | u64::from(is_negative) << 63))
}

/// Up to eight bytes of text as the highest of a number, the last one highest of all, with the digit
/// 0 in those below.
#[inline]
fn at_the_end(text: &[u8]) -> Option<u64> {
    let gap = 8 * SHORT.checked_sub(text.len())? as u32;
    let bytes = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        // Four and four, of which some may be the same.
        u64::from(u32::from_le_bytes(*first)) << gap | u64::from(u32::from_le_bytes(*last)) << 32
    } else {
        let bytes = text.iter().rev().fold(0, |bytes, &byte| bytes << 8 | u64::from(byte));
        bytes.checked_shl(gap)?
    };
    Some(bytes | repeat(b'0') & !(u64::MAX << gap))
}

/// The highest bit of the first byte that is 0, or 0 where there is none.
#[inline]
const fn first_zero(bytes: u64) -> u64 {
    // Bytes above the first zero may be marked wrongly.
    let marks = bytes.wrapping_sub(repeat(1)) & !bytes & repeat(0x80);
    marks & marks.wrapping_neg()
}

/// The number of eight digits, the first in the lowest byte: neighbours are joined to pairs, those to
/// fours, and those to eight.
#[inline]
const fn join(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(1 + (10 << 8)) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(1 + (100 << 16)) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}

/// The same byte eight times.
#[inline]
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; SHORT])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, short};

    proptest! {
        #[test]
        fn a_text_is_the_number_that_std_finds(text in "[-+]?[0-9]{0,6}[.]?[0-9]{0,6}") {
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
    fn eight_digits_and_a_minus_are_short() {
        assert_eq!(short(b"-1234.567"), Some(-1234.567));
        assert_eq!(short(b"12345678"), Some(12_345_678.0));
        assert_eq!(short(b"-0"), Some(-0.0));
        assert_eq!(
            (short(b"123456789"), short(b"-"), short(b"."), short(b"-.")),
            (None, None, None, None)
        );
    }
}
