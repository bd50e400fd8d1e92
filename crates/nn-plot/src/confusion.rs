//! Which classes are taken for which.

use nn_optim::metrics::ConfusionMatrix;

use crate::Result;
use crate::axis::{Axis, Scale};
use crate::canvas::Point;
use crate::class_names::{check_classes, check_names};
use crate::color::{Color, DIM};
use crate::legend::{Key, Sign};
use crate::panel::{Aspect, Mark, Panel};

/// A confusion matrix: a row for each true class, a column for each predicted one, the number of samples
/// in each cell, shaded by its share of the row.
///
/// Numbers that find no room are left to the shades.
///
/// ```
/// use nn_optim::metrics::ConfusionMatrix;
/// use nn_plot::{Confusion, Figure};
///
/// let matrix = ConfusionMatrix::of_predictions(2, &[0, 0, 0, 1], &[0, 0, 1, 1])?;
/// let confusion = Confusion::new(&matrix)?.class_names(&["outside", "inside"])?;
/// assert!(Figure::new().panel(confusion).to_svg()?.contains("outside"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    title: String,
    matrix: ConfusionMatrix,
    names: Vec<String>,
}

/// So many shades show a share.
const SHADES: usize = 20;

impl Confusion {
    /// The picture of a matrix.
    ///
    /// # Errors
    /// [`PlotError::TooManyClasses`](crate::PlotError::TooManyClasses) where there are more than 64.
    pub fn new(matrix: &ConfusionMatrix) -> Result<Self> {
        check_classes(matrix.classes())?;
        let names = (0..matrix.classes()).map(|class| class.to_string()).collect();
        Ok(Self { title: String::new(), matrix: matrix.clone(), names })
    }

    /// A title above the panel.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The names of the classes, in their order.
    ///
    /// # Errors
    /// [`PlotError::ClassNames`](crate::PlotError::ClassNames) where there are not as many as classes.
    pub fn class_names<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        self.names = check_names(names, self.matrix.classes())?;
        Ok(self)
    }
}

/// The colour of a share of a row.
fn shade(step: usize) -> Color {
    let least = if step == 0 { 0.04 } else { 0.1 };
    Color::of_class(0).tint(least + (1.0 - least) * step as f64 / SHADES as f64)
}

/// What is left free around a cell, of the whole side: half a pixel at the usual size.
const GAP: f64 = 0.00125;

impl From<Confusion> for Panel {
    fn from(Confusion { title, matrix, names }: Confusion) -> Self {
        let classes = matrix.classes();
        let gap = GAP * classes as f64;
        let mut boxes = vec![Vec::new(); SHADES + 1];
        let mut texts = Vec::new();
        for label in 0..classes {
            let counts: Vec<usize> =
                (0..classes).map(|taken| matrix.count(label, taken).unwrap_or(0)).collect();
            let all = counts.iter().sum::<usize>().max(1);
            let top = label as f64;
            for (taken, count) in counts.into_iter().enumerate() {
                let left = taken as f64;
                let step = (count as f64 / all as f64 * SHADES as f64).ceil() as usize;
                let corners: [Point; 2] =
                    [[left + gap, top + gap], [left + 1.0 - gap, top + 1.0 - gap]];
                boxes[step].push(corners);
                let middle = [left + 0.5, top + 0.5];
                let color = if count == 0 { DIM } else { shade(step).contrast() };
                texts.push((middle, count.to_string(), color));
            }
        }
        let boxes = boxes.into_iter().enumerate();
        let mut marks: Vec<Mark> =
            boxes.map(|(step, boxes)| Mark::Boxes { boxes, color: shade(step) }).collect();
        marks.push(Mark::Texts(texts));
        let shades = (0..=SHADES).step_by(SHADES / 5).map(shade).collect();
        let key =
            Key { name: "share of the true class, 0 to 1".into(), sign: Sign::Shades(shades) };
        let from_top = Scale::NamesDown(names.clone());
        Self {
            title,
            x: Axis { label: "predicted class".into(), ..Axis::new(Scale::Names(names)) },
            y: Axis { label: "true class".into(), ..Axis::new(from_top) },
            aspect: Aspect::Exactly(1.0),
            grid: false,
            marks,
            keys: vec![key],
        }
    }
}
