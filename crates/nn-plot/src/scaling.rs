//! How figures grow with a size.

use crate::axis::{Axis, Scale};
use crate::canvas::Point;
use crate::curves::{GUIDE, pen_of_series, pieces};
use crate::legend::{Key, Sign};
use crate::panel::{Aspect, Mark, Panel};
use crate::range::{Range, is_drawable};

/// Figures by size, both by their logarithms: what grows as a power of the size is a straight line, and
/// its slope is the exponent.
///
/// The points of a series are joined in their order. One with a number that is not above 0, infinite or
/// NaN leaves a gap.
///
/// ```
/// use nn_plot::{Figure, ScalingCurves};
///
/// let curves = ScalingCurves::new("samples")
///     .title("An epoch")
///     .label("milliseconds")
///     .series("time", &[[64.0, 0.0025], [1024.0, 0.017], [65536.0, 1.1]])
///     .proportional();
/// assert!(Figure::new().panel(curves).to_svg()?.contains("proportional"));
/// # Ok::<(), nn_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScalingCurves {
    title: String,
    size: String,
    label: String,
    series: Vec<(String, Vec<Point>)>,
    is_compared: bool,
}

impl ScalingCurves {
    /// Curves without a series, over a size of this name.
    #[must_use]
    pub fn new(size: impl Into<String>) -> Self {
        Self { size: size.into(), ..Self::default() }
    }

    /// Adds a series of points, each a size and a figure.
    #[must_use]
    pub fn series(mut self, name: impl Into<String>, points: &[[f64; 2]]) -> Self {
        self.series.push((name.into(), points.to_vec()));
        self
    }

    /// A title above the panel.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What the figures are, beside their axis.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the line of what is proportional to the size, through the last point of the first series.
    #[must_use]
    pub const fn proportional(mut self) -> Self {
        self.is_compared = true;
        self
    }

    /// The ends of the line of what is proportional.
    fn proportion(&self, sizes: Range) -> Option<[Point; 2]> {
        let (_, points) = self.series.first().filter(|_| self.is_compared)?;
        let [size, value] = *points.iter().rfind(|point| has_place(**point))?;
        let at = |log: f64| [10.0_f64.powf(log), 10.0_f64.powf(log - size.log10() + value.log10())];
        Some([at(sizes.low), at(sizes.high)])
    }
}

/// Whether both numbers of a point have logarithms.
fn has_place(point: Point) -> bool {
    point.iter().all(|&x| x > 0.0 && is_drawable(x))
}

impl From<ScalingCurves> for Panel {
    fn from(curves: ScalingCurves) -> Self {
        let points = || curves.series.iter().flat_map(|(_, points)| points.iter().copied());
        let placed = || points().filter(|&point| has_place(point));
        let sizes = Range::of(placed().map(|point| point[0].log10()));
        let proportion = curves.proportion(sizes);
        let values = placed().chain(proportion.into_iter().flatten().filter(|&end| has_place(end)));
        let values = Range::of(values.map(|point| point[1].log10()));
        let x = Axis::new(Scale::Logarithmic(sizes.padded(0.05)));
        let y = Axis::new(Scale::Logarithmic(values.padded(0.05)));

        let (mut marks, mut keys) = (Vec::new(), Vec::new());
        if let Some(ends) = proportion {
            marks.push(Mark::Lines { lines: vec![ends.to_vec()], pen: GUIDE });
            keys.push(Key { name: "proportional".into(), sign: Sign::Line(GUIDE) });
        }
        for (i, (name, points)) in curves.series.into_iter().enumerate() {
            let pen = pen_of_series(i);
            let lines = pieces(points.iter().copied(), has_place);
            let points = lines.iter().flatten().copied().collect();
            marks.extend([Mark::Lines { lines, pen }, Mark::Points { points, class: i }]);
            keys.push(Key { name, sign: Sign::Line(pen) });
        }
        let (x, y) = (Axis { label: curves.size, ..x }, Axis { label: curves.label, ..y });
        Self { title: curves.title, x, y, aspect: Aspect::About(0.66), grid: true, marks, keys }
    }
}
