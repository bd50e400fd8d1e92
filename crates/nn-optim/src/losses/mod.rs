//! The losses, one file each.

use nn_tensor::Scalar;

use crate::Loss;

/// Names every loss once: its file, its type, and with that its place in [`all`].
macro_rules! losses {
    ($($file:ident::$name:ident,)*) => {
        $(mod $file; pub use $file::$name;)*

        /// The losses alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($name,)*};
        }

        /// Every loss with its default parameters, for whoever wants to try them all.
        #[must_use]
        pub fn all<T: Scalar>() -> Vec<(&'static str, Box<dyn Loss<T>>)> {
            vec![$((stringify!($name), Box::new($name::default())),)*]
        }
    };
}

losses! {
    cross_entropy::CrossEntropy,
    mean_squared_error::MeanSquaredError,
}
