use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use super::decay::Decay;
use super::moments::Mean;
use crate::error::{OptimError, check, check_not_negative};
use crate::{Result, Rule, Update};

/// Stochastic gradient descent with momentum (`torch.optim.SGD`).
///
/// ```text
/// g ← -g                                  to maximize
/// g ← g + weight_decay·w
/// v ← g                                   at the first step
/// v ← momentum·v + (1 - dampening)·g      from the second
/// w ← w - learning_rate·v                 or g + momentum·v in place of v, with Nesterov's momentum
/// ```
///
/// Weight decay is the gradient of an L2 penalty, `½·weight_decay·w²`. Without momentum that is the
/// same as to shrink each parameter by `learning_rate·weight_decay` of it in each step, as
/// [`AdamW`](crate::AdamW) does.
///
/// Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
/// learning", 2013.
#[doc(alias = "SGD")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// At least 0; 0.001 by default.
    pub learning_rate: f64,
    /// How much of the last step is kept, at least 0; 0 by default.
    pub momentum: f64,
    /// How much of the gradient is left out once there is momentum; 0 by default.
    pub dampening: f64,
    /// The L2 penalty: half its product with `w²` is added to the loss; at least 0, 0 by default.
    pub weight_decay: f64,
    /// Whether the gradient is taken where the momentum leads; needs momentum and no dampening.
    pub nesterov: bool,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            maximize: false,
        }
    }
}

impl Rule for Sgd {
    /// With momentum, the velocity.
    const MEMORY: RangeInclusive<usize> = 0..=1;

    fn memory(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let decay = Decay::penalty(self.weight_decay, self.maximize);
        let [learning_rate, momentum] = [self.learning_rate, self.momentum].map(T::from_f64);
        let velocity = Mean::of(self.momentum, if t > 1 { 1.0 - self.dampening } else { 1.0 });
        let (of_gradient, of_velocity) =
            if self.nesterov { (T::ONE, momentum) } else { (T::ZERO, T::ONE) };

        move |w, g, memory| {
            let (w, g) = decay.apply(w, g);
            let mut step = g;
            for v in memory {
                velocity.update(v, g);
                step = of_gradient * g + of_velocity * *v;
            }
            w - learning_rate * step
        }
    }

    fn check(&self) -> Result<()> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_not_negative("momentum", self.momentum)?;
        check("dampening", self.dampening, |_| true, "finite")?;
        check_not_negative("weight_decay", self.weight_decay)?;
        if self.nesterov && self.momentum == 0.0 {
            let (name, allowed) = ("momentum", "above 0 with Nesterov's momentum");
            return Err(OptimError::Hyperparameter { name, value: 0.0, allowed });
        }
        if self.nesterov && self.dampening != 0.0 {
            let (name, allowed) = ("dampening", "0 with Nesterov's momentum");
            return Err(OptimError::Hyperparameter { name, value: self.dampening, allowed });
        }
        Ok(())
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
