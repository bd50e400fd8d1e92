//! Two dense layers and the rectified linear unit between them in one, for points of the plane.
//!
//! Nothing that lies between the layers is written: a hidden value is made of two features, and working
//! it anew where it is needed takes less time than writing it and reading it again. Every output is the
//! chain of fused multiply-adds that it is where the layers are worked one by one.

#![allow(
    clippy::needless_range_loop,
    reason = "columns are read by their indices, as in the formula"
)]

use std::ops::Range;

use crate::shape::{Expected, expect_length, expect_shape};
use crate::simd::{Kernel, Simd};
use crate::{Matrix, Scalar, Shape, ShapeError, View, ViewMut};

use super::dots::{blocks_of, sum_rows};

/// The features of a point.
const FEATURES: usize = 2;

/// The most outputs. Each number of them is a kernel of its own, which takes its time to compile.
const MOST_OUTPUTS: usize = 3;

/// What a dense layer multiplies by, `W` of `inputs × outputs`, and what it adds, `b` of `outputs` values.
#[derive(Debug, Clone, Copy)]
pub struct Affine<'a, T> {
    /// `W`
    pub weights: &'a Matrix<T>,
    /// `b`
    pub biases: &'a [T],
}

/// `Y = max(X·V + a, 0)·W + b`, with `X` of `n × 2`, `V` of `2 × h`, `W` of `h × m`, `Y` of `n × m`, where
/// `m` is at most 3.
///
/// ```
/// use nn_tensor::Matrix;
/// use nn_tensor::product::{Affine, OneHidden};
///
/// let (v, a) = (Matrix::from([[1.0, -1.0], [0.0, 2.0]]), [0.0, 1.0]);
/// let (w, b) = (Matrix::from([[3.0], [0.5]]), [10.0]);
/// let (hidden, output) = (Affine { weights: &v, biases: &a }, Affine { weights: &w, biases: &b });
/// let both = OneHidden::new(hidden, output).unwrap();
///
/// let x = Matrix::from([[2.0, 1.0], [0.0, -1.0]]);
/// let mut y = Matrix::zeros(2, 1);
/// both.forward(x.view(), y.view_mut())?;
/// assert_eq!(y, Matrix::from([[16.5], [10.0]]));
///
/// let (dy, mut gradients) = (Matrix::from([[1.0], [1.0]]), [0.0; 9]);
/// both.backward(x.view(), dy.view(), &mut gradients)?;
/// assert_eq!(gradients, [6.0, 3.0, 1.0, 0.5, 3.0, 0.5, 2.0, 1.0, 2.0]);
/// # Ok::<(), nn_tensor::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OneHidden<'a, T> {
    /// `V` and `a`
    hidden: Affine<'a, T>,
    /// `W` and `b`
    output: Affine<'a, T>,
}

impl<'a, T: Scalar> OneHidden<'a, T> {
    /// The two layers, or nothing where they have not the widths that this is for.
    #[must_use]
    pub fn new(hidden: Affine<'a, T>, output: Affine<'a, T>) -> Option<Self> {
        let fits = hidden.weights.rows() == FEATURES
            && hidden.weights.columns() == hidden.biases.len()
            && hidden.biases.len() == output.weights.rows()
            && output.weights.columns() == output.biases.len()
            && !hidden.biases.is_empty()
            && (1..=MOST_OUTPUTS).contains(&output.biases.len());
        fits.then_some(Self { hidden, output })
    }

    /// Writes `Y`.
    ///
    /// # Errors
    /// [`ShapeError::Mismatch`] where the shapes do not fit.
    pub fn forward(&self, x: View<'_, T>, y: ViewMut<'_, T>) -> Result<(), ShapeError> {
        T::one_hidden_forward(Forward::new(*self, x, y)?);
        Ok(())
    }

    /// Writes the gradients of `V`, `a`, `W` and `b`, one after another, each column by column, from that
    /// of `Y`.
    ///
    /// # Errors
    /// [`ShapeError`] where the shapes do not fit.
    pub fn backward(
        &self,
        x: View<'_, T>,
        dy: View<'_, T>,
        gradients: &mut [T],
    ) -> Result<(), ShapeError> {
        T::one_hidden_backward(Backward::new(*self, x, dy, gradients)?);
        Ok(())
    }

    /// Refuses an input and an output, or its gradient, that do not fit.
    fn check(&self, name: &'static str, x: Shape, y: Shape) -> Result<(), ShapeError> {
        expect_shape(name, "an input", Expected::columns(FEATURES), x)?;
        expect_shape(name, "an output", Shape { columns: self.output.biases.len(), ..x }, y)
    }

