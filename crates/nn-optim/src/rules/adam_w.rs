use std::ops::RangeInclusive;

use nn_tensor::Scalar;

use crate::{Adam, Result, Rule, Update};

/// Adam whose weight decay leaves the gradient alone (`torch.optim.AdamW`).
///
/// ```text
/// w ← w - learning_rate·weight_decay·w    then as Adam without weight decay
/// ```
///
/// Each step takes the same share of every parameter, whatever its gradients are. In
/// [`Adam`](crate::Adam), whose weight decay is an L2 penalty, that share shrinks where gradients are
/// large.
///
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// At least 0; 0.001 by default.
    pub learning_rate: f64,
    /// How much of the running means of the gradient and of its square is kept, each at least 0 and
    /// below 1; 0.9 and 0.999 by default.
    pub betas: [f64; 2],
    /// Added to the denominator, at least 0; 1e-8 by default.
    pub eps: f64,
    /// How much a parameter shrinks in a step, as a share of the learning rate; at least 0, 0.01 by
    /// default.
    pub weight_decay: f64,
    /// Whether the denominator never shrinks; not by default.
    pub amsgrad: bool,
    /// Whether to climb instead of to descend; not by default.
    pub maximize: bool,
}

impl Default for AdamW {
    fn default() -> Self {
        let Adam { learning_rate, betas, eps, amsgrad, maximize, .. } = Adam::default();
        Self { learning_rate, betas, eps, weight_decay: 0.01, amsgrad, maximize }
    }
}

impl AdamW {
    /// The same in other words.
    const fn adam(&self) -> Adam {
        let Self { learning_rate, betas, eps, weight_decay, amsgrad, maximize } = *self;
        let decoupled_weight_decay = true;
        Adam { learning_rate, betas, eps, weight_decay, decoupled_weight_decay, amsgrad, maximize }
    }
}

impl Rule for AdamW {
    const MEMORY: RangeInclusive<usize> = Adam::MEMORY;

    fn memory(&self) -> usize {
        self.adam().memory()
    }

    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T> {
        self.adam().update(t)
    }

    fn check(&self) -> Result<()> {
        self.adam().check()
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }
}
