//! One picture of a figure.

use crate::axis::{Axis, Scale};
use crate::canvas::{Anchor, Area, Canvas, Image, Pen, Point, Text};
use crate::color::{Color, DIM, FAINT, FRAME, INK};
use crate::font;
use crate::legend::Key;
use crate::marker::Marker;
use crate::ticks::Tick;

/// One picture of a [`Figure`](crate::Figure): what a
/// [`DecisionBoundary`](crate::DecisionBoundary), [`LearningCurves`](crate::LearningCurves), a
/// [`Confusion`](crate::Confusion), an [`ActivationCurve`](crate::ActivationCurve), a
/// [`Histogram`](crate::Histogram) or [`ScalingCurves`](crate::ScalingCurves) becomes.
///
/// It owns what it shows, so a network that was drawn can be trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) aspect: Aspect,
    /// Whether faint lines help to read the numbers.
    pub(crate) grid: bool,
    /// What is shown, from the back to the front.
    pub(crate) marks: Vec<Mark>,
    pub(crate) keys: Vec<Key>,
}

/// The height of a panel, of its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aspect {
    /// This, where nothing speaks against it.
    About(f64),
    /// This, and no other.
    Exactly(f64),
}

/// Something that a panel shows, in the numbers of its axes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// An image over the whole panel.
    Image(Image),
    Lines {
        lines: Vec<Vec<Point>>,
        pen: Pen,
    },
    /// A line from the bottom to the top.
    Upright {
        x: f64,
        pen: Pen,
    },
    /// The points of a class.
    Points {
        points: Vec<Point>,
        class: usize,
    },
    /// Rectangles, each between two opposite corners.
    Boxes {
        boxes: Vec<[Point; 2]>,
        color: Color,
    },
    /// Texts, each with a unit square around it; none where one does not fit.
    Texts(Vec<(Point, String, Color)>),
}

/// The room that a panel needs beside its plot, and what stands there.
#[derive(Debug)]
pub(crate) struct Surroundings {
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Whether the labels below are slanted.
    slanted: bool,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    /// What is below without the legend.
    pub(crate) bottom: f64,
}

const TITLE_SIZE: f64 = 14.0;
const LABEL_SIZE: f64 = 12.0;
const TICK_SIZE: f64 = 11.5;
const TITLE_ROW: f64 = 26.0;
const LABEL_ROW: f64 = 19.0;
/// From the plot to the labels of its ticks.
const TO_TICK: f64 = 7.0;
const TICK_LENGTH: f64 = 4.0;
const LINE: f64 = 15.0;
const WIDEST_TICK: f64 = 110.0;
const LEAST_TEXT: f64 = 11.0;

impl Aspect {
    /// The largest plot of this aspect within a room.
    pub(crate) fn within(self, [width, height]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::About(_) => [width, height],
            Self::Exactly(ratio) => {
                let width = width.min(height / ratio);
                [width, width * ratio]
            }
        }
    }

    pub(crate) const fn ratio(self) -> f64 {
        match self {
            Self::About(ratio) | Self::Exactly(ratio) => ratio,
        }
    }
}

