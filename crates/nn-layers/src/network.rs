//! Layers in a row.

use std::fmt;
use std::sync::Arc;

use nn_tensor::{Expected, Matrix, Scalar, Shape, View, ViewMut, expect_shape};

use crate::stage::Stage;
use crate::{Layer, LayerError, NetworkBuilder, Result, Trace};

/// A batch is carried through all layers in parts of at least so many rows.
const LEAST_ROWS_AT_ONCE: usize = 512;

/// The values, of what comes in and what layers write, that stay close to a core.
const VALUES_AT_ONCE: usize = 1 << 14;

/// Parts of a batch are a multiple of so many rows, which fill whole tiles of products.
const ROWS: usize = 64;

/// Layers in a row, each taking what the one before it gives (`torch.nn.Sequential`).
///
/// ```
/// use nn_layers::{Network, Relu};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let network: Network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
/// println!("{network}");
/// // Layer     Output   Parameters
/// // 0 Dense   n × 10           30
/// // 1 Relu    n × 10            0
/// // 2 Dense   n × 2            22
/// // Total                      52
/// assert_eq!(format!("{network:?}"), "Network(2 → Dense 10 → Relu → Dense 2, 52 parameters)");
///
/// let logits = network.predict(&Matrix::from([[0.5, -0.5], [1.0, 2.0], [0.0, 0.0]]))?;
/// assert_eq!((logits.rows(), logits.columns()), (3, 2));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "Sequential")]
pub struct Network<T = f32> {
    pub(crate) layers: Vec<Box<dyn Layer<T>>>,
    /// The width of the input, then of each layer's output.
    widths: Vec<usize>,
    /// The same layers as the passes see them; each trace shares them.
    pub(crate) stages: Arc<[Stage]>,
}

/// Which parameter of a network: prints as PyTorch's `nn.Sequential` names it, `0.weight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParameterName {
    /// The place of the layer, counted from 0.
    pub layer: usize,
    /// The parameter's name within the layer.
    pub name: &'static str,
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.layer, self.name)
    }
}

impl<T: Scalar> Network<T> {
    /// Starts a network that takes `inputs` features; see [`NetworkBuilder`].
    #[must_use]
    pub const fn builder(inputs: usize) -> NetworkBuilder<T> {
        NetworkBuilder { inputs, plan: Vec::new() }
    }

    /// A network of layers that are there already.
    ///
    /// # Errors
    /// [`LayerError::NoLayers`] where there are none, [`LayerError::Misfit`] where one does not take
    /// what the one before it gives, [`LayerError::InconsistentParameters`] where the visitors of one
    /// disagree.
    pub fn from_layers(inputs: usize, mut layers: Vec<Box<dyn Layer<T>>>) -> Result<Self> {
        if layers.is_empty() {
            return Err(LayerError::NoLayers);
        }
        let mut widths = vec![inputs];
        for (index, layer) in layers.iter_mut().enumerate() {
            widths.push(width_after(index, layer.as_ref(), widths[index])?);
            check_parameters(index, layer.as_mut())?;
        }
        let stages = Stage::all(&layers, &widths).into();
        Ok(Self { layers, widths, stages })
    }

    /// The width of the input, then of each layer's output.
    #[must_use]
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The width of the output.
    #[must_use]
    pub fn output_width(&self) -> usize {
        self.widths[self.layers.len()]
    }

    /// How many rows of a batch are carried through all layers at once, however many threads there are:
    /// as many as stay close to a core, and at least 512, since each part of a batch has its costs.
    #[must_use]
    pub fn rows_at_once(&self) -> usize {
        let written = self.stages.iter().map(|stage| stage.width);
        let width = written.fold(self.widths[0], usize::saturating_add);
        (VALUES_AT_ONCE / width / ROWS * ROWS).max(LEAST_ROWS_AT_ONCE)
    }

    /// The layers, from the input to the output.
    #[must_use]
    pub fn layers(&self) -> &[Box<dyn Layer<T>>] {
        &self.layers
    }

