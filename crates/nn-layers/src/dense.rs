//! The dense layer.

use std::fmt;

use nn_tensor::product::{self, Affine};
use nn_tensor::{Matrix, Scalar, Shape, ShapeError, View, ViewMut, expect_shape};
use rand::Rng;

use crate::initializers::{Fan, FanInUniform, Initializer};
use crate::{Backward, Layer, LayerError, Rectify, Result};

/// The fully connected layer, `Y = X·W + b` (`torch.nn.Linear`).
///
/// `X` is `n × inputs`, `W` is `inputs × outputs`, `b` is `1 × outputs` and added to every row, `Y`
/// is `n × outputs`. PyTorch's `weight` is the transpose, row by row in memory where this is column
/// by column: the same numbers in the same order.
///
/// ```
/// use nn_layers::{Dense, Layer};
/// use nn_tensor::Matrix;
///
/// let weights = Matrix::from([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]]);
/// let biases = Matrix::from([[0.0, 10.0, 100.0]]);
/// let dense = Dense::from_parameters(weights, biases)?;
///
/// let x = Matrix::from([[1.0, 1.0], [2.0, -2.0]]);
/// assert_eq!(dense.forward(&x)?, Matrix::from([[3.0, 11.0, 99.5], [-2.0, 8.0, 97.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
#[doc(alias = "Linear")]
#[derive(Clone, PartialEq)]
pub struct Dense<T = f32> {
    /// `W`, `inputs × outputs`.
    pub weights: Matrix<T>,
    /// `b`, `1 × outputs`.
    pub biases: Matrix<T>,
}

impl<T: Scalar> Dense<T> {
    /// A layer that starts as PyTorch's does: weights and biases uniform in `±1/√inputs`.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where either width is 0.
    pub fn new<R: Rng + ?Sized>(inputs: usize, outputs: usize, rng: &mut R) -> Result<Self> {
        Self::with_initializers(inputs, outputs, &FanInUniform, &FanInUniform, rng)
    }

    /// A layer that starts as told. The weights are drawn first, those of one output after another.
    ///
    /// ```
    /// use nn_layers::{Dense, initializers::{SmallUniform, Zeros}};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let dense =
    ///     Dense::<f64>::with_initializers(2, 3, &SmallUniform::default(), &Zeros, &mut rng)?;
    /// assert!(dense.weights.as_slice().iter().all(|w| (0.0..0.01).contains(w)));
    /// # Ok::<(), nn_layers::LayerError>(())
    /// ```
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where either width is 0, and whatever the initialisers refuse.
    pub fn with_initializers<R: Rng + ?Sized>(
        inputs: usize,
        outputs: usize,
        weights: &dyn Initializer,
        biases: &dyn Initializer,
        mut rng: &mut R,
    ) -> Result<Self> {
        if inputs == 0 || outputs == 0 {
            return Err(LayerError::ZeroWidth { inputs, outputs });
        }
        let fan = Fan { fan_in: inputs, fan_out: outputs };
        // Drawn in f64 and rounded, so that both precisions start from the same place.
        let mut w = Matrix::try_zeros(inputs, outputs)?;
        let mut b = Matrix::try_zeros(1, outputs)?;
        weights.fill(w.view_mut(), fan, &mut rng)?;
        biases.fill(b.view_mut(), fan, &mut rng)?;
        let dense = Self { weights: w.try_cast()?, biases: b.try_cast()? };
        if !dense.weights.is_finite() || !dense.biases.is_finite() {
            let (name, allowed) = ("an initial value", "finite in the precision of the layer");
            return Err(LayerError::Hyperparameter { name, value: f64::INFINITY, allowed });
        }
        Ok(dense)
    }

    /// A layer with the given weights, `inputs × outputs`, and biases, `1 × outputs`.
    ///
    /// # Errors
    /// [`LayerError::ZeroWidth`] where the weights hold nothing, [`LayerError::Shape`] where the
    /// biases do not fit them.
    pub fn from_parameters(weights: Matrix<T>, biases: Matrix<T>) -> Result<Self> {
        let (inputs, outputs) = (weights.rows(), weights.columns());
        if inputs == 0 || outputs == 0 {
            return Err(LayerError::ZeroWidth { inputs, outputs });
        }
        let dense = Self { weights, biases };
        dense.check_biases()?;
        Ok(dense)
    }

