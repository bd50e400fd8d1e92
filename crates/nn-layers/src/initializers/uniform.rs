use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check, fill_uniform};
use crate::Result;

/// Uniform from `low` to `high` (`torch.nn.init.uniform_`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    /// The lower end; 0 by default.
    pub low: f64,
    /// The upper end; 1 by default.
    pub high: f64,
}

impl Default for Uniform {
    fn default() -> Self {
        Self { low: 0.0, high: 1.0 }
    }
}

impl Initializer for Uniform {
    fn fill(&self, parameter: ViewMut<'_, f64>, _fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("low", self.low, true)?;
        check("high", self.high, true)?;
        fill_uniform(parameter, self.low, self.high, rng)
    }
}
