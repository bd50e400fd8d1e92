//! How the parameters of a layer start, one file each.

use std::fmt;

use nn_tensor::Matrix;
use rand::{Rng, RngExt};

use crate::Result;

/// How many values come into an output and go out of an input of the layer that is initialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fan {
    /// The layer's inputs.
    pub fan_in: usize,
    /// The layer's outputs.
    pub fan_out: usize,
}

/// Which fan keeps its variance: the input's in the forward pass, or the output's in the backward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FanMode {
    /// Keeps the variance of the values in the forward pass; the default.
    #[default]
    FanIn,
    /// Keeps the variance of the gradients in the backward pass.
    FanOut,
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
/// XavierUniform::default().fill(&mut weights, fan, &mut ChaCha8Rng::seed_from_u64(1))?;
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
    fn fill(&self, parameter: &mut Matrix<f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()>;
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
    small_uniform::SmallUniform,
    uniform::Uniform,
    xavier_normal::XavierNormal,
    xavier_uniform::XavierUniform,
    zeros::Zeros,
}

/// Uniform in `[low, high)`.
fn fill_uniform(parameter: &mut Matrix<f64>, low: f64, high: f64, rng: &mut dyn Rng) {
    for value in parameter.as_mut_slice() {
        *value = low + (high - low) * rng.random::<f64>();
    }
}

/// Normal with the given mean and standard deviation.
fn fill_normal(parameter: &mut Matrix<f64>, mean: f64, std: f64, rng: &mut dyn Rng) {
    for value in parameter.as_mut_slice() {
        *value = mean + std * rng.sample::<f64, _>(rand_distr::StandardNormal);
    }
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
