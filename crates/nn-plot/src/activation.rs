//! An activation and its slope.

use nn_layers::{Layer, activations};
use nn_tensor::Matrix;

use crate::axis::{Axis, Scale};
use crate::canvas::{Pen, Point};
use crate::color::Color;
use crate::legend::{Key, Sign};
use crate::panel::{Aspect, Mark, Panel};
use crate::range::Range;
use crate::{PlotError, Result};

/// A function of one value and its slope over [-5, 5]: an activation, or any layer that makes one value
/// of one.
///
/// Where the function or its slope jumps, the line has a gap.
///
/// ```
/// use nn_layers::Gelu;
/// use nn_plot::{ActivationCurve, Figure};
///
/// let one = Figure::new().panel(ActivationCurve::new("GELU", &Gelu)?);
/// let sheet = Figure::new().panels(ActivationCurve::all()?);
/// assert!(sheet.to_svg()?.contains("Softplus"));
/// # Ok::<(), nn_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ActivationCurve {
    name: String,
    values: Vec<Point>,
    slopes: Vec<Point>,
}

/// From -5 to 5 with so many steps to each side, so that 0 is not among the points, where many slopes
/// jump.
const STEPS: usize = 100;
const END: f64 = 5.0;

/// A change that is so many times those before and after it is a jump, if it is more than this share of
/// the whole range.
const JUMP: (f64, f64) = (5.0, 1e-3);

impl ActivationCurve {
    /// Asks a layer for its values and slopes.
    ///
    /// # Errors
    /// [`PlotError::NotAFunction`] where the layer makes more than one value of one,
    /// [`PlotError::Layer`] where it fails.
    pub fn new(name: impl Into<String>, layer: &dyn Layer<f64>) -> Result<Self> {
        let name = name.into();
        let outputs = layer.output_width(1)?;
        if outputs != 1 {
            return Err(PlotError::NotAFunction { layer: name, outputs });
        }
        let x = |i: usize| END * ((i as f64 + 0.5) / STEPS as f64 - 1.0);
        let inputs = Matrix::from_fn(2 * STEPS, 1, |i, _| x(i));
        let values = layer.forward(&inputs)?;
        let ones = inputs.map(|_| 1.0);
        let slopes = layer.backward(&inputs, &ones)?.input;
        let points = |y: &Matrix<f64>| {
            let pairs = inputs.as_slice().iter().zip(y.as_slice());
            pairs.map(|(&x, &y)| [x, y]).collect()
        };
        Ok(Self { name, values: points(&values), slopes: points(&slopes) })
    }

    /// Every activation with its default parameters.
    ///
    /// # Errors
    /// As [`ActivationCurve::new`], which none of them causes.
    pub fn all() -> Result<Vec<Self>> {
        let layers = activations::all::<f64>();
        layers.iter().map(|(name, layer)| Self::new(*name, layer.as_ref())).collect()
    }
}

/// The points as lines, cut where they jump.
fn lines(points: &[Point]) -> Vec<Vec<Point>> {
    let least = JUMP.1 * Range::of(points.iter().map(|[_, y]| *y)).length();
    let change = |pair: &[Point]| (pair[1][1] - pair[0][1]).abs();
    let mut lines = Vec::new();
    let mut start = 0;
    for (i, four) in points.windows(4).enumerate() {
        let around = change(&four[..2]).max(change(&four[2..]));
        if change(&four[1..3]) > least.max(JUMP.0 * around) {
            lines.push(points[start..i + 2].to_vec());
            start = i + 2;
        }
    }
    lines.push(points[start..].to_vec());
    lines
}

impl From<ActivationCurve> for Panel {
    fn from(ActivationCurve { name, values, slopes }: ActivationCurve) -> Self {
        let y = Range::of(values.iter().chain(&slopes).map(|[_, y]| *y)).padded(0.07);
        let pens = [
            Pen::line(Color::of_class(0), 2.0),
            Pen { color: Color::of_class(1), width: 2.0, dashes: &[6.0, 3.5] },
        ];
        let key = |name: &str, pen| Key { name: name.into(), sign: Sign::Line(pen) };
        Self {
            title: name,
            x: Axis::new(Scale::Linear(Range { low: -END, high: END })),
            y: Axis::new(Scale::Linear(y)),
            aspect: Aspect::About(0.75),
            grid: true,
            marks: vec![
                Mark::Lines { lines: lines(&values), pen: pens[0] },
                Mark::Lines { lines: lines(&slopes), pen: pens[1] },
            ],
            keys: vec![key("value f(x)", pens[0]), key("slope f′(x)", pens[1])],
        }
    }
}
