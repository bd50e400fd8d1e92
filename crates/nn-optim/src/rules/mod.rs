//! The optimizers, one file each.

mod arithmetic;
mod decay;
mod moments;

use nn_layers::Network;
use nn_tensor::Scalar;

use crate::{Optimizer, Result};

/// Names every rule once: its file, its type, and with that its place in [`all`].
macro_rules! rules {
    ($($file:ident::$name:ident,)*) => {
        $(mod $file; pub use $file::$name;)*

        /// The rules alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($name,)*};
        }

        /// Every rule with its default parameters, at the start of its work on `network`, for
        /// whoever wants to try them all.
        ///
        /// # Errors
        /// Never: the defaults are in range.
        pub fn all<T: Scalar>(network: &Network<T>) -> Result<Vec<(&'static str, Optimizer<T>)>> {
            Ok(vec![$((stringify!($name), Optimizer::new($name::default(), network)?),)*])
        }
    };
}

rules! {
    adadelta::Adadelta,
    adagrad::Adagrad,
    adam::Adam,
    adam_w::AdamW,
    adamax::Adamax,
    lion::Lion,
    nadam::NAdam,
    radam::RAdam,
    rms_prop::RmsProp,
    rprop::Rprop,
    sgd::Sgd,
}
