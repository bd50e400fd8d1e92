use nn_tensor::ViewMut;
use rand::Rng;

use super::{Fan, Initializer};
use crate::Result;

/// Every value 0 (`torch.nn.init.zeros_`): usual for biases; weights that start alike learn alike.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Zeros;

impl Initializer for Zeros {
    fn fill(&self, mut parameter: ViewMut<'_, f64>, _fan: Fan, _rng: &mut dyn Rng) -> Result<()> {
        parameter.fill(0.0);
        Ok(())
    }
}
