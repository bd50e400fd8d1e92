//! Colours that colour-blind people can tell apart.

/// Red, green and blue, from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) [u8; 3]);

pub(crate) const WHITE: Color = Color([255, 255, 255]);
/// Titles, and the line between classes.
pub(crate) const INK: Color = Color([34, 34, 34]);
/// Labels of axes and ticks.
pub(crate) const DIM: Color = Color([85, 85, 85]);
/// The frame of a panel.
pub(crate) const FRAME: Color = Color([150, 150, 150]);
/// The lines of a grid, and regions in which a network says nothing.
pub(crate) const FAINT: Color = Color([230, 230, 230]);

/// Okabe and Ito, "Color universal design" (2008), the ones that stand out on white first; their black
/// is left for text.
const CLASSES: [Color; 8] = [
    Color([0, 114, 178]),
    Color([213, 94, 0]),
    Color([0, 158, 115]),
    Color([204, 121, 167]),
    Color([230, 159, 0]),
    Color([86, 180, 233]),
    Color([178, 164, 20]),
    Color([110, 110, 110]),
];

impl Color {
    /// The colour of a class or a series; there are eight, which then come again.
    pub(crate) const fn of_class(class: usize) -> Self {
        CLASSES[class % CLASSES.len()]
    }

    /// The place of a class's colour among the colours, and how often they have come before.
    pub(crate) const fn place_and_round(class: usize) -> (usize, usize) {
        (class % CLASSES.len(), class / CLASSES.len())
    }

    /// This colour on white, from 0, which is white, to 1.
    pub(crate) fn tint(self, strength: f64) -> Self {
        let mix = |own: u8| 255.0 - strength.clamp(0.0, 1.0) * (255.0 - f64::from(own));
        Self(self.0.map(|own| mix(own).round() as u8))
    }

    /// Ink or white, whichever is the easier to read on this colour.
    pub(crate) fn contrast(self) -> Self {
        let [red, green, blue] = self.0.map(f64::from);
        // How bright the three are to the eye (ITU-R BT.601).
        if 0.299 * red + 0.587 * green + 0.114 * blue < 140.0 { WHITE } else { INK }
    }
}
