use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check, fill_normal};
use crate::Result;

/// Normal (`torch.nn.init.normal_`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// The mean; 0 by default.
    pub mean: f64,
    /// The standard deviation; 1 by default.
    pub std: f64,
}

impl Default for Normal {
    fn default() -> Self {
        Self { mean: 0.0, std: 1.0 }
    }
}

impl Initializer for Normal {
    fn fill(&self, parameter: ViewMut<'_, f64>, _fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("mean", self.mean, true)?;
        check("std", self.std, false)?;
        fill_normal(parameter, self.mean, self.std, rng)
    }
}