    /// The hidden units, with `M` outputs.
    #[inline(always)]
    fn units<const M: usize>(&self) -> Units<'a, T, M> {
        let hidden = self.hidden.biases.len();
        let mut output_weights: [&[T]; M] = [&[]; M];
        for (o, output_weights) in output_weights.iter_mut().enumerate() {
            *output_weights = &self.output.weights.as_slice()[o * hidden..][..hidden];
        }
        let (weights, _) = self.hidden.weights.as_slice().as_chunks();
        Units { weights: &weights[..hidden], biases: self.hidden.biases, output_weights }
    }
}

/// The hidden units, each with two weights, a bias and its weight for each of `M` outputs.
#[derive(Clone, Copy)]
struct Units<'a, T, const M: usize> {
    weights: &'a [[T; FEATURES]],
    biases: &'a [T],
    output_weights: [&'a [T]; M],
}

impl<T: Scalar, const M: usize> Units<'_, T, M> {
    /// Unit `j`, and what it is multiplied by for each output.
    #[inline(always)]
    fn get<S: Simd<T>>(&self, simd: S, j: usize) -> (Unit<S::Vector>, [S::Vector; M]) {
        let [first, second] = self.weights[j];
        let weights = [simd.splat(first), simd.splat(second)];
        let mut output_weights = [simd.splat(T::ZERO); M];
        for o in 0..M {
            output_weights[o] = simd.splat(self.output_weights[o][j]);
        }
        (Unit { weights, bias: simd.splat(self.biases[j]) }, output_weights)
    }
}

/// A hidden unit.
#[derive(Clone, Copy)]
struct Unit<V> {
    weights: [V; FEATURES],
    bias: V,
}

impl<V: Copy> Unit<V> {
    /// `x·v + a`
    #[inline(always)]
    fn sum<T: Scalar, S: Simd<T, Vector = V>>(&self, simd: S, x: [V; FEATURES]) -> V {
        let sum = simd.mul_add(x[0], self.weights[0], self.bias);
        simd.mul_add(x[1], self.weights[1], sum)
    }

    /// `max(x·v + a, 0)`
    #[inline(always)]
    fn value<T: Scalar, S: Simd<T, Vector = V>>(&self, simd: S, x: [V; FEATURES]) -> V {
        simd.max(simd.splat(T::ZERO), self.sum(simd, x))
    }
}

/// Evaluates an expression with the number of outputs as a constant.
macro_rules! with_outputs {
    ($outputs:expr, $constant:ident => $expression:expr) => {{
        macro_rules! with {
            ($value:literal) => {{
                const $constant: usize = $value;
                $expression
            }};
        }
        match $outputs {
            1 => with!(1),
            2 => with!(2),
            _ => with!(3),
        }
    }};
}

/// The forward pass.
#[derive(Debug)]
pub struct Forward<'a, T> {
    layers: OneHidden<'a, T>,
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<'a, T: Scalar> Forward<'a, T> {
    pub(crate) fn new(
        layers: OneHidden<'a, T>,
        x: View<'a, T>,
        y: ViewMut<'a, T>,
    ) -> Result<Self, ShapeError> {
        layers.check("OneHidden::forward", x.shape(), y.shape())?;
        Ok(Self { layers, x, y })
    }
}

impl<T: Scalar> Kernel<T> for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        with_outputs!(self.y.columns(), M => simd.apart(Outputs::<T, M>(self)));
    }
}

/// [`Forward`] with `M` outputs.
struct Outputs<'a, T, const M: usize>(Forward<'a, T>);

impl<T: Scalar, const M: usize> Kernel<T> for Outputs<'_, T, M> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        let rows = self.0.x.rows();
        let mut first = 0;
        while const { S::MANY_REGISTERS } && first + 4 * T::LANES <= rows {
            self.rows::<S, 4>(simd, first);
            first += 4 * T::LANES;
        }
        while first < rows {
            self.rows::<S, 1>(simd, first);
            first += T::LANES;
        }
    }
}

