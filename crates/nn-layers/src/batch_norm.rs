//! Batch normalisation.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Matrix, Scalar, Shape, ShapeError, View, ViewMut, expect_length, expect_shape};

use crate::in_training::{InTraining, Randomness};
use crate::norm::{Affine, check_eps, sum, sum_of_products, sum_of_squares};
use crate::{Backward, Layer, LayerError, Result};

/// Brings each feature to mean 0 and variance 1 over the batch, and then to a scale and a shift that are
/// learnt: `y = γ·(x - μ)/√(σ² + eps) + β` (`torch.nn.BatchNorm1d`).
///
/// In training, `μ` and `σ²` are the mean and the variance of the batch, which must have at least 2 rows
/// and is worked as a whole. In inference, they are the running mean and the running variance, towards
/// which each step of an optimizer moves the layer: `running ← (1 - momentum)·running +
/// momentum·batch`, with the variance of the batch divided by `n - 1` there, as in PyTorch.
///
/// Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal
/// covariate shift", 2015.
///
/// ```
/// use nn_layers::{BatchNorm, Network, Relu};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let builder = Network::<f32>::builder(2).dense(8).layer_for_width(BatchNorm::new).layer(Relu);
/// let network = builder.dense(2).build(&mut rng)?;
/// assert_eq!(
///     format!("{network:?}"),
///     "Network(2 → Dense 8 → BatchNorm 8 → Relu → Dense 2, 58 parameters)"
/// );
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "BatchNorm1d")]
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm<T = f32> {
    /// `γ` and `β`, if there are.
    pub affine: Option<Affine<T>>,
    /// `μ` in inference, `1 × features`.
    pub running_mean: Matrix<T>,
    /// `σ²` in inference, `1 × features`.
    pub running_var: Matrix<T>,
    /// How much of a batch goes into the running statistics, from 0 to 1; 0.1 by default.
    pub momentum: f64,
    /// Added to the variance, at least 0; 1e-5 by default.
    pub eps: f64,
}

impl<T: Scalar> BatchNorm<T> {
    /// A layer for so many features, with `γ = 1`, `β = 0`, a running mean of 0 and a running variance
    /// of 1.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where there are to be none.
    pub fn new(features: usize) -> Result<Self> {
        let affine = Some(Affine::new(features)?);
        let mut running_var = Matrix::try_zeros(1, features)?;
        running_var.as_mut_slice().fill(T::ONE);
        let running_mean = Matrix::try_zeros(1, features)?;
        Ok(Self { affine, running_mean, running_var, momentum: 0.1, eps: 1e-5 })
    }

    /// All fields are public: what was put there is looked at before it is used.
    fn check(&self, inputs: usize) -> Result<()> {
        check_eps(self.eps)?;
        if !(0.0..=1.0).contains(&self.momentum) {
            let (name, value, allowed) = ("momentum", self.momentum, "from 0 to 1");
            return Err(LayerError::Hyperparameter { name, value, allowed });
        }
        let (operation, what, expected) = ("BatchNorm", "an input", self.running_mean.columns());
        if inputs != expected {
            return Err(ShapeError::Width { operation, what, expected, found: inputs }.into());
        }
        let row = Shape { rows: 1, columns: inputs };
        expect_shape(operation, "a running mean", row, self.running_mean.shape())?;
        expect_shape(operation, "a running variance", row, self.running_var.shape())?;
        Affine::check(self.affine.as_ref(), operation, inputs)
    }

    /// `1/√(σ² + eps)`
    fn inverse_deviation(&self, variance: T) -> T {
        T::ONE / (variance + T::from_f64(self.eps)).sqrt()
    }
}

impl<T: Scalar> Layer<T> for BatchNorm<T> {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        self.check(inputs).map(|()| inputs)
    }

    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        self.check(input.columns())?;
        expect_shape("BatchNorm", "an output", input.shape(), output.shape())?;
        for (j, (y, x)) in output.iter_columns_mut().zip(input.iter_columns()).enumerate() {
            let inverse = self.inverse_deviation(self.running_var[(0, j)]);
            let scale_and_shift = Affine::of_feature(self.affine.as_ref(), j);
            dispatch(Normalize { x, mean: self.running_mean[(0, j)], inverse, scale_and_shift, y });
        }
        Ok(())
    }

    fn backward_into(&self, mut pass: Backward<'_, T>) -> Result<()> {
        self.check(pass.input.columns())?;
        let parameters = Affine::count(self.affine.as_ref());
        pass.check("BatchNorm", pass.input.columns(), parameters)?;
        for j in 0..pass.input.columns() {
            let (Some(x), Some(dy)) = (pass.input.column(j), pass.d_output.column(j)) else {
                break;
            };
            let mean = self.running_mean[(0, j)];
            let inverse = self.inverse_deviation(self.running_var[(0, j)]);
            // ∂β = Σ ∂y, ∂γ = Σ ∂y·(x - μ)/σ
            let (d_shift, d_scale) = (sum(dy), sum_of_products(dy, x, mean) * inverse);
            Affine::write_gradient(pass.d_parameters, j, [d_scale, d_shift]);
            if let Some(dx) = pass.d_input.as_mut().and_then(|dx| dx.column_mut(j)) {
                let scale = Affine::of_feature(self.affine.as_ref(), j)[0] * inverse;
                for (dx, &dy) in dx.iter_mut().zip(dy) {
                    *dx = scale * dy;
                }
            }
        }
        Ok(())
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

    fn visit_statistics<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        visitor("running_mean", &self.running_mean);
        visitor("running_var", &self.running_var);
    }

    fn visit_statistics_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        visitor("running_mean", self.running_mean.view_mut());
        visitor("running_var", self.running_var.view_mut());
    }

    fn in_training(&self) -> Option<&dyn InTraining<T>> {
        Some(self)
    }

    fn in_training_mut(&mut self) -> Option<&mut dyn InTraining<T>> {
        Some(self)
    }

    fn needs_output(&self) -> bool {
        false
    }
}

