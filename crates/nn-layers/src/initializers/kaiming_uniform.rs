use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, FanMode, Initializer, check, fill_uniform};
use crate::Result;

/// Uniform in `±gain·√(3 / fan)` (`torch.nn.init.kaiming_uniform_`).
///
/// He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaimingUniform {
    /// The activation's gain; √2 by default, that of ReLU.
    pub gain: f64,
    /// Which fan; that of the inputs by default.
    pub mode: FanMode,
}

impl Default for KaimingUniform {
    fn default() -> Self {
        Self { gain: std::f64::consts::SQRT_2, mode: FanMode::FanIn }
    }
}

impl Initializer for KaimingUniform {
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("gain", self.gain, false)?;
        let bound = self.gain * (3.0 / self.mode.of(fan)).sqrt();
        fill_uniform(parameter, -bound, bound, rng)
    }
}
