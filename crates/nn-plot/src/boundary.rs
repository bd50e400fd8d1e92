//! Where a classifier changes its mind.

use nn_data::Dataset;
use nn_layers::Network;
use nn_tensor::{Matrix, Scalar};

use crate::axis::{Axis, Scale};
use crate::canvas::{Image, Pen, Point};
use crate::class_names::{check_classes, check_names, name_of};
use crate::color::{Color, FAINT, INK};
use crate::contour::zero_lines;
use crate::legend::{Key, Sign};
use crate::panel::{Aspect, Mark, Panel};
use crate::probabilities::Outputs;
use crate::range::{Range, is_drawable};
use crate::{PlotError, Result};

/// The regions that a classifier of two features gives to each class, shaded by the probability of the
/// class there, with the data on top.
///
/// Outputs are read as their last layer says: those of `Softmax`, `Softmin` and `LogSoftmax` as
/// probabilities, a single `Sigmoid` as the probability of class 1, several as shares of their sum;
/// any other single output as the logit of class 1, several as one logit for each class.
///
/// The network is asked when this is made, on 256 points along the longer side, in a single call; the
/// picture of an epoch stays while training goes on. Of more than 2000 samples, 2000 evenly spaced
/// ones are drawn, and none whose features are infinite or NaN. Where the network's outputs are NaN, the
/// region is grey.
///
/// ```
/// use nn_data::{Dataset, spiral};
/// use nn_layers::{Network, Relu};
/// use nn_plot::{DecisionBoundary, Figure};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data: Dataset = spiral(100, 3, &mut rng)?;
/// let network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
/// let boundary = DecisionBoundary::new(&network, &data)?
///     .title("Before training")
///     .class_names(&["first arm", "second arm", "third arm"])?
///     .feature_names("x₁", "x₂");
/// let png = Figure::new().panel(boundary).to_png()?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionBoundary {
    title: String,
    feature_names: [String; 2],
    class_names: Vec<String>,
    ranges: [Range; 2],
    aspect: Aspect,
    image: Image,
    /// Where one class passes into another, in the numbers of the axes.
    lines: Vec<Vec<Point>>,
    /// The points of each class.
    points: Vec<Vec<Point>>,
}

/// The cells of the longer side.
const CELLS: f64 = 256.0;

/// The samples that are drawn at most.
const MOST_POINTS: usize = 2000;

/// So many shades show a probability; few shades pack well.
const SHADES: f64 = 24.0;

/// How far the sides may differ for the plane to be drawn with one scale.
const MOST_UNEQUAL: f64 = 2.5;

impl DecisionBoundary {
    /// Asks the network on the plane around the data.
    ///
    /// # Errors
    /// [`PlotError::NotAPlane`] where the network or the data have another number of features than two,
    /// [`PlotError::UnknownClasses`] where the data have more classes than the network tells apart,
    /// [`PlotError::TooManyClasses`] where these are more than 64, [`PlotError::Layer`] where the
    /// network fails.
    pub fn new<T: Scalar>(network: &Network<T>, data: &Dataset<T>) -> Result<Self> {
        for (what, found) in
            [("the network", network.widths()[0]), ("the data", data.inputs().columns())]
        {
            if found != 2 {
                return Err(PlotError::NotAPlane { what, found });
            }
        }
        let outputs = Outputs::of(network);
        let classes = outputs.classes(network.output_width());
        check_classes(classes)?;
        if data.classes() > classes {
            return Err(PlotError::UnknownClasses { data: data.classes(), network: classes });
        }

        let features = [column(data, 0), column(data, 1)];
        let ranges = features.map(|feature| Range::of(feature).padded(0.08));
        let ratio = ranges[1].length() / ranges[0].length();
        let is_plain = (1.0 / MOST_UNEQUAL..=MOST_UNEQUAL).contains(&ratio);
        let aspect = if is_plain { Aspect::Exactly(ratio) } else { Aspect::About(0.8) };
        let longer = CELLS / aspect.ratio().max(1.0);
        let cells = [longer, longer * aspect.ratio()].map(|cells| cells.round().max(1.0) as usize);

        let probabilities = outputs.probabilities(&network.predict(&plane(ranges, cells))?)?;
        Ok(Self {
            title: String::new(),
            feature_names: Default::default(),
            class_names: (0..classes).map(name_of).collect(),
            ranges,
            aspect,
            image: shades(&probabilities, cells),
            lines: boundaries(&probabilities, cells, ranges),
            points: points(data, classes),
        })
    }

    /// A title above the panel.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What the two axes measure, to the right and upwards.
    #[must_use]
    pub fn feature_names(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        self.feature_names = [x.into(), y.into()];
        self
    }

