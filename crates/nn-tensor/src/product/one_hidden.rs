//! Two dense layers and the rectified linear unit between them in one, for points of the plane.
//!
//! Nothing that lies between the layers is written: a hidden value is made of two features, and working
//! it anew where it is needed takes less time than writing it and reading it again. Every output is the
//! chain of fused multiply-adds that it is where the layers are worked one by one.

#![allow(
    clippy::needless_range_loop,
    reason = "columns are read by their indices, as in the formula"
)]

use crate::shape::{Expected, expect_length, expect_shape};
use crate::simd::{Kernel, Simd};
use crate::{Matrix, Scalar, Shape, ShapeError, View, ViewMut};

use super::dots::{blocks_of, sum_each};

/// The features of a point.
const FEATURES: usize = 2;

/// The most outputs: the sums of so many, for several rows, stay in registers.
const MOST_OUTPUTS: usize = 4;

/// What a dense layer multiplies by, `W` of `inputs × outputs`, and what it adds, `b` of `outputs` values.
#[derive(Debug, Clone, Copy)]
pub struct Affine<'a, T> {
    /// `W`
    pub weights: &'a Matrix<T>,
    /// `b`
    pub biases: &'a [T],
}

/// `Y = max(X·V + a, 0)·W + b`, with `X` of `n × 2`, `V` of `2 × h`, `W` of `h × m`, `Y` of `n × m`, where
/// `m` is at most 4.
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
            && (1..=MOST_OUTPUTS).contains(&output.biases.len());
        fits.then_some(Self { hidden, output })
    }

    /// Writes `Y`.
    ///
    /// # Errors
    /// [`ShapeError::Mismatch`] where the shapes do not fit.
    pub fn forward(&self, x: View<'_, T>, y: ViewMut<'_, T>) -> Result<(), ShapeError> {
        let name = "OneHidden::forward";
        expect_shape(name, "an input", Expected::columns(FEATURES), x.shape())?;
        let expected = Shape { rows: x.rows(), columns: self.output.biases.len() };
        expect_shape(name, "an output", expected, y.shape())?;
        T::one_hidden_forward(Forward { layers: *self, x, y });
        Ok(())
    }

    /// Writes the gradients of `V`, `a`, `W` and `b`, one after another, each column by column.
    ///
    /// # Errors
    /// [`ShapeError`] where the shapes do not fit.
    pub fn backward(
        &self,
        x: View<'_, T>,
        dy: View<'_, T>,
        gradients: &mut [T],
    ) -> Result<(), ShapeError> {
        let name = "OneHidden::backward";
        let (hidden, outputs) = (self.hidden.biases.len(), self.output.biases.len());
        expect_shape(name, "an input", Expected::columns(FEATURES), x.shape())?;
        let expected = Shape { rows: x.rows(), columns: outputs };
        expect_shape(name, "a gradient", expected, dy.shape())?;
        let expected = (FEATURES + 1) * hidden + (hidden + 1) * outputs;
        expect_length(name, expected, gradients.len())?;
        T::one_hidden_backward(Backward { layers: *self, x, dy, gradients });
        Ok(())
    }

    /// The weights and the bias of hidden unit `j`.
    #[inline(always)]
    fn unit<S: Simd<T>>(&self, simd: S, j: usize) -> Unit<S::Vector> {
        let weights = &self.hidden.weights.as_slice()[FEATURES * j..][..FEATURES];
        let bias = simd.splat(self.hidden.biases[j]);
        Unit { weights: [simd.splat(weights[0]), simd.splat(weights[1])], bias }
    }

    /// What hidden unit `j` is multiplied by for each output.
    #[inline(always)]
    fn shares<S: Simd<T>, const M: usize>(&self, simd: S, j: usize) -> [S::Vector; M] {
        let (weights, hidden) = (self.output.weights.as_slice(), self.hidden.biases.len());
        let mut shares = [simd.splat(T::ZERO); M];
        for o in 0..M {
            shares[o] = simd.splat(weights[o * hidden + j]);
        }
        shares
    }
}

/// A hidden unit.
#[derive(Clone, Copy)]
struct Unit<V> {
    weights: [V; FEATURES],
    bias: V,
}

