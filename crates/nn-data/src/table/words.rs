//! Eight bytes of text, worked all at once in one `u64`: the first is the lowest.

/// How many bytes a word has.
pub(super) const BYTES: usize = 8;

/// How many bytes have a bit in a word.
const BLOCK: usize = 64;

/// The same byte in all places.
#[inline]
pub(super) const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; BYTES])
}

/// The highest bit of the first byte that is 0, or 0 where there is none.
#[inline]
pub(super) const fn first_zero(word: u64) -> u64 {
    // Bytes above the first zero may be marked wrongly.
    let marks = word.wrapping_sub(repeat(1)) & !word & repeat(0x80);
    marks & marks.wrapping_neg()
}

/// A bit for each byte: whether it is 0.
#[inline]
const fn zeros(word: u64) -> u64 {
    let low = repeat(0x7f);
    let marks = !(((word & low) + low) | word | low);
    // The product brings the mark of byte i to bit 56 + i.
    (marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// A bit for each of up to 64 bytes: whether it is this one.
#[inline]
fn equal(byte: u8, block: &[u8]) -> u64 {
    let is_equal = |&word: &[u8; BYTES]| zeros(u64::from_le_bytes(word) ^ repeat(byte));
    let (words, rest) = block.as_chunks();
    let bits = words.iter().rev().fold(0, |bits, word| bits << BYTES | is_equal(word));
    let rest_bits = match block.last_chunk() {
        // Its beginning is in `words`.
        Some(last) => is_equal(last) >> (BYTES - rest.len()),
        None => rest.iter().rev().fold(0, |bits, &other| bits << 1 | u64::from(other == byte)),
    };
    bits | rest_bits.wrapping_shl((block.len() - rest.len()) as u32)
}

/// Adds to `places` all places of a byte in a text.
#[inline]
pub(super) fn find_all(byte: u8, text: &[u8], places: &mut Vec<usize>) {
    // The more bytes are in a block, the less often the end of a loop is guessed wrongly.
    for (i, block) in text.chunks(BLOCK).enumerate() {
        let mut bits = equal(byte, block);
        while bits != 0 {
            places.push(BLOCK * i + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::find_all;

    proptest! {
        #[test]
        fn all_places_of_a_byte_are_found(
            text in prop::collection::vec(prop_oneof![Just(b','), any::<u8>()], 0..200),
        ) {
            let mut places = Vec::new();
            find_all(b',', &text, &mut places);
            let expected: Vec<usize> = (0..text.len()).filter(|&i| text[i] == b',').collect();
            prop_assert_eq!(places, expected);
        }
    }
}
