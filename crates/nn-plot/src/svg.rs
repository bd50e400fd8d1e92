//! A canvas that writes SVG.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::canvas::{Anchor, Area, Canvas, Image, Pen, Point, Text};
use crate::color::Color;
use crate::font;
use crate::marker::Marker;
use crate::raster;

/// What is drawn, as SVG. Text stays text; the font goes along.
pub(crate) struct Svg(String);

impl Svg {
    /// A white picture. `title` is what a screen reader says.
    pub(crate) fn new(width: u32, height: u32, title: &str) -> Self {
        let font = STANDARD.encode(font::PACKED);
        let title = escape(title);
        Self(format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="Inter, Helvetica, Arial, sans-serif" role="img">
<title>{title}</title>
<style>@font-face{{font-family:Inter;src:url(data:font/woff2;base64,{font})}}</style>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##
        ))
    }

    /// The document.
    pub(crate) fn finish(mut self) -> String {
        self.0 += "</svg>\n";
        self.0
    }

    /// Adds to the document; writing to a string cannot fail.
    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(element);
    }
}

impl Canvas for Svg {
    fn image(&mut self, area: Area, image: &Image) {
        let Some(png) = raster::png_of(image) else { return };
        self.push(format_args!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{}\"/>\n",
            number(area.left),
            number(area.top),
            number(area.width),
            number(area.height),
            STANDARD.encode(png)
        ));
    }

    fn fill(&mut self, polygons: &[Vec<Point>], color: Color) {
        let outlines: String = polygons.iter().map(|points| path(points) + "z").collect();
        if !outlines.is_empty() {
            self.push(format_args!("<path d=\"{outlines}\" fill=\"{}\"/>\n", hex(color)));
        }
    }

    fn stroke(&mut self, lines: &[Vec<Point>], pen: Pen) {
        let lines: String = lines.iter().map(|points| path(points)).collect();
        if lines.is_empty() {
            return;
        }
        self.push(format_args!(
            "<path d=\"{lines}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
             stroke-linejoin=\"round\"",
            hex(pen.color),
            number(pen.width)
        ));
        if pen.dashes.is_empty() {
            self.push(format_args!(" stroke-linecap=\"round\"/>\n"));
        } else {
            let dashes: Vec<String> = pen.dashes.iter().map(f32::to_string).collect();
            self.push(format_args!(" stroke-dasharray=\"{}\"/>\n", dashes.join(" ")));
        }
    }

    fn markers(&mut self, marker: Marker, radius: f64, color: Color, at: &[Point]) {
        let (fill, edge) = (hex(color), number(radius * EDGE));
        self.push(format_args!("<g fill=\"{fill}\" stroke=\"#ffffff\" stroke-width=\"{edge}\">\n"));
        let corners = marker.corners(radius);
        let from_first: String = corners
            .windows(2)
            .map(|pair| {
                let [x, y] = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
                format!("l{} {}", number(x), number(y))
            })
            .collect();
        for &[x, y] in at {
            match corners.first() {
                None => self.push(format_args!(
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n",
                    number(x),
                    number(y),
                    number(radius)
                )),
                Some(first) => self.push(format_args!(
                    "<path d=\"M{} {}{from_first}z\"/>\n",
                    number(x + first[0]),
                    number(y + first[1])
                )),
            }
        }
        self.push(format_args!("</g>\n"));
    }

    fn text(&mut self, text: Text<'_>) {
        let [x, y] = text.at.map(number);
        let anchor = match text.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let turn = match text.turn {
            0.0 => String::new(),
            turn => format!(" transform=\"rotate({} {x} {y})\"", number(turn)),
        };
        self.push(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" text-anchor=\"{anchor}\" fill=\"{}\"{turn}>{}</text>\n",
            number(text.size),
            hex(text.color),
            escape(text.text)
        ));
    }
}

/// The width of the white edge of a marker, of its radius.
pub(crate) const EDGE: f64 = 0.25;

fn hex(Color([red, green, blue]): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A number to a hundredth of a pixel.
fn number(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// The way through points.
fn path(points: &[Point]) -> String {
    let mut path = String::new();
    for (i, &[x, y]) in points.iter().enumerate() {
        let step = if i == 0 { 'M' } else { ' ' };
        let _ = write!(path, "{step}{} {}", number(x), number(y));
    }
    path
}

/// A text as XML has it. What XML has no character for becomes the replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}
