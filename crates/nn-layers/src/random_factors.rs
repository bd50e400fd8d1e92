//! What layers share that multiply each value by a number drawn in training.

use nn_tensor::{Scalar, View, ViewMut, expect_length, expect_shape};
use rand::Rng;

use crate::in_training::Randomness;
use crate::{Backward, LayerError, Result};

/// Refuses what is no probability.
pub(crate) fn check_probability(p: f64) -> Result<()> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    Err(LayerError::Hyperparameter { name: "p", value: p, allowed: "from 0 to 1" })
}

/// Fills `factors` with 0, with probability `p`, or `kept`.
pub(crate) fn draw<T: Scalar>(p: f64, kept: T, factors: &mut [T], randomness: Randomness) {
    let mut rng = randomness.rng();
    // Of 2³² numbers, so many leave a value out; the rounding is exact for p = 0 and 1.
    let least = (p * 4_294_967_296.0).round() as u64;
    for factor in factors {
        *factor = if u64::from(rng.next_u32()) < least { T::ZERO } else { kept };
    }
}

/// `y = factor·x`, and to that is added the first number where the factor is not 0, else the second.
pub(crate) fn scale_and_add<T: Scalar>(
    name: &'static str,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
    factors: &[T],
    [to_kept, to_others]: [T; 2],
) -> Result<()> {
    expect_shape(name, "an output", input.shape(), output.shape())?;
    expect_length(name, input.rows() * input.columns(), factors.len())?;
    let columns = output.iter_columns_mut().zip(input.iter_columns());
    for ((y, x), factors) in columns.zip(factors.chunks_exact(input.rows().max(1))) {
        for ((y, &x), &factor) in y.iter_mut().zip(x).zip(factors) {
            *y = if factor == T::ZERO { to_others } else { factor * x + to_kept };
        }
    }
    Ok(())
}

/// `∂x = factor·∂y`
pub(crate) fn scale_back<T: Scalar>(
    name: &'static str,
    pass: Backward<'_, T>,
    factors: &[T],
) -> Result<()> {
    pass.check(name, pass.input.columns(), 0)?;
    match pass.d_input {
        Some(d_input) => scale_and_add(name, pass.d_output, d_input, factors, [T::ZERO; 2]),
        None => Ok(()),
    }
}

/// `Y = X`
pub(crate) fn copy<T: Scalar>(
    name: &'static str,
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) -> Result<()> {
    expect_shape(name, "an output", input.shape(), output.shape())?;
    for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
        y.copy_from_slice(x);
    }
    Ok(())
}

/// `∂X = ∂Y`
pub(crate) fn copy_back<T: Scalar>(name: &'static str, pass: Backward<'_, T>) -> Result<()> {
    pass.check(name, pass.input.columns(), 0)?;
    match pass.d_input {
        Some(d_input) => copy(name, pass.d_output, d_input),
        None => Ok(()),
    }
}

/// Makes a layer of what does something in training alone.
macro_rules! identity_in_inference {
    ($name:ident) => {
        impl<T: Scalar> $crate::Layer<T> for $name {
            fn output_width(&self, inputs: usize) -> Result<usize> {
                Ok(inputs)
            }

            fn forward_into(&self, input: View<'_, T>, output: ViewMut<'_, T>) -> Result<()> {
                $crate::random_factors::copy(stringify!($name), input, output)
            }

            fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
                $crate::random_factors::copy_back(stringify!($name), pass)
            }

            fn in_training(&self) -> Option<&dyn InTraining<T>> {
                Some(self)
            }

            fn needs_output(&self) -> bool {
                false
            }
        }
    };
}

pub(crate) use identity_in_inference;
