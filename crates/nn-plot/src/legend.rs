//! Which sign stands for what.

use crate::canvas::{Anchor, Area, Canvas, Pen, Point, Text};
use crate::color::{Color, INK};
use crate::font;
use crate::marker::Marker;

/// One entry of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) sign: Sign,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sign {
    /// A class: its marker on its shade.
    Class(usize),
    Line(Pen),
    /// Shades from the least to the most.
    Shades(Vec<Color>),
}

impl Sign {
    fn width(&self) -> f64 {
        match self {
            Self::Class(_) => 16.0,
            Self::Line(_) => 26.0,
            Self::Shades(shades) => 9.0 * shades.len() as f64,
        }
    }

    /// Draws the sign from `left` on, around a height.
    fn draw(&self, canvas: &mut dyn Canvas, left: f64, middle: f64) {
        let area = |left, width| Area { left, top: middle - 6.0, width, height: 12.0 };
        match self {
            Self::Class(class) => {
                let color = Color::of_class(*class);
                canvas.fill(&[area(left, 16.0).corners()], color.tint(0.35));
                canvas.markers(Marker::of_class(*class), 3.6, color, &[[left + 8.0, middle]]);
            }
            Self::Line(pen) => canvas.stroke(&[vec![[left, middle], [left + 26.0, middle]]], *pen),
            Self::Shades(shades) => {
                for (i, &shade) in shades.iter().enumerate() {
                    canvas.fill(&[area(left + 9.0 * i as f64, 9.0).corners()], shade);
                }
            }
        }
    }
}

/// Keys in rows.
#[derive(Debug)]
pub(crate) struct Legend<'a> {
    /// Each with how far from the left it stands and in which row, its sign, if any, and as much of its name
    /// as fits.
    entries: Vec<(Point, Option<&'a Sign>, String)>,
    rows: usize,
    /// How wide the widest row is.
    width: f64,
}

const SIZE: f64 = 12.0;
const ROW: f64 = 20.0;
const BETWEEN: f64 = 18.0;
const TO_NAME: f64 = 6.0;
const WIDEST_NAME: f64 = 240.0;
const MOST_ROWS: usize = 4;

impl<'a> Legend<'a> {
    /// As many keys as find room in a few rows; the last says how many others there are.
    pub(crate) fn new(keys: &'a [Key], room: f64) -> Self {
        let mut legend = Self { entries: Vec::new(), rows: 0, width: 0.0 };
        let (mut left, mut row) = (0.0, 0);
        for (i, key) in keys.iter().enumerate() {
            let start = key.sign.width() + TO_NAME;
            let name = font::fit(&key.name, SIZE, WIDEST_NAME.min(room - start));
            let width = start + font::width(&name, SIZE);
            if left > 0.0 && left + width > room {
                (left, row) = (0.0, row + 1);
            }
            if row == MOST_ROWS - 1 && i + 1 < keys.len() && left + width > room / 2.0 {
                let others = format!("and {} more", keys.len() - i);
                legend.width = legend.width.max(left + font::width(&others, SIZE));
                legend.entries.push(([left, row as f64], None, others));
                break;
            }
            legend.entries.push(([left, row as f64], Some(&key.sign), name.into_owned()));
            legend.width = legend.width.max(left + width);
            left += width + BETWEEN;
        }
        legend.rows = if keys.is_empty() { 0 } else { row + 1 };
        legend
    }

    pub(crate) fn height(&self) -> f64 {
        ROW * self.rows as f64
    }

    /// Draws the legend around a middle, moved to lie between two ends.
    pub(crate) fn draw(&self, canvas: &mut dyn Canvas, top: f64, middle: f64, ends: [f64; 2]) {
        let [start, end] = ends;
        let left = (middle - self.width / 2.0).min(end - self.width).max(start);
        for ([x, row], sign, name) in &self.entries {
            let (x, middle) = (left + x, top + ROW * (row + 0.5));
            let start = sign.map_or(0.0, |sign| sign.width() + TO_NAME);
            if let Some(sign) = sign {
                sign.draw(canvas, x, middle);
            }
            canvas.text(Text {
                text: name,
                at: [x + start, middle + font::MIDDLE * SIZE],
                size: SIZE,
                color: INK,
                anchor: Anchor::Start,
                turn: 0.0,
            });
        }
    }
}
