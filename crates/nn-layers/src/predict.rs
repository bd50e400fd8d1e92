//! Inference.

use nn_tensor::{Matrix, Scalar, Shape, View, ViewMut, expect_shape};

use crate::columns::Columns;
use crate::{Network, Result};

/// Memory for [`Network::predict_into`]: what passes between the layers.
#[derive(Debug, Clone)]
pub struct Scratch<T = f32>([Columns<T>; 2]);

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self([Columns::default(), Columns::default()])
    }
}

impl<T: Scalar> Network<T> {
    /// The output, `n × outputs`, for an input of `n × inputs`.
    ///
    /// # Errors
    /// [`LayerError::Shape`](crate::LayerError::Shape) where the input has another number of columns.
    pub fn predict<'a>(&self, input: impl Into<View<'a, T>>) -> Result<Matrix<T>> {
        let input = input.into();
        let mut output = Matrix::try_zeros(input.rows(), self.output_width())?;
        self.predict_into(input, output.view_mut(), &mut Scratch::default())?;
        Ok(output)
    }

    /// Writes the output, `n × outputs`, for an input of `n × inputs`. Takes no memory where `scratch`
    /// has served as many rows of this network before; each thread has a scratch of its own.
    ///
    /// ```
    /// use nn_layers::{Network, Relu, Scratch};
    /// use nn_tensor::Matrix;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network: Network = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
    /// let (mut scratch, mut output) = (Scratch::default(), Matrix::zeros(1, 2));
    /// for i in 0..3 {
    ///     let sample = Matrix::from([[0.5, i as f32]]);
    ///     network.predict_into(sample.view(), output.view_mut(), &mut scratch)?;
    ///     assert_eq!(output, network.predict(&sample)?);
    /// }
    /// # Ok::<(), nn_layers::LayerError>(())
    /// ```
    ///
    /// # Errors
    /// [`LayerError::Shape`](crate::LayerError::Shape) where the input or the output has the wrong shape.
    pub fn predict_into(
        &self,
        input: View<'_, T>,
        mut output: ViewMut<'_, T>,
        scratch: &mut Scratch<T>,
    ) -> Result<()> {
        self.check_input("predict", &input)?;
        let expected = Shape { rows: input.rows(), columns: self.output_width() };
        expect_shape("predict", "an output", expected, output.shape())?;
        if let (Some(input), Some(output)) = (input.as_row(), output.as_row_mut()) {
            return self.predict_row(input, &mut scratch.0, output);
        }
        self.predict_batch(input, output, &mut scratch.0)
    }

    /// Not inlined, since it would take registers from [`Network::predict_row`].
    #[inline(never)]
    fn predict_batch(
        &self,
        input: View<'_, T>,
        mut output: ViewMut<'_, T>,
        buffers: &mut [Columns<T>; 2],
    ) -> Result<()> {
        let (rows, at_most) = (input.rows(), self.rows_at_once());
        for start in (0..rows).step_by(at_most) {
            let range = start..rows.min(start + at_most);
            let x = input.row_range(range.clone())?;
            self.predict_rows(x, buffers, output.reborrow().row_range(range)?)?;
        }
        Ok(())
    }

    /// Carries a few rows through all layers, between two buffers in turn.
    fn predict_rows(
        &self,
        input: View<'_, T>,
        [from, to]: &mut [Columns<T>; 2],
        output: ViewMut<'_, T>,
    ) -> Result<()> {
        let rows = input.rows();
        let stages = &self.stages[self.included()..];
        let Some((last, others)) = stages.split_last() else { return Ok(()) };
        // The first layer reads the input, every other what the one before it wrote.
        let mut x = input;
        for stage in others {
            to.resize(rows, stage.width)?;
            stage.forward(&self.layers, x, to.view_mut(rows, stage.width)?)?;
            std::mem::swap(from, to);
            x = from.view(rows, stage.width)?;
        }
        last.forward(&self.layers, x, output)
    }

    /// The same for a single row, where the way from layer to layer takes as long as the layers.
    #[inline]
    fn predict_row(
        &self,
        input: &[T],
        [from, to]: &mut [Columns<T>; 2],
        output: &mut [T],
    ) -> Result<()> {
        let Some((last, others)) = self.stages.split_last() else { return Ok(()) };
        let (mut from, mut to) = (from, to);
        let mut x = input;
        for stage in others {
            stage.forward_row(&self.layers, x, to.row_mut(stage.width)?)?;
            std::mem::swap(&mut from, &mut to);
            x = from.row(stage.width);
        }
        last.forward_row(&self.layers, x, output)
    }
}
