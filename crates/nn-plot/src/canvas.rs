//! What a picture is made of: two of these, one for SVG and one for PNG, draw the same picture.

use std::fmt;

use crate::color::Color;
use crate::marker::Marker;

/// A place on the picture: to the right, then down, in pixels as shown.
pub(crate) type Point = [f64; 2];

/// A rectangle on the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn corners(&self) -> Vec<Point> {
        let (right, bottom) = (self.right(), self.bottom());
        vec![[self.left, self.top], [right, self.top], [right, bottom], [self.left, bottom]]
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pen {
    pub(crate) color: Color,
    pub(crate) width: f64,
    /// The lengths of dashes and gaps, by turns; none for a line that goes through.
    pub(crate) dashes: &'static [f32],
}

impl Pen {
    pub(crate) const fn line(color: Color, width: f64) -> Self {
        Self { color, width, dashes: &[] }
    }
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// One line of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    /// Where its baseline is.
    pub(crate) at: Point,
    pub(crate) size: f64,
    pub(crate) color: Color,
    pub(crate) anchor: Anchor,
    /// By how many degrees it is turned around its place, with the clock.
    pub(crate) turn: f64,
}

/// Coloured cells, row by row from the top.
#[derive(Clone, PartialEq)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colors: Vec<Color>,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} × {})", self.width, self.height)
    }
}

/// Something to draw on.
pub(crate) trait Canvas {
    /// Fills an area with an image, its colours running into each other.
    fn image(&mut self, area: Area, image: &Image);

    /// Fills polygons.
    fn fill(&mut self, polygons: &[Vec<Point>], color: Color);

    /// Draws lines through points.
    fn stroke(&mut self, lines: &[Vec<Point>], pen: Pen);

    /// Draws a marker at each point.
    fn markers(&mut self, marker: Marker, radius: f64, color: Color, at: &[Point]);

    fn text(&mut self, text: Text<'_>);
}