impl<T: Scalar, const M: usize> Outputs<'_, T, M> {
    /// `R` blocks of rows from row `first` on, as far as there are so many.
    #[inline(always)]
    fn rows<S: Simd<T>, const R: usize>(&mut self, simd: S, first: usize) {
        let Forward { layers, x, y } = &mut self.0;
        let rows = first..x.rows().min(first + R * T::LANES);
        let mut points = [[simd.splat(T::ZERO); FEATURES]; R];
        for k in 0..FEATURES {
            let column = &x.column_at(k)[rows.clone()];
            for (point, values) in points.iter_mut().zip(column.chunks(T::LANES)) {
                point[k] = simd.load_rest(values);
            }
        }
        let mut sums = [[simd.splat(T::ZERO); R]; M];
        for o in 0..M {
            sums[o] = [simd.splat(layers.output.biases[o]); R];
        }
        let units = layers.units::<M>();
        for j in 0..units.weights.len() {
            let (unit, output_weights) = units.get(simd, j);
            for r in 0..R {
                let value = unit.value(simd, points[r]);
                for o in 0..M {
                    sums[o][r] = simd.mul_add(value, output_weights[o], sums[o][r]);
                }
            }
        }
        for (sums, column) in sums.into_iter().zip(y.columns_from::<M>(0)) {
            for (sum, values) in sums.into_iter().zip(column[rows.clone()].chunks_mut(T::LANES)) {
                simd.store_rest(sum, values);
            }
        }
    }
}

/// The backward pass.
#[derive(Debug)]
pub struct Backward<'a, T> {
    layers: OneHidden<'a, T>,
    x: View<'a, T>,
    dy: View<'a, T>,
    gradients: &'a mut [T],
}

impl<'a, T: Scalar> Backward<'a, T> {
    pub(crate) fn new(
        layers: OneHidden<'a, T>,
        x: View<'a, T>,
        dy: View<'a, T>,
        gradients: &'a mut [T],
    ) -> Result<Self, ShapeError> {
        let name = "OneHidden::backward";
        layers.check(name, x.shape(), dy.shape())?;
        let (hidden, outputs) = (layers.hidden.biases.len(), layers.output.biases.len());
        let expected = (FEATURES + 1) * hidden + (hidden + 1) * outputs;
        expect_length(name, expected, gradients.len())?;
        Ok(Self { layers, x, dy, gradients })
    }
}

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        with_outputs!(self.dy.columns(), M => simd.apart(Gradients::<T, M>(self)));
    }
}

/// [`Backward`] with `M` outputs.
struct Gradients<'a, T, const M: usize>(Backward<'a, T>);

impl<T: Scalar, const M: usize> Kernel<T> for Gradients<'_, T, M> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        let hidden = self.0.layers.hidden.biases.len();
        let mut sums = Sums::none(simd);
        for first in (0..hidden).step_by(T::LANES) {
            let end = hidden.min(first + T::LANES);
            let mut j = first;
            while const { S::MANY_REGISTERS } && j + 2 <= end {
                self.learn::<S, 2>(simd, j, &mut sums);
                j += 2;
            }
            while j < end {
                self.learn::<S, 1>(simd, j, &mut sums);
                j += 1;
            }
            sums.write(simd, first..end, hidden, self.0.gradients);
        }
        self.sum_outputs(simd);
    }
}

/// The most values of a block.
const MOST_LANES: usize = 16;

/// How many sums a hidden unit has: those for its two weights, `∂v = Σ x·∂h`, for its bias, `∂a = Σ ∂h`,
/// and for its weight for each output, `∂w = Σ h·∂y`.
const SUMS: usize = FEATURES + 1 + MOST_OUTPUTS;

/// The sums of as many hidden units as a block has values, each a block that is still to be added up.
struct Sums<V>([[V; MOST_LANES]; SUMS]);

impl<V: Copy> Sums<V> {
    #[inline(always)]
    fn none<T: Scalar, S: Simd<T, Vector = V>>(simd: S) -> Self {
        Self([[simd.splat(T::ZERO); MOST_LANES]; SUMS])
    }

    /// Adds them up, and writes the gradients of some hidden units of so many.
    #[inline(always)]
    fn write<T: Scalar, S: Simd<T, Vector = V>>(
        &self,
        simd: S,
        units: Range<usize>,
        hidden: usize,
        gradients: &mut [T],
    ) {
        let outputs = (gradients.len() - (FEATURES + 1) * hidden) / (hidden + 1);
        let (weights, others) = gradients.split_at_mut(FEATURES * hidden);
        let weights = &mut weights[FEATURES * units.start..];
        for (sum, blocks) in self.0[..FEATURES + 1 + outputs].iter().enumerate() {
            let mut totals = T::ZERO_BLOCK;
            simd.store(sum_rows(simd, blocks), &mut totals);
            let totals = &totals.as_ref()[..units.len()];
            match sum.checked_sub(FEATURES) {
                None => {
                    let weights = weights.iter_mut().skip(sum).step_by(FEATURES);
                    weights.zip(totals).for_each(|(weight, &total)| *weight = total);
                }
                Some(row) => {
                    others[row * hidden + units.start..][..units.len()].copy_from_slice(totals);
                }
            }
        }
    }
}

