//! By how much the spread of initial weights is to be larger for an activation after them, so that
//! values keep their variance from layer to layer (`torch.nn.init.calculate_gain`).
//!
//! ```
//! use nn_layers::initializers::{XavierUniform, gain};
//!
//! let before_tanh = XavierUniform { gain: gain::TANH };
//! # let _ = before_tanh;
//! assert_eq!(gain::leaky_relu(0.0), gain::RELU);
//! ```

/// Of no activation: 1.
pub const LINEAR: f64 = 1.0;

/// Of [`Sigmoid`](crate::Sigmoid): 1.
pub const SIGMOID: f64 = 1.0;

/// Of [`Tanh`](crate::Tanh): 5/3.
pub const TANH: f64 = 5.0 / 3.0;

/// Of [`Relu`](crate::Relu): √2.
pub const RELU: f64 = std::f64::consts::SQRT_2;

/// Of SELU: 3/4.
pub const SELU: f64 = 0.75;

/// Of [`LeakyRelu`](crate::LeakyRelu): `√(2 / (1 + negative_slope²))`.
#[must_use]
pub fn leaky_relu(negative_slope: f64) -> f64 {
    (2.0 / (1.0 + negative_slope * negative_slope)).sqrt()
}
