//! How parameters are spread.

use nn_layers::Network;
use nn_tensor::Scalar;

use crate::axis::{Axis, Scale};
use crate::canvas::{Pen, Point};
use crate::color::{Color, DIM};
use crate::panel::{Aspect, Mark, Panel};
use crate::range::{Range, is_drawable};

/// How many numbers of a list lie in each of equal parts of their range.
///
/// There are about as many parts as the square root of the count says, between 9 and 61, and an odd number, so that equal numbers are in the middle. Infinite and
/// NaN numbers are left out, and the title says how many they are.
///
/// ```
/// use nn_layers::{Network, Relu};
/// use nn_plot::{Figure, Histogram};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
/// let figure = Figure::new().panels(Histogram::of_parameters(&network)).columns(2);
/// assert!(figure.to_svg()?.contains("2.weight"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    title: String,
    range: Range,
    counts: Vec<usize>,
    left_out: usize,
}

impl Histogram {
    /// The histogram of some numbers.
    pub fn new(title: impl Into<String>, numbers: impl IntoIterator<Item = f64>) -> Self {
        let (drawable, others): (Vec<f64>, Vec<f64>) =
            numbers.into_iter().partition(|&x| is_drawable(x));
        let range = Range::of(drawable.iter().copied());
        let parts = ((drawable.len() as f64).sqrt().ceil() as usize).clamp(9, 61) | 1;
        let mut counts = vec![0; parts];
        for number in drawable {
            // The largest number is in the last part.
            counts[((range.share(number) * parts as f64) as usize).min(parts - 1)] += 1;
        }
        Self { title: title.into(), range, counts, left_out: others.len() }
    }

    /// One for each parameter of a network, named as the network names it: `0.weight`, `0.bias` and so
    /// on.
    pub fn of_parameters<T: Scalar>(network: &Network<T>) -> Vec<Self> {
        Self::of_parameters_named(network, |_| true)
    }

    /// As [`Histogram::of_parameters`], of those alone that are named `weight`.
    pub fn of_weights<T: Scalar>(network: &Network<T>) -> Vec<Self> {
        Self::of_parameters_named(network, |name| name == "weight")
    }

    fn of_parameters_named<T: Scalar>(
        network: &Network<T>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Vec<Self> {
        let mut histograms = Vec::new();
        network.visit(&mut |name, parameter| {
            if is_wanted(name.name) {
                let numbers = parameter.as_slice().iter().map(|x| x.to_f64());
                histograms.push(Self::new(name.to_string(), numbers));
            }
        });
        histograms
    }
}

impl From<Histogram> for Panel {
    fn from(Histogram { mut title, range, counts, left_out }: Histogram) -> Self {
        if left_out > 0 {
            title += &format!(" ({left_out} not finite)");
        }
        let parts = counts.len() as f64;
        let edge = |i: usize| range.at(i as f64 / parts);
        let of_part = |(i, &count): (usize, &usize)| -> [Point; 2] {
            [[edge(i), 0.0], [edge(i + 1), count as f64]]
        };
        let boxes =
            counts.iter().enumerate().filter(|(_, count)| **count > 0).map(of_part).collect();
        let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        let mut marks = vec![Mark::Boxes { boxes, color: Color::of_class(0).tint(0.7) }];
        if range.low < 0.0 && range.high > 0.0 {
            let pen = Pen { color: DIM, width: 1.0, dashes: &[3.0, 3.0] };
            marks.push(Mark::Upright { x: 0.0, pen });
        }
        let y = Scale::Whole(Range { low: 0.0, high: 1.06 * most });
        Self {
            title,
            x: Axis { label: "value".into(), ..Axis::new(Scale::Linear(range.padded(0.03))) },
            y: Axis { label: "count".into(), ..Axis::new(y) },
            aspect: Aspect::About(0.66),
            grid: true,
            marks,
            keys: Vec::new(),
        }
    }
}