impl Panel {
    /// What stands around a plot of about this size.
    pub(crate) fn surroundings(&self, size: [f64; 2]) -> Surroundings {
        let [width, height] = self.aspect.within(size);
        let shorten = |tick: Tick| Tick {
            label: font::fit(&tick.label, TICK_SIZE, WIDEST_TICK).into_owned(),
            ..tick
        };
        let side_by_side = |ticks: &[Tick]| {
            let half = |tick: &Tick| label_width(tick) / 2.0;
            ticks.windows(2).all(|pair| {
                (pair[1].value - pair[0].value) * width >= half(&pair[0]) + half(&pair[1]) + 9.0
            })
        };
        let at_distance = |length: f64, least: f64| {
            move |ticks: &[Tick]| {
                let distance = |pair: &[Tick]| (pair[1].value - pair[0].value).abs() * length;
                ticks.windows(2).all(|pair| distance(pair) >= least)
            }
        };
        let mut x_ticks = self.x.ticks(side_by_side);
        let slanted = match &self.x.scale {
            Scale::Names(names) => x_ticks.len() < names.len() && !names_are_numbers(names),
            _ => false,
        };
        if slanted {
            x_ticks = self.x.ticks(at_distance(width, LINE));
        }
        let least = match self.y.scale {
            Scale::NamesDown(_) => LINE,
            _ => LINE - 1.0 + 0.03 * height,
        };
        let y_ticks = self.y.ticks(at_distance(height, least));
        let x_ticks: Vec<Tick> = x_ticks.into_iter().map(shorten).collect();
        let y_ticks: Vec<Tick> = y_ticks.into_iter().map(shorten).collect();

        let widest = |ticks: &[Tick]| ticks.iter().map(label_width).fold(0.0, f64::max);
        let row_if = |label: &str, row: f64| if label.is_empty() { 0.0 } else { row };
        let beyond = |tick: &Tick| tick.value * width + label_width(tick) / 2.0 - width;
        let right = x_ticks.last().filter(|_| !slanted).map_or(0.0, beyond).max(0.0);
        let x_height = if slanted { widest(&x_ticks) * SLANT.sin() + 12.0 } else { LINE };
        Surroundings {
            left: widest(&y_ticks) + TO_TICK + row_if(&self.y.label, LABEL_ROW),
            right,
            top: row_if(&self.title, TITLE_ROW),
            bottom: x_height + TO_TICK + row_if(&self.x.label, LABEL_ROW),
            x_ticks,
            y_ticks,
            slanted,
        }
    }

    /// Draws the panel with its plot in an area that has the surroundings' room around it.
    pub(crate) fn draw(&self, canvas: &mut dyn Canvas, room: Area, around: &Surroundings) {
        let [width, height] = self.aspect.within([room.width, room.height]);
        let left = room.left + (room.width - width) / 2.0;
        let plot = Plot { area: Area { left, width, height, ..room }, panel: self };
        plot.draw_grid(canvas, around);
        plot.draw_marks(canvas);
        plot.draw_ticks(canvas, around);
        plot.draw_labels(canvas, around);
    }
}

/// By how much the labels below are turned where they do not fit otherwise.
const SLANT: f64 = std::f64::consts::FRAC_PI_4;

fn label_width(tick: &Tick) -> f64 {
    font::width(&tick.label, TICK_SIZE).min(WIDEST_TICK)
}

/// Whether some names may be left out, since the others tell them.
fn names_are_numbers(names: &[String]) -> bool {
    names.iter().all(|name| name.parse::<usize>().is_ok())
}

/// A panel and where its numbers are.
struct Plot<'a> {
    panel: &'a Panel,
    area: Area,
}

