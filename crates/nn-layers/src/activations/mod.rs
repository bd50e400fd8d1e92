//! The activations, one file each.
//!
//! Each is a layer for matrices and a function for numbers of either precision:
//!
//! ```
//! use nn_layers::{Activation, Layer, Silu};
//! use nn_tensor::{Matrix, Real};
//!
//! let (x, y) = (3.0_f32, Silu.value(3.0_f32));
//! assert_eq!((y, Silu.slope(x, y)), (2.8577223, 1.0881041));
//!
//! let x = Matrix::from([[-1.0, 0.0, 3.0]]);
//! assert_eq!(Silu.forward(&x)?, x.map(|x| Silu.value(x)));
//! # Ok::<(), nn_layers::LayerError>(())
//! ```
//!
//! Values are within 1 ulp of the exact ones, and a NaN that goes in comes out. Slopes are within 4
//! ulp, or within 2.4e-7 where they are small. At kinks they are what PyTorch says. Options are
//! numbers of `f64` in either precision; what is compared with an `x` is rounded to its precision
//! first.

use nn_tensor::Scalar;

use crate::NamedLayer;

/// Names every activation once: its file, its type, and with that its place in [`all`].
macro_rules! activations {
    ($($file:ident::$name:ident,)*) => {
        $(mod $file; pub use $file::$name;)*

        /// The activations alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($name,)*};
        }

        /// Every activation with its default parameters, for whoever wants to try them all.
        #[must_use]
        pub fn all<T: Scalar>() -> Vec<NamedLayer<T>> {
            vec![$((stringify!($name), Box::new($name::default())),)*]
        }
    };
}

activations! {
    celu::Celu,
    elu::Elu,
    gelu::Gelu,
    gelu_tanh::GeluTanh,
    hardshrink::Hardshrink,
    hardsigmoid::Hardsigmoid,
    hardswish::Hardswish,
    hardtanh::Hardtanh,
    identity::Identity,
    leaky_relu::LeakyRelu,
    log_sigmoid::LogSigmoid,
    mish::Mish,
    relu::Relu,
    relu6::Relu6,
    selu::Selu,
    sigmoid::Sigmoid,
    silu::Silu,
    softplus::Softplus,
    softshrink::Softshrink,
    softsign::Softsign,
    tanh::Tanh,
    tanhshrink::Tanhshrink,
    threshold::Threshold,
}
