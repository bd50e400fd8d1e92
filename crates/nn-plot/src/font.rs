//! The font that all text is measured and drawn in.

use std::borrow::Cow;
use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Inter, cut down to what labels need; see `fonts/README.md`.
const DATA: &[u8] = include_bytes!("../fonts/Inter.otf");

/// The same font as SVG carries it.
pub(crate) const PACKED: &[u8] = include_bytes!("../fonts/Inter.woff2");

/// Half the height of a capital letter, in sizes of the font: how far below its middle the baseline of
/// a text lies.
pub(crate) const MIDDLE: f64 = 0.36;

/// The advance of a character where the font cannot say.
const USUAL_ADVANCE: f64 = 0.6;

/// Drawn in the place of a character that the font does not have.
const UNKNOWN: char = '□';

static FACE: LazyLock<Option<Face<'static>>> = LazyLock::new(|| Face::parse(DATA, 0).ok());

fn glyph(face: &Face<'_>, character: char) -> GlyphId {
    face.glyph_index(character).or_else(|| face.glyph_index(UNKNOWN)).unwrap_or(GlyphId(0))
}

/// How far a character takes a text on, in sizes of the font.
fn advance(character: char) -> f64 {
    let Some(face) = FACE.as_ref() else { return USUAL_ADVANCE };
    let units = face.glyph_hor_advance(glyph(face, character));
    units.map_or(USUAL_ADVANCE, |units| f64::from(units) / f64::from(face.units_per_em()))
}

/// The width of a text.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(advance).sum::<f64>()
}

/// As much of a text as fits, on one line, with an ellipsis where something is left out.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> Cow<'_, str> {
    let mut reach = 0.0;
    let mut kept = 0;
    let room_before_ellipsis = room - size * advance('…');
    for (start, character) in text.char_indices() {
        reach += size * advance(character);
        if reach > room {
            return Cow::Owned(format!("{}…", text[..kept].trim_end()));
        }
        if reach <= room_before_ellipsis {
            kept = start + character.len_utf8();
        }
    }
    Cow::Borrowed(text)
}

/// Draws the outline of each character, with how far from the text's start it stands; both in sizes
/// of the font, upwards.
pub(crate) fn outline<B: OutlineBuilder>(
    text: &str,
    mut builder: impl FnMut(f64, f64) -> B,
) -> Vec<B> {
    let Some(face) = FACE.as_ref() else { return Vec::new() };
    let scale = 1.0 / f64::from(face.units_per_em());
    let mut reach = 0.0;
    let mut outlines = Vec::new();
    for character in text.chars() {
        let mut outline = builder(reach, scale);
        if face.outline_glyph(glyph(face, character), &mut outline).is_some() {
            outlines.push(outline);
        }
        reach += advance(character);
    }
    outlines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_character_that_labels_are_made_of() {
        let face = FACE.as_ref().expect("the font that ships is whole");
        for character in "AZaz09−×…αωΩ∂′₀₉⁰¹²³⁹⁻→≤≥ÄÖÜß□".chars()
        {
            assert!(face.glyph_index(character).is_some(), "{character}");
        }
    }

    #[test]
    fn a_text_is_cut_to_the_room_there_is() {
        assert_eq!(fit("loss", 12.0, 100.0), "loss");
        let long = "a".repeat(1000);
        let cut = fit(&long, 12.0, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 100.0 && cut.len() > 10, "{cut}");
        assert_eq!(fit("loss", 12.0, 0.0), "…");
        assert_eq!(fit("", 12.0, 0.0), "");
    }
}