    /// Writes the gradients of the parameters, and gives back where that of the input belongs.
    fn backward_of_parameters<'a>(&self, pass: Backward<'a, T>) -> Result<Option<ViewMut<'a, T>>> {
        let outputs = self.output_width(pass.input.columns())?;
        pass.check("Dense", outputs, self.weights.as_slice().len() + outputs)?;
        let (d_weights, d_biases) = pass.d_parameters.split_at_mut(self.weights.as_slice().len());
        let d_weights = ViewMut::from_slice(d_weights, self.weights.rows(), outputs)?;
        // ∂W = Xᵀ·∂Y, ∂b = Σ ∂Y over the samples
        product::transpose_matmul_and_sums(pass.input, pass.d_output, d_weights, d_biases)?;
        Ok(pass.d_input)
    }

    /// Both parameters are public: what was put there is looked at before it is used.
    fn check_biases(&self) -> Result<()> {
        let expected = Shape { rows: 1, columns: self.weights.columns() };
        Ok(expect_shape("Dense", "a bias", expected, self.biases.shape())?)
    }
}

impl<T: Scalar> fmt::Debug for Dense<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dense {{ weights: {}, biases: {} }}", self.weights.shape(), self.biases.shape())
    }
}

impl<T: Scalar> Layer<T> for Dense<T> {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        let (operation, what, expected) = ("Dense", "an input", self.weights.rows());
        if inputs != expected {
            return Err(ShapeError::Width { operation, what, expected, found: inputs }.into());
        }
        self.check_biases()?;
        Ok(self.weights.columns())
    }

    fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        self.output_width(input.columns())?;
        // Y = X·W + b
        Ok(product::affine(input, self.weights.view(), self.biases.as_slice(), output)?)
    }

    fn forward_row(&self, input: &[T], output: &mut [T]) -> Result<()> {
        Ok(product::affine_row(input, &self.weights, self.biases.as_slice(), output)?)
    }

    fn forward_row_rectified(&self, input: &[T], output: &mut [T]) -> Result<()> {
        let (weights, biases) = (&self.weights, self.biases.as_slice());
        Ok(product::affine_row_rectified(input, weights, biases, output)?)
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        let d_output = pass.d_output;
        match self.backward_of_parameters(pass)? {
            // ∂X = ∂Y·Wᵀ
            Some(d_input) => Ok(product::matmul_transpose(d_output, self.weights.view(), d_input)?),
            None => Ok(()),
        }
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        visitor("weight", &self.weights);
        visitor("bias", &self.biases);
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        visitor("weight", self.weights.view_mut());
        visitor("bias", self.biases.view_mut());
    }

    fn rectify(&self) -> Option<&dyn Rectify<T>> {
        Some(self)
    }

    fn needs_output(&self) -> bool {
        false
    }
}

impl<T: Scalar> Rectify<T> for Dense<T> {
    fn affine(&self) -> Option<Affine<'_, T>> {
        Some(Affine { weights: &self.weights, biases: self.biases.as_slice() })
    }

    fn forward_rectified(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
        self.output_width(input.columns())?;
        let (weights, biases) = (self.weights.view(), self.biases.as_slice());
        // Y = max(X·W + b, 0)
        Ok(product::affine_rectified(input, weights, biases, output)?)
    }

    fn backward_rectified(&self, pass: Backward<'_, T>) -> Result<()> {
        let (x, d_output, weights) = (pass.input, pass.d_output, self.weights.view());
        match self.backward_of_parameters(pass)? {
            // ∂X = ∂Y·Wᵀ where X > 0
            Some(d_input) => {
                Ok(product::matmul_transpose_rectified(d_output, weights, x, d_input)?)
            }
            None => Ok(()),
        }
    }
}
