//! Normal noise, the same bits on every platform.

use std::f64::consts::TAU;

use nn_tensor::Real;
use rand::{Rng, RngExt};

use crate::Result;
use crate::error::check;

/// Normal noise of mean 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise {
    deviation: f64,
}

impl Noise {
    /// Noise of this standard deviation, which the caller knows by that name.
    pub(super) fn new(name: &'static str, deviation: f64) -> Result<Self> {
        check(name, deviation, |deviation| deviation >= 0.0, "finite and at least 0")?;
        Ok(Self { deviation })
    }

    /// By the method of Box and Muller (1958), which asks for elementary functions only.
    pub(super) fn draw<R: Rng + ?Sized>(self, rng: &mut R) -> f64 {
        // From 0, excluded, to 1.
        let u = 1.0 - rng.random::<f64>();
        let angle = TAU * rng.random::<f64>();
        self.deviation * ((-2.0 * Real::ln(u)).sqrt() * libm::cos(angle))
    }

    /// `point`, each coordinate moved.
    pub(super) fn around<const N: usize, R: Rng + ?Sized>(
        self,
        point: [f64; N],
        rng: &mut R,
    ) -> [f64; N] {
        point.map(|x| x + self.draw(rng))
    }
}
