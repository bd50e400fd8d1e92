use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, check, fill_uniform};
use crate::Result;

/// Uniform in `±gain·√(6 / (fan_in + fan_out))` (`torch.nn.init.xavier_uniform_`).
///
/// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// 2010.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct XavierUniform {
    /// The activation's gain; 1 by default.
    pub gain: f64,
}

impl Default for XavierUniform {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Initializer for XavierUniform {
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("gain", self.gain, false)?;
        let bound = self.gain * (6.0 / fan.sum()).sqrt();
        fill_uniform(parameter, -bound, bound, rng)
    }
}