impl<T: Scalar> InTraining<T> for BatchNorm<T> {
    /// The mean, `1/√(σ² + eps)` and the unbiased variance of each feature.
    fn remembers(&self, input: Shape) -> usize {
        input.columns.saturating_mul(3)
    }

    fn couples_rows(&self) -> bool {
        true
    }

    fn forward_training(
        &self,
        input: View<'_, T>,
        mut output: ViewMut<'_, T>,
        remembered: &mut [T],
        _: Randomness,
    ) -> Result<()> {
        self.check(input.columns())?;
        expect_shape("BatchNorm", "an output", input.shape(), output.shape())?;
        expect_length("BatchNorm", 3 * input.columns(), remembered.len())?;
        if input.rows() < 2 {
            return Err(LayerError::TooFewRows { rows: input.rows(), least: 2 });
        }
        let n = T::from_f64(input.rows() as f64);
        let columns = output.iter_columns_mut().zip(input.iter_columns());
        for (j, ((y, x), remembered)) in columns.zip(remembered.chunks_exact_mut(3)).enumerate() {
            let mean = sum(x) / n;
            let squares = sum_of_squares(x, mean);
            let inverse = self.inverse_deviation(squares / n);
            remembered.copy_from_slice(&[mean, inverse, squares / (n - T::ONE)]);
            let scale_and_shift = Affine::of_feature(self.affine.as_ref(), j);
            dispatch(Normalize { x, mean, inverse, scale_and_shift, y });
        }
        Ok(())
    }

    fn backward_training(&self, mut pass: Backward<'_, T>, remembered: &[T]) -> Result<()> {
        self.check(pass.input.columns())?;
        let parameters = Affine::count(self.affine.as_ref());
        pass.check("BatchNorm", pass.input.columns(), parameters)?;
        expect_length("BatchNorm", 3 * pass.input.columns(), remembered.len())?;
        let n = T::from_f64(pass.input.rows() as f64);
        for (j, remembered) in remembered.chunks_exact(3).enumerate() {
            let (Some(x), Some(dy)) = (pass.input.column(j), pass.d_output.column(j)) else {
                break;
            };
            let (mean, inverse) = (remembered[0], remembered[1]);
            // ∂β = Σ ∂y, ∂γ = Σ ∂y·x̂ with x̂ = (x - μ)/σ
            let (d_shift, d_scale) = (sum(dy), sum_of_products(dy, x, mean) * inverse);
            Affine::write_gradient(pass.d_parameters, j, [d_scale, d_shift]);
            if let Some(dx) = pass.d_input.as_mut().and_then(|dx| dx.column_mut(j)) {
                // ∂x = γ/σ·(∂y - ∂β/n - x̂·∂γ/n)
                let scale = Affine::of_feature(self.affine.as_ref(), j)[0] * inverse;
                let means = [d_shift / n, d_scale * inverse / n];
                dispatch(PassBack { x, dy, mean, means, scale, dx });
            }
        }
        Ok(())
    }

    fn update_statistics(&mut self, remembered: &[T]) {
        let (kept, taken) = (T::from_f64(1.0 - self.momentum), T::from_f64(self.momentum));
        let means = self.running_mean.as_mut_slice().iter_mut();
        let running = means.zip(self.running_var.as_mut_slice());
        for ((mean, var), batch) in running.zip(remembered.chunks_exact(3)) {
            // Not by a difference, which would make NaN of a variance that is infinite once.
            *mean = kept * *mean + taken * batch[0];
            *var = kept * *var + taken * batch[2];
        }
    }
}

/// `y = γ·(x - μ)/σ + β`
struct Normalize<'a, T> {
    x: &'a [T],
    mean: T,
    inverse: T,
    scale_and_shift: [T; 2],
    y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Normalize<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        let [scale, shift] = self.scale_and_shift;
        let factor = scale * self.inverse;
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = (x - self.mean) * factor + shift;
        }
    }
}

/// `∂x = scale·(∂y - m₀ - (x - μ)·m₁)`
struct PassBack<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    mean: T,
    means: [T; 2],
    scale: T,
    dx: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for PassBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        for ((dx, &x), &dy) in self.dx.iter_mut().zip(self.x).zip(self.dy) {
            *dx = self.scale * (dy - self.means[0] - (x - self.mean) * self.means[1]);
        }
    }
}
