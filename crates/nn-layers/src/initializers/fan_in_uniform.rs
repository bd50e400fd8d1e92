use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer, fill_uniform};
use crate::Result;

/// Uniform in `±1/√fan_in`: how PyTorch starts `torch.nn.Linear`, weights and biases alike.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FanInUniform;

impl Initializer for FanInUniform {
    fn fill(&self, parameter: ViewMut<'_, f64>, fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        let bound = 1.0 / (fan.fan_in as f64).sqrt();
        fill_uniform(parameter, -bound, bound, rng)
    }
}
