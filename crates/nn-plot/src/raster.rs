//! A canvas of pixels.

use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapPaint,
    PremultipliedColorU8, Stroke, StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use crate::canvas::{Anchor, Area, Canvas, Image, Pen, Point, Text};
use crate::color::{Color, WHITE};
use crate::font;
use crate::marker::Marker;
use crate::svg::EDGE;

/// What is drawn, as pixels.
pub(crate) struct Raster {
    pixels: Pixmap,
    scale: f32,
}

impl Raster {
    /// A white picture, each unit of which is `scale` pixels; `None` where there is no such picture.
    pub(crate) fn new(width: u32, height: u32, scale: u32) -> Option<Self> {
        let mut pixels = Pixmap::new(width.checked_mul(scale)?, height.checked_mul(scale)?)?;
        pixels.fill(tiny_skia::Color::WHITE);
        Some(Self { pixels, scale: scale as f32 })
    }

    /// The picture as PNG.
    pub(crate) fn finish(&self) -> Option<Vec<u8>> {
        self.pixels.encode_png().ok()
    }

    fn fill_path(&mut self, path: Option<Path>, color: Color, transform: Transform) {
        if let Some(path) = path {
            self.pixels.fill_path(&path, &paint(color), FillRule::Winding, transform, None);
        }
    }

    fn stroke_path(&mut self, path: Option<Path>, pen: Pen) {
        let Some(path) = path else { return };
        let dashes = Vec::from(pen.dashes);
        let stroke = Stroke {
            width: pen.width as f32,
            line_cap: if dashes.is_empty() { LineCap::Round } else { LineCap::Butt },
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dashes, 0.0),
            ..Stroke::default()
        };
        let transform = self.transform();
        self.pixels.stroke_path(&path, &paint(pen.color), &stroke, transform, None);
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }
}

impl Canvas for Raster {
    fn image(&mut self, area: Area, image: &Image) {
        let Some(pixels) = pixels_of(image) else { return };
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        let transform =
            self.transform().pre_translate(area.left as f32, area.top as f32).pre_scale(
                (area.width / f64::from(image.width)) as f32,
                (area.height / f64::from(image.height)) as f32,
            );
        self.pixels.draw_pixmap(0, 0, pixels.as_ref(), &paint, transform, None);
    }

    fn fill(&mut self, polygons: &[Vec<Point>], color: Color) {
        self.fill_path(path(polygons, true), color, self.transform());
    }

    fn stroke(&mut self, lines: &[Vec<Point>], pen: Pen) {
        self.stroke_path(path(lines, false), pen);
    }

    fn markers(&mut self, marker: Marker, radius: f64, color: Color, at: &[Point]) {
        let corners = marker.corners(radius);
        let edge = Pen::line(WHITE, radius * EDGE);
        for &[x, y] in at {
            let shape = if corners.is_empty() {
                PathBuilder::from_circle(x as f32, y as f32, radius as f32)
            } else {
                path(&[corners.iter().map(|corner| [x + corner[0], y + corner[1]]).collect()], true)
            };
            self.fill_path(shape.clone(), color, self.transform());
            self.stroke_path(shape, edge);
        }
    }

    fn text(&mut self, text: Text<'_>) {
        let before = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        } * font::width(text.text, text.size);
        let [x, y] = text.at.map(|at| at as f32);
        let transform = self
            .transform()
            .pre_translate(x, y)
            .pre_concat(Transform::from_rotate(text.turn as f32))
            .pre_translate(-before as f32, 0.0);
        for outline in
            font::outline(text.text, |reach, scale| Outline::new(text.size, reach, scale))
        {
            self.fill_path(outline.path.finish(), text.color, transform);
        }
    }
}

/// The outline of one character of a text.
struct Outline {
    path: PathBuilder,
    start: f32,
    scale: f32,
}

impl Outline {
    fn new(size: f64, reach: f64, scale: f64) -> Self {
        let (start, scale) = ((size * reach) as f32, (size * scale) as f32);
        Self { path: PathBuilder::new(), start, scale }
    }

    /// Fonts count upwards.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.start + self.scale * x, -self.scale * y)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// The image by itself as PNG.
pub(crate) fn png_of(image: &Image) -> Option<Vec<u8>> {
    pixels_of(image)?.encode_png().ok()
}

fn pixels_of(image: &Image) -> Option<Pixmap> {
    let mut pixels = Pixmap::new(image.width, image.height)?;
    for (pixel, &Color([red, green, blue])) in pixels.pixels_mut().iter_mut().zip(&image.colors) {
        *pixel = PremultipliedColorU8::from_rgba(red, green, blue, 255)?;
    }
    Some(pixels)
}

fn paint(Color([red, green, blue]): Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

/// All lines as one path; `None` where there is nothing to draw.
fn path(lines: &[Vec<Point>], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for line in lines {
        for (i, &[x, y]) in line.iter().enumerate() {
            if i == 0 {
                path.move_to(x as f32, y as f32);
            } else {
                path.line_to(x as f32, y as f32);
            }
        }
        if closed {
            path.close();
        }
    }
    path.finish()
}