    /// The names of the classes, in their order, for the legend.
    ///
    /// # Errors
    /// [`PlotError::ClassNames`] where there are not as many as the network tells apart.
    pub fn class_names<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        self.class_names = check_names(names, self.class_names.len())?;
        Ok(self)
    }
}

/// One feature of all samples.
fn column<T: Scalar>(data: &Dataset<T>, j: usize) -> impl Iterator<Item = f64> {
    data.inputs().view().column(j).unwrap_or_default().iter().map(|x| x.to_f64())
}

/// The middles of all cells, row by row from the top.
fn plane<T: Scalar>(ranges: [Range; 2], [columns, rows]: [usize; 2]) -> Matrix<T> {
    Matrix::from_fn(columns * rows, 2, |cell, feature| {
        let (i, j) = (cell % columns, cell / columns);
        T::from_f64(match feature {
            0 => ranges[0].at((i as f64 + 0.5) / columns as f64),
            _ => ranges[1].at(1.0 - (j as f64 + 0.5) / rows as f64),
        })
    })
}

/// The colour of the likeliest class in each cell, from faint, where it is no likelier than the others,
/// to strong, where it is certain.
fn shades<T: Scalar>(probabilities: &Matrix<T>, [columns, rows]: [usize; 2]) -> Image {
    let even = 1.0 / probabilities.columns() as f64;
    let shade = |(cell, class): (usize, Option<usize>)| {
        let Some(class) = class else { return FAINT };
        let certainty = match probabilities[(cell, class)].to_f64() {
            certain if certain >= 1.0 => 1.0,
            other => ((other - even) / (1.0 - even)).max(0.0),
        };
        Color::of_class(class).tint(0.1 + 0.4 * (certainty * SHADES).round() / SHADES)
    };
    let colors = probabilities.argmax_rows().into_iter().enumerate().map(shade).collect();
    Image { width: columns as u32, height: rows as u32, colors }
}

/// The lines between the regions. The line between two classes is found for the second of them, as where
/// it is as likely as the likeliest class before it.
fn boundaries<T: Scalar>(
    probabilities: &Matrix<T>,
    [columns, rows]: [usize; 2],
    ranges: [Range; 2],
) -> Vec<Vec<Point>> {
    let winners = probabilities.argmax_rows();
    let place =
        |[x, y]: Point| [ranges[0].at(x / columns as f64), ranges[1].at(1.0 - y / rows as f64)];
    let mut before = vec![0.0; winners.len()];
    let mut lines = Vec::new();
    for (class, column) in probabilities.view().iter_columns().enumerate() {
        if class > 0 && winners.contains(&Some(class)) {
            // Where a later class is on top, this one has no line.
            let lead = |i: usize, j: usize| {
                let cell = i + columns * j;
                let is_on_top = winners[cell].is_some_and(|winner| winner <= class);
                if is_on_top { column[cell].to_f64() - before[cell] } else { f64::NAN }
            };
            let found = zero_lines([columns, rows], lead);
            lines.extend(found.into_iter().map(|line| line.into_iter().map(place).collect()));
        }
        for (before, p) in before.iter_mut().zip(column) {
            *before = p.to_f64().max(*before);
        }
    }
    lines
}

/// The points of each class, of too many evenly spaced ones.
fn points<T: Scalar>(data: &Dataset<T>, classes: usize) -> Vec<Vec<Point>> {
    let mut points = vec![Vec::new(); classes];
    let count = data.len().min(MOST_POINTS);
    for i in 0..count {
        let row = i * data.len() / count;
        let point = [0, 1].map(|feature| data.inputs()[(row, feature)].to_f64());
        if point.iter().all(|&x| is_drawable(x)) {
            points[data.labels()[row]].push(point);
        }
    }
    points
}

impl From<DecisionBoundary> for Panel {
    fn from(boundary: DecisionBoundary) -> Self {
        let keys = boundary.class_names.into_iter().enumerate();
        let keys = keys.map(|(class, name)| Key { name, sign: Sign::Class(class) }).collect();
        let pen = Pen::line(INK, 1.3);
        let mut marks =
            vec![Mark::Image(boundary.image), Mark::Lines { lines: boundary.lines, pen }];
        let points = boundary.points.into_iter().enumerate();
        marks.extend(points.map(|(class, points)| Mark::Points { points, class }));
        let [x, y] = boundary.ranges.map(|range| Axis::new(Scale::Linear(range)));
        let [x_label, y_label] = boundary.feature_names;
        Self {
            title: boundary.title,
            x: Axis { label: x_label, ..x },
            y: Axis { label: y_label, ..y },
            aspect: boundary.aspect,
            grid: false,
            marks,
            keys,
        }
    }
}
