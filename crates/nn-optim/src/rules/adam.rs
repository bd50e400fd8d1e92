use nn_tensor::Scalar;

use crate::error::check;
use crate::{Result, Rule};

/// Adam: steps of a size that each parameter's own gradients set (`torch.optim.Adam`).
///
/// ```text
/// g ← g + weight_decay·w
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// w ← w - learning_rate·m̂ / (√v̂ + eps)     with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ)
/// ```
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// At least 0; 0.001 by default.
    pub learning_rate: f64,
    /// How much of the running means of the gradient and of its square is kept, each at least 0 and
    /// below 1; 0.9 and 0.999 by default.
    pub betas: [f64; 2],
    /// Added to the denominator, at least 0; 1e-8 by default.
    pub eps: f64,
    /// How strongly parameters are drawn to 0 by way of their gradients, at least 0; 0 by default.
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0 }
    }
}

/// The running means of a parameter's gradient and of its square.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments<T> {
    first: T,
    second: T,
}

impl Rule for Adam {
    type Memory<T: Scalar> = Moments<T>;

    fn at_step<T: Scalar>(&self, t: u64) -> impl Fn(T, T, &mut Moments<T>) -> T {
        let corrections = self.betas.map(|beta| 1.0 - beta.powf(t as f64));
        let step_size = T::from_f64(self.learning_rate / corrections[0]);
        let second_scale = T::from_f64(1.0 / corrections[1].sqrt());
        let [beta1, beta2] = self.betas.map(T::from_f64);
        let [rest1, rest2] = self.betas.map(|beta| T::from_f64(1.0 - beta));
        let [eps, weight_decay] = [self.eps, self.weight_decay].map(T::from_f64);

        move |w, g, m| {
            let g = g + weight_decay * w;
            m.first = beta1 * m.first + rest1 * g;
            m.second = beta2 * m.second + rest2 * g * g;
            w - step_size * m.first / (m.second.sqrt() * second_scale + eps)
        }
    }

    fn check(&self) -> Result<()> {
        let share = |x: f64| (0.0..1.0).contains(&x);
        check("learning_rate", self.learning_rate, |x| x >= 0.0, "at least 0")?;
        check("betas[0]", self.betas[0], share, "at least 0 and below 1")?;
        check("betas[1]", self.betas[1], share, "at least 0 and below 1")?;
        check("eps", self.eps, |x| x >= 0.0, "at least 0")?;
        check("weight_decay", self.weight_decay, |x| x >= 0.0, "at least 0")
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