impl<V: Copy> Unit<V> {
    /// `max(x·v + a, 0)`
    #[inline(always)]
    fn value<T: Scalar, S: Simd<T, Vector = V>>(&self, simd: S, x: [V; FEATURES]) -> V {
        let sum = simd.mul_add(x[0], self.weights[0], self.bias);
        simd.larger(simd.splat(T::ZERO), simd.mul_add(x[1], self.weights[1], sum))
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
            3 => with!(3),
            _ => with!(4),
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
        while const { S::REGISTERS >= 32 } && first + 4 * T::LANES <= rows {
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
    /// `R` blocks of rows from row `first` on, or what is left of a single one.
    #[inline(always)]
    fn rows<S: Simd<T>, const R: usize>(&mut self, simd: S, first: usize) {
        let Forward { layers, x, y } = &mut self.0;
        let rows = first..x.rows().min(first + R * T::LANES);
        let mut points = [[simd.splat(T::ZERO); FEATURES]; R];
        for k in 0..FEATURES {
            let column = &x.column_or_empty(k)[rows.clone()];
            for (point, values) in points.iter_mut().zip(column.chunks(T::LANES)) {
                point[k] = simd.load_rest(values);
            }
        }
        let mut sums = [[simd.splat(T::ZERO); R]; M];
        for o in 0..M {
            sums[o] = [simd.splat(layers.output.biases[o]); R];
        }
        for j in 0..layers.hidden.biases.len() {
            let (unit, shares) = (layers.unit(simd, j), layers.shares::<S, M>(simd, j));
            for r in 0..R {
                let value = unit.value(simd, points[r]);
                for o in 0..M {
                    sums[o][r] = simd.mul_add(value, shares[o], sums[o][r]);
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

impl<T: Scalar> Kernel<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        with_outputs!(self.dy.columns(), M => simd.apart(Units::<T, M>(self)));
    }
}

/// [`Backward`] with `M` outputs.
struct Units<'a, T, const M: usize>(Backward<'a, T>);

impl<T: Scalar, const M: usize> Kernel<T> for Units<'_, T, M> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        let hidden = self.0.layers.hidden.biases.len();
        let mut j = 0;
        while const { S::REGISTERS >= 32 } && j + 2 <= hidden {
            self.units::<S, 2>(simd, j);
            j += 2;
        }
        while j < hidden {
            self.units::<S, 1>(simd, j);
            j += 1;
        }
        self.sum_rows(simd);
    }
}

/// A hidden unit with its sums over the rows.
#[derive(Clone, Copy)]
struct Learner<V, const M: usize> {
    unit: Unit<V>,
    /// `w`
    shares: [V; M],
    /// `∂v = Σ x·∂h`
    d_weights: [V; FEATURES],
    /// `∂a = Σ ∂h`
    d_bias: V,
    /// `∂w = Σ h·∂y`
    d_shares: [V; M],
}

impl<V: Copy, const M: usize> Learner<V, M> {
    /// How many sums there are.
    const SUMS: usize = FEATURES + 1 + M;

    #[inline(always)]
    fn new<T: Scalar, S: Simd<T, Vector = V>>(
        simd: S,
        layers: &OneHidden<'_, T>,
        j: usize,
    ) -> Self {
        let (unit, shares) = (layers.unit(simd, j), layers.shares(simd, j));
        let zero = simd.splat(T::ZERO);
        Self { unit, shares, d_weights: [zero; FEATURES], d_bias: zero, d_shares: [zero; M] }
    }

    /// Adds a block of rows.
    #[inline(always)]
    fn add<T: Scalar, S: Simd<T, Vector = V>>(&mut self, simd: S, x: [V; FEATURES], dy: [V; M]) {
        let value = self.unit.value(simd, x);
        // ∂h = ∂y·Wᵀ where h > 0
        let mut d_value = simd.splat(T::ZERO);
        for o in 0..M {
            d_value = simd.mul_add(dy[o], self.shares[o], d_value);
            self.d_shares[o] = simd.mul_add(value, dy[o], self.d_shares[o]);
        }
        let d_value = simd.where_positive(value, d_value);
        for k in 0..FEATURES {
            self.d_weights[k] = simd.mul_add(x[k], d_value, self.d_weights[k]);
        }
        self.d_bias = simd.add(self.d_bias, d_value);
    }

    /// Writes the sums, one after another.
    #[inline(always)]
    fn copy_sums(&self, to: &mut [V]) {
        to[..FEATURES].copy_from_slice(&self.d_weights);
        to[FEATURES] = self.d_bias;
        to[FEATURES + 1..][..M].copy_from_slice(&self.d_shares);
    }
}

impl<T: Scalar, const M: usize> Units<'_, T, M> {
    /// The gradients of `J` hidden units from `j` on.
    #[inline(always)]
    fn units<S: Simd<T>, const J: usize>(&mut self, simd: S, j: usize) {
        let Backward { layers, x, dy, gradients } = &mut self.0;
        let mut learners = [Learner::<S::Vector, M>::new(simd, layers, j); J];
        for i in 1..J {
            learners[i] = Learner::new(simd, layers, j + i);
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

        let hidden = layers.hidden.biases.len();
        let count = Learner::<S::Vector, M>::SUMS;
        let mut vectors = [zero; 16];
        for i in 0..J {
            learners[i].copy_sums(&mut vectors[i * count..]);
        }
        let totals = sum_each(simd, &vectors[..J * count]);
        for (i, totals) in totals.chunks(count).take(J).enumerate() {
            gradients[FEATURES * (j + i)..][..FEATURES].copy_from_slice(&totals[..FEATURES]);
            for (place, &total) in totals[FEATURES..].iter().enumerate() {
                gradients[(FEATURES + place) * hidden + j + i] = total;
            }
        }
    }

    /// `∂b = Σ ∂y`
    #[inline(always)]
    fn sum_rows<S: Simd<T>>(&mut self, simd: S) {
        let Backward { dy, gradients, .. } = &mut self.0;
        let mut sums = [simd.splat(T::ZERO); M];
        let (blocks, rest) = blocks_of::<T, M>(*dy, 0);
        for o in 0..M {
            for block in blocks[o] {
                sums[o] = simd.add(sums[o], simd.load(block));
            }
            sums[o] = simd.add(sums[o], simd.load_rest(rest[o]));
        }
        let first = gradients.len() - M;
        gradients[first..].copy_from_slice(&sum_each(simd, &sums)[..M]);
    }
}
