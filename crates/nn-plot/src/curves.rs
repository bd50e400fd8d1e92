//! Loss and accuracy over the epochs.

use crate::axis::{Axis, Scale};
use crate::canvas::{Pen, Point};
use crate::color::{Color, DIM};
use crate::legend::{Key, Sign};
use crate::panel::{Aspect, Mark, Panel};
use crate::range::{Range, is_drawable};

/// Figures by epoch, as the loss of training and of validation.
///
/// The first value of a series is that of epoch 1. A value that is infinite or NaN, or not above 0
/// on a logarithmic axis, leaves a gap. Of very many epochs, the line shows the least and the largest
/// of each thousandth.
///
/// ```
/// use nn_plot::{Figure, LearningCurves};
///
/// let losses = LearningCurves::new()
///     .title("Loss")
///     .series("training", &[1.1, 0.5, 0.2, 0.1])
///     .series("validation", &[1.2, 0.7, 0.6, 0.8])
///     .logarithmic()
///     .best_epoch(3);
/// assert!(Figure::new().panel(losses).to_svg()?.contains("validation"));
/// # Ok::<(), nn_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LearningCurves {
    title: String,
    label: String,
    series: Vec<(String, Vec<f64>)>,
    is_logarithmic: bool,
    best_epoch: Option<usize>,
}

/// Where the axis of the epochs begins at the least.
const FIRST: f64 = 0.4;

/// A line has at most so many parts, each of two points.
const MOST_PARTS: usize = 1000;

/// Lines differ in their dashes as well as in colour.
const DASHES: [&[f32]; 4] = [&[], &[7.0, 4.0], &[2.0, 3.0], &[8.0, 3.0, 2.0, 3.0]];

/// What series are compared with.
pub(crate) const GUIDE: Pen = Pen { color: DIM, width: 1.3, dashes: &[3.0, 3.0] };

/// What the series of this number is drawn with.
pub(crate) fn pen_of_series(i: usize) -> Pen {
    Pen { color: Color::of_class(i), width: 2.0, dashes: DASHES[i % DASHES.len()] }
}

impl LearningCurves {
    /// Curves without a series.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a series, one value for each epoch.
    #[must_use]
    pub fn series(mut self, name: impl Into<String>, values: &[f64]) -> Self {
        self.series.push((name.into(), values.to_vec()));
        self
    }

    /// A title above the panel.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What the values are, beside their axis.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Shows values by their logarithm.
    #[must_use]
    pub const fn logarithmic(mut self) -> Self {
        self.is_logarithmic = true;
        self
    }

    /// Marks an epoch, counted from 1, by an upright line.
    #[must_use]
    pub const fn best_epoch(mut self, epoch: usize) -> Self {
        self.best_epoch = if epoch == 0 { None } else { Some(epoch) };
        self
    }

    /// The axis of the values, with some room above and below.
    fn scale(&self) -> Scale {
        let values = self.series.iter().flat_map(|(_, values)| values.iter().copied());
        if self.is_logarithmic {
            let values = values.filter(|&x| x > 0.0 && is_drawable(x));
            Scale::Logarithmic(Range::of(values.map(f64::log10)).padded(0.05))
        } else {
            Scale::Linear(Range::of(values).padded(0.05))
        }
    }
}

/// The pieces of a series between its gaps.
pub(crate) fn pieces(
    points: impl Iterator<Item = Point>,
    has_place: impl Fn(Point) -> bool,
) -> Vec<Vec<Point>> {
    let mut pieces = vec![Vec::new()];
    for point in points {
        match pieces.last_mut() {
            Some(piece) if has_place(point) => piece.push(point),
            Some(piece) if piece.is_empty() => {}
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The same line to the eye: of every few points, the lowest and the highest.
fn thinned(piece: &[Point], every: usize) -> Vec<Point> {
    let of_part = |part: &[Point]| {
        let by_height = |a: &&Point, b: &&Point| a[1].total_cmp(&b[1]);
        let least = part.iter().min_by(by_height).copied();
        let largest = part.iter().max_by(by_height).copied();
        let mut two: Vec<Point> = least.into_iter().chain(largest).collect();
        two.sort_by(|a, b| a[0].total_cmp(&b[0]));
        two.dedup();
        two
    };
    piece.chunks(every).flat_map(of_part).collect()
}

impl From<LearningCurves> for Panel {
    fn from(curves: LearningCurves) -> Self {
        let y = Axis { label: curves.label.clone(), ..Axis::new(curves.scale()) };
        let longest = curves.series.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        let epochs = [1.0, longest.max(1) as f64];
        let epochs = epochs.into_iter().chain(curves.best_epoch.map(|epoch| epoch as f64));
        // There is room on both sides, but not so much that an epoch 0 would be written.
        let range = Range::of(epochs).padded(0.02);
        let x = Axis::new(Scale::Whole(Range { low: range.low.max(FIRST), ..range }));
        let mut marks = Vec::new();
        let mut keys = Vec::new();
        if let Some(epoch) = curves.best_epoch {
            marks.push(Mark::Upright { x: epoch as f64, pen: GUIDE });
        }
        for (i, (name, values)) in curves.series.into_iter().enumerate() {
            let pen = pen_of_series(i);
            let every = values.len().div_ceil(MOST_PARTS).max(1);
            let points = (1_u32..).zip(values).map(|(epoch, value)| [f64::from(epoch), value]);
            let pieces = pieces(points, |[_, value]| y.share(value).is_some());
            let lone: Vec<Point> = pieces.iter().filter(|p| p.len() == 1).map(|p| p[0]).collect();
            let lines = pieces.iter().filter(|piece| piece.len() > 1);
            let lines = if every > 1 {
                lines.map(|piece| thinned(piece, every)).collect()
            } else {
                lines.cloned().collect()
            };
            marks.push(Mark::Lines { lines, pen });
            // A line through a single point would not be seen.
            if !lone.is_empty() {
                marks.push(Mark::Points { points: lone, class: i });
            }
            keys.push(Key { name, sign: Sign::Line(pen) });
        }
        if let Some(epoch) = curves.best_epoch {
            keys.push(Key { name: format!("best: epoch {epoch}"), sign: Sign::Line(GUIDE) });
        }
        let x = Axis { label: "epoch".into(), ..x };
        Self { title: curves.title, x, y, aspect: Aspect::About(0.66), grid: true, marks, keys }
    }
}
