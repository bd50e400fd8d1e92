//! What the layers that normalise share: a scale and a shift that are learnt, and sums of columns.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Scalar, Shape, ViewMut, expect_shape};

use crate::{LayerError, Result};

/// A scale and a shift for each feature, both learnt: `γ·x + β`.
#[derive(Debug, Clone, PartialEq)]
pub struct Affine<T = f32> {
    /// `γ`, `1 × features`.
    pub weights: Matrix<T>,
    /// `β`, `1 × features`.
    pub biases: Matrix<T>,
}

impl<T: Scalar> Affine<T> {
    /// Scales of 1 and shifts of 0.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where there are to be no features.
    pub fn new(features: usize) -> Result<Self> {
        if features == 0 {
            return Err(LayerError::ZeroWidth { inputs: features, outputs: features });
        }
        let mut weights = Matrix::try_zeros(1, features)?;
        weights.as_mut_slice().fill(T::ONE);
        Ok(Self { weights, biases: Matrix::try_zeros(1, features)? })
    }

    pub(crate) fn check(this: Option<&Self>, layer: &'static str, features: usize) -> Result<()> {
        let Some(affine) = this else { return Ok(()) };
        let row = Shape { rows: 1, columns: features };
        expect_shape(layer, "a weight", row, affine.weights.shape())?;
        Ok(expect_shape(layer, "a bias", row, affine.biases.shape())?)
    }

    /// The number of parameters.
    pub(crate) fn count(this: Option<&Self>) -> usize {
        this.map_or(0, |affine| 2 * affine.weights.columns())
    }

    /// The scale and the shift of a feature.
    pub(crate) fn of_feature(this: Option<&Self>, feature: usize) -> [T; 2] {
        this.map_or([T::ONE, T::ZERO], |affine| {
            [affine.weights[(0, feature)], affine.biases[(0, feature)]]
        })
    }

    /// Writes the gradients of a feature's scale and shift to where they belong, if there are any.
    pub(crate) fn write_gradient(d_parameters: &mut [T], feature: usize, gradient: [T; 2]) {
        let (weights, biases) = d_parameters.split_at_mut(d_parameters.len() / 2);
        if let (Some(weight), Some(bias)) = (weights.get_mut(feature), biases.get_mut(feature)) {
            [*weight, *bias] = gradient;
        }
    }

    pub(crate) fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        visitor("weight", &self.weights);
        visitor("bias", &self.biases);
    }

    pub(crate) fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        visitor("weight", self.weights.view_mut());
        visitor("bias", self.biases.view_mut());
    }
}

/// Refuses an `eps` that is negative, infinite or NaN.
pub(crate) fn check_eps(eps: f64) -> Result<()> {
    if eps.is_finite() && eps >= 0.0 {
        return Ok(());
    }
    Err(LayerError::Hyperparameter { name: "eps", value: eps, allowed: "finite and at least 0" })
}

/// `Σ x`
pub(crate) fn sum<T: Scalar>(x: &[T]) -> T {
    dispatch(Sum { x })
}

/// `Σ (x - μ)²`
pub(crate) fn sum_of_squares<T: Scalar>(x: &[T], mean: T) -> T {
    dispatch(SumOfProducts { a: x, a_mean: mean, b: x, b_mean: mean })
}

/// `Σ a·(b - μ)`
pub(crate) fn sum_of_products<T: Scalar>(a: &[T], b: &[T], mean: T) -> T {
    dispatch(SumOfProducts { a, a_mean: T::ZERO, b, b_mean: mean })
}

struct Sum<'a, T> {
    x: &'a [T],
}

impl<T: Scalar> Kernel<T> for Sum<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> T {
        let (blocks, rest) = T::blocks(self.x);
        let mut lanes = simd.load_rest(rest);
        for block in blocks {
            lanes = simd.add(lanes, simd.load(block));
        }
        simd.sum(lanes)
    }
}

/// `Σ (a - ā)·(b - b̄)`
struct SumOfProducts<'a, T> {
    a: &'a [T],
    a_mean: T,
    b: &'a [T],
    b_mean: T,
}

impl<T: Scalar> Kernel<T> for SumOfProducts<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> T {
        let (a_mean, b_mean) = (simd.splat(self.a_mean), simd.splat(self.b_mean));
        let ((a, a_rest), (b, b_rest)) = (T::blocks(self.a), T::blocks(self.b));
        let mut lanes = simd.splat(T::ZERO);
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (simd.sub(simd.load(a), a_mean), simd.sub(simd.load(b), b_mean));
            lanes = simd.mul_add(a, b, lanes);
        }
        let mut sum = simd.sum(lanes);
        for (&a, &b) in a_rest.iter().zip(b_rest) {
            sum += (a - self.a_mean) * (b - self.b_mean);
        }
        sum
    }
}
