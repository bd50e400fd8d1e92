//! How the parameters of a layer start, one file each.

use std::fmt;

use nn_tensor::ViewMut;
use rand::{Rng, RngExt};

use crate::Result;

pub mod gain;

/// How many inputs and outputs the layer has whose parameter is initialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fan {
    /// The layer's inputs.
    pub fan_in: usize,
    /// The layer's outputs.
    pub fan_out: usize,
}

/// Whose variance is kept from layer to layer: the values' in the forward pass (by the fan-in), or
/// the gradients' in the backward pass (by the fan-out).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FanMode {
    /// Keeps the variance of the values in the forward pass; the default.
    #[default]
    FanIn,
    /// Keeps the variance of the gradients in the backward pass.
    FanOut,
}

impl Fan {
    fn sum(self) -> f64 {
        self.fan_in as f64 + self.fan_out as f64
    }
}

impl FanMode {
    fn of(self, fan: Fan) -> f64 {
        match self {
            Self::FanIn => fan.fan_in as f64,
            Self::FanOut => fan.fan_out as f64,
        }
    }
}

/// The first values of a parameter.
///
/// ```
/// use nn_layers::initializers::{Fan, Initializer, XavierUniform};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut weights = Matrix::zeros(3, 5);
/// let fan = Fan { fan_in: 3, fan_out: 5 };
/// XavierUniform::default().fill(weights.view_mut(), fan, &mut ChaCha8Rng::seed_from_u64(1))?;
/// let bound = (6.0_f64 / (3.0 + 5.0)).sqrt();
/// assert!(weights.as_slice().iter().all(|w| w.abs() <= bound));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
pub trait Initializer: fmt::Debug + Send + Sync {
    /// Fills the parameter of a layer with such a fan.
    ///
    /// # Errors
    /// [`LayerError::Hyperparameter`](crate::LayerError::Hyperparameter) where the initialiser has a
    /// parameter that is out of range.
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()>;
}

/// Names every initialiser once: its file, its type, and with that its place in [`all`].
macro_rules! initializers {
    ($($file:ident::$name:ident,)*) => {
        $(mod $file; pub use $file::$name;)*

        /// Every initialiser with its default parameters, for whoever wants to try them all.
        #[must_use]
        pub fn all() -> Vec<(&'static str, Box<dyn Initializer>)> {
            vec![$((stringify!($name), Box::new($name::default())),)*]
        }
    };
}

initializers! {
    constant::Constant,
    fan_in_uniform::FanInUniform,
    kaiming_normal::KaimingNormal,
    kaiming_uniform::KaimingUniform,
    normal::Normal,
    orthogonal::Orthogonal,
    small_uniform::SmallUniform,
    truncated_normal::TruncatedNormal,
    uniform::Uniform,
    xavier_normal::XavierNormal,
    xavier_uniform::XavierUniform,
    zeros::Zeros,
}

/// Uniform from `low` to `high`.
fn fill_uniform(
    mut parameter: ViewMut<'_, f64>,
    low: f64,
    high: f64,
    rng: &mut dyn Rng,
) -> Result<()> {
    check("the width of the distribution", high - low, false)?;
    for column in parameter.iter_columns_mut() {
        for value in column {
            *value = low + (high - low) * rng.random::<f64>();
        }
    }
    Ok(())
}

/// Normal with the given mean and standard deviation.
fn fill_normal(
    mut parameter: ViewMut<'_, f64>,
    mean: f64,
    std: f64,
    rng: &mut dyn Rng,
) -> Result<()> {
    check("the standard deviation", std, false)?;
    for column in parameter.iter_columns_mut() {
        for value in column {
            *value = mean + std * rng.sample::<f64, _>(rand_distr::StandardNormal);
        }
    }
    Ok(())
}

/// Refuses what is not finite, and what is negative where that makes no sense.
fn check(name: &'static str, value: f64, may_be_negative: bool) -> Result<()> {
    let allowed = if may_be_negative { "finite" } else { "finite and at least 0" };
    if value.is_finite() && (may_be_negative || value >= 0.0) {
        Ok(())
    } else {
        Err(crate::LayerError::Hyperparameter { name, value, allowed })
    }
}
