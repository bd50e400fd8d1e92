//! What a user adds in a crate of their own, with the public interface alone.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::ops::RangeInclusive;

use nn::layers::{Backward, Layer, LayerError};
use nn::optim::{OptimError, Targets};
use nn::prelude::*;
use nn::tensor::{Shape, expect_shape};

/// `f(x) = x·tanh(ln(1 + eˣ))`, Misra's Mish.
#[derive(Debug, Clone, Copy)]
struct Mish;

impl Activation for Mish {
    fn value<R: Real>(&self, x: R) -> R {
        x * x.exp().ln_1p().tanh()
    }

    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let t = x.exp().ln_1p().tanh();
        t + x * (R::ONE - t * t) * x.sigmoid()
    }
}

/// `Y = X ∘ s`, with a learnt scale for each column.
#[derive(Debug)]
struct Scale<T> {
    scales: Matrix<T>,
}

impl<T: Scalar> Layer<T> for Scale<T> {
    fn output_width(&self, inputs: usize) -> Result<usize, LayerError> {
        let needed = Shape { rows: 1, columns: inputs };
        expect_shape("Scale", "a scale", needed, self.scales.shape())?;
        Ok(inputs)
    }

    fn forward_into(&self, x: View<'_, T>, mut y: ViewMut<'_, T>) -> Result<(), LayerError> {
        expect_shape("Scale", "an output", x.shape(), y.shape())?;
        self.output_width(x.columns())?;
        for ((y, x), &s) in y.iter_columns_mut().zip(x.iter_columns()).zip(self.scales.as_slice()) {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = s * x;
            }
        }
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let width = self.output_width(pass.input.columns())?;
        pass.check("Scale", width, width)?;
        let columns = pass.input.iter_columns().zip(pass.d_output.iter_columns());
        for (ds, (x, dy)) in pass.d_parameters.iter_mut().zip(columns) {
            *ds = x.iter().zip(dy).map(|(&x, &dy)| x * dy).sum();
        }
        match pass.d_input {
            Some(d_input) => self.forward_into(pass.d_output, d_input),
            None => Ok(()),
        }
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<T>)) {
        visitor("scale", &self.scales);
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, ViewMut<'_, T>)) {
        visitor("scale", self.scales.view_mut());
    }
}

/// `|y - t|`, summed.
#[derive(Debug)]
struct AbsoluteError;

impl<T: Scalar> Loss<T> for AbsoluteError {
    fn divisor(&self, outputs: Shape, targets: Targets<'_, T>) -> Result<f64, OptimError> {
        targets.values("AbsoluteError", outputs)?;
        Ok(outputs.rows as f64)
    }

    fn sum_into(
        &self,
        outputs: View<'_, T>,
        targets: Targets<'_, T>,
        scale: T,
        mut gradient: ViewMut<'_, T>,
    ) -> Result<f64, OptimError> {
        let targets = targets.values("AbsoluteError", outputs.shape())?;
        let mut sum = 0.0;
        let columns = outputs.iter_columns().zip(targets.iter_columns());
        for (g, (y, t)) in gradient.iter_columns_mut().zip(columns) {
            for (g, (&y, &t)) in g.iter_mut().zip(y.iter().zip(t)) {
                *g = if y > t { scale } else { -scale };
                sum += (y - t).abs().to_f64();
            }
        }
        Ok(sum)
    }
}

/// `w ← w - lr·sign(g)`
#[derive(Debug, Clone)]
struct SignSgd {
    learning_rate: f64,
}

impl Rule for SignSgd {
    const MEMORY: RangeInclusive<usize> = 0..=0;

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let step = T::from_f64(self.learning_rate / (t as f64).sqrt());
        move |w, g, _| if g > T::ZERO { w - step } else { w + step }
    }

    fn check(&self) -> Result<(), OptimError> {
        Ok(())
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}

#[test]
fn a_users_activation_layer_loss_and_rule_train_together() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let x = Matrix::<f64>::from_fn(200, 1, |i, _| i as f64 / 50.0 - 2.0);
    let y = x.map(|x| x * x);
    let builder = Network::builder(1).dense(16).layer(Mish);
    let builder = builder.layer(Scale { scales: Matrix::from([[1.0; 16]]) }).dense(1);
    let mut network = builder.build(&mut rng).unwrap();
    assert_eq!(
        format!("{network:?}"),
        "Network(1 → Dense 16 → Mish → Scale 16 → Dense 1, 65 parameters)"
    );
    let mut optimizer = Optimizer::new(SignSgd { learning_rate: 0.01 }, &network).unwrap();
    let mut trace = network.trace();
    let mut last = f64::INFINITY;
    for _ in 0..2000 {
        last = value_and_gradient(&network, &AbsoluteError, &x, &y, &mut trace).unwrap();
        optimizer.step(&mut network, &trace).unwrap();
    }
    assert!(last < 0.1, "{last}");
}

#[test]
fn a_users_layer_that_does_not_fit_is_refused_by_name() {
    let builder = Network::<f32>::builder(3).layer(Scale { scales: Matrix::from([[1.0; 2]]) });
    assert_eq!(
        builder.build(&mut ChaCha8Rng::seed_from_u64(0)).unwrap_err().to_string(),
        "layer 0 (Scale) does not fit: Scale: expected a scale of 1 × 3, found 1 × 2"
    );
}
