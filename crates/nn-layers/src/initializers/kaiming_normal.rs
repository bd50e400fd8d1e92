use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, FanMode, Initializer, check, fill_normal};
use crate::Result;

/// Normal with standard deviation `gain / √fan` (`torch.nn.init.kaiming_normal_`).
///
/// He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaimingNormal {
    /// The activation's gain; √2 by default, that of ReLU.
    pub gain: f64,
    /// Which fan; that of the inputs by default.
    pub mode: FanMode,
}

impl Default for KaimingNormal {
    fn default() -> Self {
        Self { gain: std::f64::consts::SQRT_2, mode: FanMode::FanIn }
    }
}

impl Initializer for KaimingNormal {
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("gain", self.gain, false)?;
        let std = self.gain / self.mode.of(fan).sqrt();
        fill_normal(parameter, 0.0, std, rng)
    }
}
