use nn_tensor::ViewMut;
use rand::{Rng, RngExt};
use rand_distr::{Exp1, StandardNormal};

use super::{Fan, Initializer, check};
use crate::Result;

/// Normal, but nothing below `low` or above `high` (`torch.nn.init.trunc_normal_`).
///
/// What a normal distribution would have outside is as if it were drawn again. Drawn by rejection, as
/// in Robert, "Simulation of truncated normal variables", 1995, which does not slow down where the
/// bounds are far from the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruncatedNormal {
    /// The mean before anything is cut off; 0 by default.
    pub mean: f64,
    /// The standard deviation before anything is cut off; 1 by default.
    pub std: f64,
    /// The least value, PyTorch's `a`; -2 by default.
    pub low: f64,
    /// The largest value, PyTorch's `b`; 2 by default.
    pub high: f64,
}

impl Default for TruncatedNormal {
    fn default() -> Self {
        Self { mean: 0.0, std: 1.0, low: -2.0, high: 2.0 }
    }
}

impl Initializer for TruncatedNormal {
    fn fill(&self, mut parameter: ViewMut<'_, f64>, _fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        let Self { mean, std, low, high } = *self;
        for (name, value) in [("mean", mean), ("low", low), ("high", high)] {
            check(name, value, true)?;
        }
        check("std", std, false)?;
        check("the width of the distribution", high - low, false)?;
        for column in parameter.iter_columns_mut() {
            for value in column {
                // Rounding may have left the bounds; without a spread, the mean may lie beyond them.
                *value = self.draw(rng).clamp(low, high);
            }
        }
        Ok(())
    }
}

impl TruncatedNormal {
    /// A value from `low` to `high`, but for rounding.
    fn draw(&self, rng: &mut dyn Rng) -> f64 {
        let Self { mean, std, low, high } = *self;
        if std == 0.0 {
            return mean;
        }
        // The bounds of a standard normal number.
        let (least, most, width) = ((low - mean) / std, (high - mean) / std, (high - low) / std);
        if least > 0.0 {
            low + std * above(least, width, rng)
        } else if most < 0.0 {
            high - std * above(-most, width, rng)
        } else {
            mean + std * between(least, most, rng)
        }
    }
}

/// A standard normal number from `low` to `high`, between which is 0.
fn between(low: f64, high: f64, rng: &mut dyn Rng) -> f64 {
    if high - low > 2.5 {
        return first(rng, |rng| {
            Some(rng.sample(StandardNormal)).filter(|x| (low..=high).contains(x))
        });
    }
    first(rng, |rng| {
        let x = low + (high - low) * rng.random::<f64>();
        accepted(x, -0.5 * x * x, rng)
    })
}

/// By how much a standard normal number is above `low`, which is positive, if it is so by `width` at
/// most.
fn above(low: f64, width: f64, rng: &mut dyn Rng) -> f64 {
    let rate = 0.5 * (low + low.hypot(2.0));
    if rate * width < 1.0 {
        return first(rng, |rng| {
            let x = width * rng.random::<f64>();
            accepted(x, -x * (low + 0.5 * x), rng)
        });
    }
    first(rng, |rng| {
        let x = rng.sample::<f64, _>(Exp1) / rate;
        accepted(x, -0.5 * (x - 1.0 / rate).powi(2), rng).filter(|x| *x <= width)
    })
}

/// `x` with the probability of which the logarithm is given.
fn accepted(x: f64, logarithm: f64, rng: &mut dyn Rng) -> Option<f64> {
    (rng.random::<f64>() <= logarithm.exp()).then_some(x)
}

/// The first number that is not rejected.
fn first(rng: &mut dyn Rng, mut attempt: impl FnMut(&mut dyn Rng) -> Option<f64>) -> f64 {
    loop {
        if let Some(x) = attempt(rng) {
            return x;
        }
    }
}
