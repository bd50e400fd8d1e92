//! Colours that colour-blind people can tell apart, as the terminal can show them.

use ratatui::style::Color;

use crate::picture::Pixel;

/// Blue, vermilion and bluish green of Okabe and Ito, "Color universal design" (2008), one a class,
/// as in the pictures of nn-plot.
const CLASSES: [[u8; 3]; 3] = [[0, 114, 178], [213, 94, 0], [0, 158, 115]];

/// Where a network says nothing.
const NOTHING: [u8; 3] = [230, 230, 230];

/// How strong the colour of a region is where the network is in doubt, and where it is certain.
const TINTS: [f32; 2] = [0.12, 0.48];

/// The same in xterm's palette of 256, chosen by hand: the nearest to light blue and light green are often
/// one. The last of each class is for its points.
const CLASSES_IN_PALETTE: [[u8; 4]; 3] =
    [[189, 153, 110, 25], [224, 223, 216, 166], [194, 158, 115, 35]];
const NOTHING_IN_PALETTE: u8 = 254;

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// 8 bits each of red, green and blue.
    Full,
    /// xterm's palette.
    Palette,
}

impl Depth {
    /// What the environment variable `COLORTERM` says.
    pub(crate) fn of_terminal() -> Self {
        match std::env::var("COLORTERM").as_deref() {
            Ok("truecolor" | "24bit") => Self::Full,
            _ => Self::Palette,
        }
    }

    pub(crate) fn of_class(self, class: usize) -> Color {
        let class = class % CLASSES.len();
        match self {
            Self::Full => Color::from(CLASSES[class]),
            Self::Palette => Color::Indexed(CLASSES_IN_PALETTE[class][3]),
        }
    }

    pub(crate) fn of_pixel(self, pixel: Pixel) -> Color {
        match (pixel.point, pixel.class) {
            (Some(class), _) => self.of_class(class),
            (None, Some(class)) => self.of_region(class, pixel.certainty.clamp(0.0, 1.0)),
            (None, None) if self == Self::Full => Color::from(NOTHING),
            (None, None) => Color::Indexed(NOTHING_IN_PALETTE),
        }
    }

    fn of_region(self, class: usize, certainty: f32) -> Color {
        let class = class % CLASSES.len();
        match self {
            Self::Full => {
                let strength = TINTS[0] + (TINTS[1] - TINTS[0]) * certainty;
                let mix = |own: u8| (255.0 - strength * (255.0 - f32::from(own))).round() as u8;
                Color::from(CLASSES[class].map(mix))
            }
            Self::Palette => {
                Color::Indexed(CLASSES_IN_PALETTE[class][(certainty * 2.0).round() as usize])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_differ_in_every_depth_as_points_and_as_regions() {
        for depth in [Depth::Full, Depth::Palette] {
            for certainty in [0.0, 0.5, 1.0] {
                let region =
                    |class| depth.of_pixel(Pixel { class: Some(class), certainty, point: None });
                for class in 0..3 {
                    assert_ne!(region(class), region((class + 1) % 3));
                    assert_ne!(region(class), depth.of_class(class));
                }
            }
        }
    }
}
