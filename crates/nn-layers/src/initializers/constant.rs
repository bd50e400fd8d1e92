use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check};
use crate::Result;

/// Every value the same (`torch.nn.init.constant_`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    /// The value; 0 by default.
    pub value: f64,
}

impl Default for Constant {
    fn default() -> Self {
        Self { value: 0.0 }
    }
}

impl Initializer for Constant {
    fn fill(&self, mut parameter: ViewMut<'_, f64>, _fan: Fan, _rng: &mut dyn Rng) -> Result<()> {
        check("value", self.value, true)?;
        parameter.fill(self.value);
        Ok(())
    }
}
