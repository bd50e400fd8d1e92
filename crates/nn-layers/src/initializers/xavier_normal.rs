use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check, fill_normal};
use crate::Result;

/// Normal with standard deviation `gain·√(2 / (fan_in + fan_out))`
/// (`torch.nn.init.xavier_normal_`).
///
/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// 2010.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct XavierNormal {
    /// The activation's gain; 1 by default.
    pub gain: f64,
}

impl Default for XavierNormal {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Initializer for XavierNormal {
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("gain", self.gain, false)?;
        let std = self.gain * (2.0 / fan.sum()).sqrt();
        fill_normal(parameter, 0.0, std, rng)
    }
}
