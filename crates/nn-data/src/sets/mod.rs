//! Data sets drawn at random, one file each.

mod draw;
mod noise;

use rand::Rng;

use crate::{Dataset, Regression, Result};

/// Makes a data set of a given number of samples, or of so many for each class.
pub type Maker<D, R> = fn(usize, &mut R) -> Result<D>;

/// Names every data set once, with usual values for its parameters: its file, its function, and
/// with that its place in [`classification`] or [`regression`].
macro_rules! sets {
    ($($(#[$documentation:meta])* $kind:ident: $type:ident {
        $($name:ident($($argument:expr),*),)*
    })*) => {
        $($(mod $name; pub use $name::$name;)*)*

        $(
            $(#[$documentation])*
            #[must_use]
            pub fn $kind<T: nn_tensor::Scalar, R: Rng + ?Sized>()
            -> Vec<(&'static str, Maker<$type<T>, R>)> {
                vec![$((
                    stringify!($name),
                    |samples, rng: &mut R| $name(samples, $($argument,)* rng),
                ),)*]
            }
        )*

        /// The data sets alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($($name,)*)*};
        }
    };
}

sets! {
    /// Every data set that has labels, for whoever wants to try them all.
    classification: Dataset {
        blobs(3, 1.0),
        checkerboard(4, 0.0),
        circle(),
        circles(0.5, 0.05),
        exclusive_or(0.0),
        moons(0.1),
        spiral(3),
        two_gaussians(1.0),
        vertical_bands(3),
    }
    /// Every data set that has targets, for whoever wants to try them all.
    regression: Regression {
        sine(0.1),
        swiss_roll(0.5),
    }
}

pub use blobs::Centers;
