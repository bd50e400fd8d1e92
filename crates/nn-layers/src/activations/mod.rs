//! The activations, one file each.

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
    gelu::Gelu,
    gelu_tanh::GeluTanh,
    identity::Identity,
    leaky_relu::LeakyRelu,
    relu::Relu,
    sigmoid::Sigmoid,
    tanh::Tanh,
}