    /// The number of trainable parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.stages.last().map_or(0, |stage| stage.parameters.end)
    }

    /// Shows each parameter with its name, always in the same order.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(ParameterName, &'a Matrix<T>)) {
        for (layer, each) in self.layers.iter().enumerate() {
            each.visit(&mut |name, parameter| visitor(ParameterName { layer, name }, parameter));
        }
    }

    /// Shows each parameter to be changed, with the same names in the same order.
    pub fn visit_mut(&mut self, visitor: &mut dyn FnMut(ParameterName, ViewMut<'_, T>)) {
        for (layer, each) in self.layers.iter_mut().enumerate() {
            each.visit_mut(&mut |name, parameter| {
                visitor(ParameterName { layer, name }, parameter);
            });
        }
    }

    /// Memory for training passes through this network.
    #[must_use]
    pub fn trace(&self) -> Trace<T> {
        Trace::new(Arc::clone(&self.stages))
    }

    /// How many stages a pass of a batch leaves out, as another stage computes them as well: 0 or 1.
    pub(crate) fn included(&self) -> usize {
        usize::from(self.stages.get(1).is_some_and(|second| second.includes_first))
    }

    pub(crate) fn check_input(&self, operation: &'static str, input: &View<'_, T>) -> Result<()> {
        Ok(expect_shape(operation, "an input", Expected::columns(self.widths[0]), input.shape())?)
    }
}

/// The width of the output of layer `index`.
pub(crate) fn width_after<T: Scalar>(
    index: usize,
    layer: &dyn Layer<T>,
    inputs: usize,
) -> Result<usize> {
    let outputs = layer.output_width(inputs).map_err(|source| LayerError::Misfit {
        index,
        layer: layer.kind(),
        source: Box::new(source),
    })?;
    if inputs == 0 || outputs == 0 {
        return Err(LayerError::ZeroWidth { inputs, outputs });
    }
    Ok(outputs)
}

/// Refuses a layer whose visitors disagree: an optimizer would step half of it, and a state brought back
/// would go into other layers. What is to be changed comes without gaps, in the order of the gradients.
fn check_parameters<T: Scalar>(index: usize, layer: &mut dyn Layer<T>) -> Result<()> {
    let (mut shown, mut shown_mut, mut gaps) = (Vec::new(), Vec::new(), None);
    let mut look = |name: &'static str, values: ViewMut<'_, T>| {
        let (shape, stride) = (values.shape(), values.as_view().stride());
        if shape.columns > 1 && stride != shape.rows {
            gaps = Some((name, shape.rows, stride));
        }
        (name, shape)
    };
    layer.visit(&mut |name, values| shown.push((name, values.shape())));
    layer.visit_mut(&mut |name, values| shown_mut.push(look(name, values)));
    let (mut statistics, mut statistics_mut) = (Vec::new(), Vec::new());
    layer.visit_statistics(&mut |name, values| statistics.push((name, values.shape())));
    layer.visit_statistics_mut(&mut |name, values| statistics_mut.push(look(name, values)));

    let count = |shown: &[(&str, Shape)]| shown.iter().map(|(_, s)| s.rows * s.columns).sum();
    let (kind, counted) = (layer.kind(), layer.parameter_count());
    let (visited, visited_mut): (usize, usize) = (count(&shown), count(&shown_mut));
    if shown != shown_mut || counted != visited {
        let layer = kind;
        return Err(LayerError::InconsistentParameters {
            index,
            layer,
            visited,
            visited_mut,
            counted,
        });
    }
    if statistics != statistics_mut {
        let (layer, visited, visited_mut) = (kind, count(&statistics), count(&statistics_mut));
        return Err(LayerError::InconsistentStatistics { index, layer, visited, visited_mut });
    }
    match gaps {
        Some((name, rows, stride)) => {
            Err(LayerError::GapsBetweenColumns { index, layer: kind, name, rows, stride })
        }
        None => Ok(()),
    }
}

/// One line: `Network(2 → Dense 10 → Relu → Dense 2, 52 parameters)`.
impl<T: Scalar> fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({}", self.widths[0])?;
        for (layer, pair) in self.layers.iter().zip(self.widths.windows(2)) {
            write!(f, " → {}", layer.kind())?;
            if pair[0] != pair[1] || layer.parameter_count() > 0 {
                write!(f, " {}", pair[1])?;
            }
        }
        write!(f, ", {} parameters)", self.parameter_count())
    }
}
