//! Layer normalisation.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Scalar, View, ViewMut, expect_shape};

use crate::norm::{Affine, check_eps};
use crate::{Backward, Layer, Result};

/// Brings each row to mean 0 and variance 1 over its features, and then each feature to a scale and a
/// shift that are learnt: `y = γ·(x - μ)/√(σ² + eps) + β` (`torch.nn.LayerNorm`).
///
/// Ba, Kiros and Hinton, "Layer normalization", 2016.
///
/// ```
/// use nn_layers::{Layer, LayerNorm};
/// use nn_tensor::Matrix;
///
/// let layer = LayerNorm { eps: 0.0, ..LayerNorm::new(2)? };
/// assert_eq!(layer.forward(&Matrix::from([[1.0, 3.0]]))?, Matrix::from([[-1.0, 1.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm<T = f32> {
    /// `γ` and `β`, if there are.
    pub affine: Option<Affine<T>>,
    /// Added to the variance, at least 0; 1e-5 by default.
    pub eps: f64,
}

impl<T: Scalar> LayerNorm<T> {
    /// A layer for so many features, with `γ = 1` and `β = 0`.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`](crate::LayerError::ZeroWidth) where there are to be none.
    pub fn new(features: usize) -> Result<Self> {
        Ok(Self { affine: Some(Affine::new(features)?), eps: 1e-5 })
    }
}

impl<T: Scalar> Layer<T> for LayerNorm<T> {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        check_eps(self.eps)?;
        Affine::check(self.affine.as_ref(), "LayerNorm", inputs)?;
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        self.output_width(input.columns())?;
        expect_shape("LayerNorm", "an output", input.shape(), output.shape())?;
        dispatch(Normalize { layer: self, x: input, y: output })
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        let width = self.output_width(pass.input.columns())?;
        pass.check("LayerNorm", width, Affine::count(self.affine.as_ref()))?;
        pass.d_parameters.fill(T::ZERO);
        dispatch(PassBack { layer: self, pass })
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        if let Some(affine) = &self.affine {
            affine.visit(visitor);
        }
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        if let Some(affine) = &mut self.affine {
            affine.visit_mut(visitor);
        }
    }

    fn needs_output(&self) -> bool {
        false
    }
}

/// Rows are worked so many at a time, one number of each in a vector's lane.
const ROWS: usize = 128;

/// One number for each of the rows at work.
type Numbers<T> = [T; ROWS];

/// The mean of each row, and `1/√(σ² + eps)`.
#[inline(always)]
fn moments<T: Scalar>(x: &View<'_, T>, eps: f64) -> [Numbers<T>; 2] {
    let (mut means, mut inverses) = ([T::ZERO; ROWS], [T::ZERO; ROWS]);
    let width = T::from_f64(x.columns() as f64);
    for x in x.iter_columns() {
        for (mean, &x) in means.iter_mut().zip(x) {
            *mean += x;
        }
    }
    for mean in &mut means {
        *mean = *mean / width;
    }
    for x in x.iter_columns() {
        for ((squares, &mean), &x) in inverses.iter_mut().zip(&means).zip(x) {
            *squares += (x - mean) * (x - mean);
        }
    }
    for inverse in &mut inverses {
        *inverse = T::ONE / (*inverse / width + T::from_f64(eps)).sqrt();
    }
    [means, inverses]
}

/// `y = γ·(x - μ)/σ + β`
struct Normalize<'a, T> {
    layer: &'a LayerNorm<T>,
    x: View<'a, T>,
    y: ViewMut<'a, T>,
}

impl<T: Scalar> Kernel<T> for Normalize<'_, T> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, _: S) -> Result<()> {
        if self.x.columns() == 0 {
            return Ok(());
        }
        for start in (0..self.x.rows()).step_by(ROWS) {
            let rows = start..self.x.rows().min(start + ROWS);
            let x = self.x.row_range(rows.clone())?;
            let mut y = self.y.reborrow().row_range(rows)?;
            let [means, inverses] = moments(&x, self.layer.eps);
            for (j, (y, x)) in y.iter_columns_mut().zip(x.iter_columns()).enumerate() {
                let [scale, shift] = Affine::of_feature(self.layer.affine.as_ref(), j);
                let moments = means.iter().zip(&inverses);
                for ((y, &x), (&mean, &inverse)) in y.iter_mut().zip(x).zip(moments) {
                    *y = (x - mean) * inverse * scale + shift;
                }
            }
        }
        Ok(())
    }
}

struct PassBack<'a, 'b, T> {
    layer: &'a LayerNorm<T>,
    pass: Backward<'b, T>,
}

impl<T: Scalar> Kernel<T> for PassBack<'_, '_, T> {
    type Output = Result<()>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) -> Result<()> {
        let Self { layer, mut pass } = self;
        if pass.input.columns() == 0 {
            return Ok(());
        }
        let width = T::from_f64(pass.input.columns() as f64);
        for start in (0..pass.input.rows()).step_by(ROWS) {
            let rows = start..pass.input.rows().min(start + ROWS);
            let x = pass.input.row_range(rows.clone())?;
            let dy = pass.d_output.row_range(rows.clone())?;
            let [means, inverses] = moments(&x, layer.eps);

            // With x̂ = (x - μ)/σ: ∂γ = Σ ∂y·x̂ and ∂β = Σ ∂y over the rows; of each row, the mean of
            // γ·∂y and of γ·∂y·x̂ over the features.
            let (mut plain, mut weighted) = ([T::ZERO; ROWS], [T::ZERO; ROWS]);
            let half = pass.d_parameters.len() / 2;
            for (j, (x, dy)) in x.iter_columns().zip(dy.iter_columns()).enumerate() {
                let scale = Affine::of_feature(layer.affine.as_ref(), j)[0] / width;
                let (mut d_scale, mut d_shift) = ([T::ZERO; ROWS], [T::ZERO; ROWS]);
                for (i, (&x, &dy)) in x.iter().zip(dy).enumerate() {
                    let normalized = (x - means[i]) * inverses[i];
                    (d_scale[i], d_shift[i]) = (dy * normalized, dy);
                    plain[i] += scale * dy;
                    weighted[i] += scale * dy * normalized;
                }
                if half > 0 {
                    pass.d_parameters[j] += d_scale.iter().copied().sum();
                    pass.d_parameters[half + j] += d_shift.iter().copied().sum();
                }
            }

            // ∂x = (γ·∂y - mean(γ·∂y) - x̂·mean(γ·∂y·x̂))/σ
            let Some(d_input) = &mut pass.d_input else { continue };
            let mut d_input = d_input.reborrow().row_range(rows)?;
            let columns = x.iter_columns().zip(dy.iter_columns());
            for (j, (dx, (x, dy))) in d_input.iter_columns_mut().zip(columns).enumerate() {
                let scale = Affine::of_feature(layer.affine.as_ref(), j)[0];
                for (i, (dx, (&x, &dy))) in dx.iter_mut().zip(x.iter().zip(dy)).enumerate() {
                    let normalized = (x - means[i]) * inverses[i];
                    *dx = (scale * dy - plain[i] - normalized * weighted[i]) * inverses[i];
                }
            }
        }
        Ok(())
    }
}