impl Plot<'_> {
    fn x(&self, share: f64) -> f64 {
        self.area.left + share * self.area.width
    }

    fn y(&self, share: f64) -> f64 {
        self.area.bottom() - share * self.area.height
    }

    /// Where a point lies; `None` where it has no place.
    fn place(&self, [x, y]: Point) -> Option<Point> {
        Some([self.x(self.panel.x.share(x)?), self.y(self.panel.y.share(y)?)])
    }

    fn places(&self, points: &[Point]) -> Vec<Point> {
        points.iter().filter_map(|&point| self.place(point)).collect()
    }

    fn draw_grid(&self, canvas: &mut dyn Canvas, around: &Surroundings) {
        if !self.panel.grid {
            return;
        }
        let (left, right) = (self.area.left, self.area.right());
        let (top, bottom) = (self.area.top, self.area.bottom());
        let across = around.y_ticks.iter().map(|tick| self.y(tick.value));
        let up = around.x_ticks.iter().map(|tick| self.x(tick.value));
        let lines: Vec<Vec<Point>> = across
            .map(|y| vec![[left, y], [right, y]])
            .chain(up.map(|x| vec![[x, top], [x, bottom]]))
            .collect();
        canvas.stroke(&lines, Pen::line(FAINT, 1.0));
    }

    fn draw_marks(&self, canvas: &mut dyn Canvas) {
        for mark in &self.panel.marks {
            match mark {
                Mark::Image(image) => canvas.image(self.area, image),
                Mark::Lines { lines, pen } => {
                    let lines: Vec<_> = lines.iter().map(|points| self.places(points)).collect();
                    canvas.stroke(&lines, *pen);
                }
                Mark::Upright { x, pen } => {
                    let share = self.panel.x.share(*x);
                    if let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) {
                        let x = self.x(share);
                        let line = vec![[x, self.area.top], [x, self.area.bottom()]];
                        canvas.stroke(&[line], *pen);
                    }
                }
                Mark::Points { points, class } => canvas.markers(
                    Marker::of_class(*class),
                    self.radius(),
                    Color::of_class(*class),
                    &self.places(points),
                ),
                Mark::Boxes { boxes, color } => {
                    let corners = |&[one, other]: &[Point; 2]| {
                        let ([left, bottom], [right, top]) = (self.place(one)?, self.place(other)?);
                        Some(vec![[left, bottom], [left, top], [right, top], [right, bottom]])
                    };
                    let boxes: Vec<_> = boxes.iter().filter_map(corners).collect();
                    canvas.fill(&boxes, *color);
                }
                Mark::Texts(texts) => self.draw_texts(canvas, texts),
            }
        }
    }

    /// Points are the smaller the more there are.
    fn radius(&self) -> f64 {
        let count =
            |mark: &Mark| if let Mark::Points { points, .. } = mark { points.len() } else { 0 };
        let count: usize = self.panel.marks.iter().map(count).sum();
        let share = self.area.width * self.area.height / count.max(1) as f64;
        (0.2 * share.sqrt()).clamp(1.5, 3.6)
    }

    fn draw_texts(&self, canvas: &mut dyn Canvas, texts: &[(Point, String, Color)]) {
        let width = self.area.width / self.panel.x.range().length() - 6.0;
        let height = self.area.height / self.panel.y.range().length();
        let widest = texts.iter().map(|(_, text, _)| font::width(text, 1.0)).fold(0.0, f64::max);
        let size = (0.6 * height).min(width / widest).min(TITLE_SIZE);
        if size < LEAST_TEXT {
            return;
        }
        for (at, text, color) in texts {
            let Some([x, y]) = self.place(*at) else { continue };
            let at = [x, y + font::MIDDLE * size];
            canvas.text(Text { text, at, size, color: *color, anchor: Anchor::Middle, turn: 0.0 });
        }
    }

    fn draw_ticks(&self, canvas: &mut dyn Canvas, around: &Surroundings) {
        let (left, bottom) = (self.area.left, self.area.bottom());
        let mut frame = self.area.corners();
        frame.push(frame[0]);
        let mut lines = vec![frame];
        let size = TICK_SIZE;
        for Tick { value, label } in &around.x_ticks {
            let x = self.x(*value);
            lines.push(vec![[x, bottom], [x, bottom + TICK_LENGTH]]);
            let (at, anchor, turn) = if around.slanted {
                ([x + 4.0, bottom + TO_TICK + 6.0], Anchor::End, -SLANT.to_degrees())
            } else {
                ([x, bottom + TO_TICK + 10.0], Anchor::Middle, 0.0)
            };
            canvas.text(Text { text: label, at, size, color: DIM, anchor, turn });
        }
        for Tick { value, label } in &around.y_ticks {
            let y = self.y(*value);
            lines.push(vec![[left - TICK_LENGTH, y], [left, y]]);
            let at = [left - TO_TICK, y + font::MIDDLE * size];
            canvas.text(Text { text: label, at, size, color: DIM, anchor: Anchor::End, turn: 0.0 });
        }
        canvas.stroke(&lines, Pen::line(FRAME, 1.0));
    }

    fn draw_labels(&self, canvas: &mut dyn Canvas, around: &Surroundings) {
        let Area { left, top, width, height } = self.area;
        let right = around.right;
        let mut label = |text: &str, room: f64, at, size, color, anchor, turn| {
            if !text.is_empty() {
                let text = &font::fit(text, size, room);
                canvas.text(Text { text, at, size, color, anchor, turn });
            }
        };
        let at = [left, top - 9.0];
        label(&self.panel.title, width + right, at, TITLE_SIZE, INK, Anchor::Start, 0.0);
        let at = [left + width / 2.0, self.area.bottom() + around.bottom - 5.0];
        label(&self.panel.x.label, width, at, LABEL_SIZE, DIM, Anchor::Middle, 0.0);
        let at = [left - around.left + 10.0, top + height / 2.0];
        label(&self.panel.y.label, height, at, LABEL_SIZE, DIM, Anchor::Middle, -90.0);
    }
}
