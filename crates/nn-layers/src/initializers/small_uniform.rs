use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check, fill_uniform};
use crate::Result;

/// `scale` times uniform in `[0, 1)`: small positive values, `0.01 * rand(…)` in many a notebook.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmallUniform {
    /// The scale; 0.01 by default.
    pub scale: f64,
}

impl Default for SmallUniform {
    fn default() -> Self {
        Self { scale: 0.01 }
    }
}

impl Initializer for SmallUniform {
    fn fill(&self, parameter: ViewMut<'_, f64>, _fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("scale", self.scale, true)?;
        fill_uniform(parameter, 0.0, self.scale, rng)
    }
}
