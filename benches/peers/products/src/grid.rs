//! The shapes that are compared.

use std::fmt;

/// A layer of `inputs × outputs` at work on a batch of `rows` samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    pub rows: usize,
    pub inputs: usize,
    pub outputs: usize,
}

impl Layer {
    /// Multiply-adds of each of the three products.
    pub fn multiply_adds(self) -> usize {
        self.rows * self.inputs * self.outputs
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}·{}·{}", self.rows, self.inputs, self.outputs))
    }
}

/// Layers of networks that people train: small ones, handwritten digits, and wide ones.
const KNOWN: [[usize; 3]; 20] = [
    [1000, 2, 10],
    [1000, 10, 2],
    [512, 2, 10],
    [512, 10, 2],
    [512, 10, 10],
    [300, 2, 64],
    [300, 64, 3],
    [300, 64, 64],
    [128, 784, 128],
    [128, 128, 64],
    [128, 64, 10],
    [1, 784, 128],
    [1, 128, 64],
    [1, 64, 10],
    [256, 1024, 2048],
    [256, 2048, 2048],
    [256, 2048, 10],
    [1, 2048, 2048],
    [2048, 256, 2048],
    [1024, 1024, 1024],
];

/// The longest side.
const LONGEST: f64 = 4096.0;

/// Larger products take seconds, and say nothing that these do not.
const MOST_MULTIPLY_ADDS: usize = 1 << 31;

/// The first `count` layers: the known ones, then some whose sides are drawn evenly on a logarithmic
/// scale, the same ones at every run.
pub fn layers(count: usize) -> Vec<Layer> {
    let mut state = 1_u64;
    let mut side = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let uniform = (state >> 33) as f64 / f64::from(1_u32 << 31);
        LONGEST.powf(uniform).round() as usize
    };
    let drawn = std::iter::repeat_with(|| [side(), side(), side()]);
    KNOWN
        .into_iter()
        .chain(drawn)
        .map(|[rows, inputs, outputs]| Layer { rows, inputs, outputs })
        .filter(|layer| layer.multiply_adds() <= MOST_MULTIPLY_ADDS)
        .take(count)
        .collect()
}
