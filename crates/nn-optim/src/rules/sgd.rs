use nn_tensor::Scalar;

use crate::error::{OptimError, check};
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
    fn memory(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        let [learning_rate, momentum, weight_decay] =
            [self.learning_rate, self.momentum, self.weight_decay].map(T::from_f64);
        let taken = if t > 1 { T::from_f64(1.0 - self.dampening) } else { T::ONE };
        let (of_gradient, of_velocity) =
            if self.nesterov { (T::ONE, momentum) } else { (T::ZERO, T::ONE) };
        let sign = if self.maximize { -T::ONE } else { T::ONE };

        move |w, g, memory| {
            let g = sign * g + weight_decay * w;
            let mut step = g;
            for velocity in memory {
                *velocity = momentum * *velocity + taken * g;
                step = of_gradient * g + of_velocity * *velocity;
            }
            w - learning_rate * step
        }
    }

    fn check(&self) -> Result<()> {
        check("learning_rate", self.learning_rate, |x| x >= 0.0, "finite and at least 0")?;
        check("momentum", self.momentum, |x| x >= 0.0, "finite and at least 0")?;
        check("dampening", self.dampening, |_| true, "finite")?;
        check("weight_decay", self.weight_decay, |x| x >= 0.0, "finite and at least 0")?;
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