/// A hidden unit with its sums over the rows.
#[derive(Clone, Copy)]
struct Learner<V, const M: usize> {
    unit: Unit<V>,
    /// `w`
    output_weights: [V; M],
    /// `∂v = Σ x·∂h`
    d_weights: [V; FEATURES],
    /// `∂a = Σ ∂h`
    d_bias: V,
    /// `∂w = Σ h·∂y`
    d_output_weights: [V; M],
}

impl<V: Copy, const M: usize> Learner<V, M> {
    #[inline(always)]
    fn new<T: Scalar, S: Simd<T, Vector = V>>(simd: S, units: &Units<'_, T, M>, j: usize) -> Self {
        let (unit, output_weights) = units.get(simd, j);
        let zero = simd.splat(T::ZERO);
        Self {
            unit,
            output_weights,
            d_weights: [zero; FEATURES],
            d_bias: zero,
            d_output_weights: [zero; M],
        }
    }

    /// Adds a block of rows.
    #[inline(always)]
    fn add<T: Scalar, S: Simd<T, Vector = V>>(&mut self, simd: S, x: [V; FEATURES], dy: [V; M]) {
        // h is this where it is positive; elsewhere nothing is added to any sum.
        let z = self.unit.sum(simd, x);
        // ∂h = ∂y·Wᵀ
        let mut d_value = simd.splat(T::ZERO);
        for o in 0..M {
            d_value = simd.mul_add(dy[o], self.output_weights[o], d_value);
            self.d_output_weights[o] =
                simd.mul_add_where_positive(z, z, dy[o], self.d_output_weights[o]);
        }
        for k in 0..FEATURES {
            let sum = self.d_weights[k];
            self.d_weights[k] = simd.mul_add_where_positive(z, d_value, x[k], sum);
        }
        let one = simd.splat(T::ONE);
        self.d_bias = simd.mul_add_where_positive(z, d_value, one, self.d_bias);
    }

    /// Keeps the sums as those of the unit at a place of its block.
    #[inline(always)]
    fn keep(&self, place: usize, Sums(sums): &mut Sums<V>) {
        for k in 0..FEATURES {
            sums[k][place] = self.d_weights[k];
        }
        sums[FEATURES][place] = self.d_bias;
        for o in 0..M {
            sums[FEATURES + 1 + o][place] = self.d_output_weights[o];
        }
    }
}

impl<T: Scalar, const M: usize> Gradients<'_, T, M> {
    /// The sums of `J` hidden units from `j` on.
    #[inline(always)]
    fn learn<S: Simd<T>, const J: usize>(&self, simd: S, j: usize, sums: &mut Sums<S::Vector>) {
        let Backward { layers, x, dy, .. } = &self.0;
        let units = layers.units::<M>();
        let mut learners = [Learner::new(simd, &units, j); J];
        for i in 1..J {
            learners[i] = Learner::new(simd, &units, j + i);
        }
        let zero = simd.splat(T::ZERO);
        let (mut point, mut d_output) = ([zero; FEATURES], [zero; M]);
        let (x, x_rest) = blocks_of::<T, FEATURES>(*x, 0);
        let (dy, dy_rest) = blocks_of::<T, M>(*dy, 0);
        for block in 0..x[0].len() {
            for k in 0..FEATURES {
                point[k] = simd.load(&x[k][block]);
            }
            for o in 0..M {
                d_output[o] = simd.load(&dy[o][block]);
            }
            for i in 0..J {
                learners[i].add(simd, point, d_output);
            }
        }
        if !x_rest[0].is_empty() {
            for k in 0..FEATURES {
                point[k] = simd.load_rest(x_rest[k]);
            }
            for o in 0..M {
                d_output[o] = simd.load_rest(dy_rest[o]);
            }
            for i in 0..J {
                learners[i].add(simd, point, d_output);
            }
        }

        for i in 0..J {
            learners[i].keep((j + i) % T::LANES, sums);
        }
    }

    /// `∂b = Σ ∂y`
    #[inline(always)]
    fn sum_outputs<S: Simd<T>>(&mut self, simd: S) {
        let Backward { dy, gradients, .. } = &mut self.0;
        let (blocks, rest) = blocks_of::<T, M>(*dy, 0);
        let first = gradients.len() - M;
        for o in 0..M {
            let mut sum = simd.load_rest(rest[o]);
            for block in blocks[o] {
                sum = simd.add(sum, simd.load(block));
            }
            gradients[first + o] = simd.sum(sum);
        }
    }
}
