//! Small tables that are read in many a book, each with a class in every row; where they are from
//! stands in `data/README.md`.

use nn_tensor::Scalar;

use crate::{Column, Csv, LabelTable, Result};

/// Reads one of the tables.
pub type Loader<T> = fn() -> Result<LabelTable<T>>;

/// Names every table once: its function, and its file of the same name, whose last column is the
/// label.
macro_rules! tables {
    ($($(#[$documentation:meta])* $name:ident;)*) => {
        $(
            $(#[$documentation])*
            ///
            /// # Errors
            /// A shape error where there is no memory for it.
            pub fn $name<T: Scalar>() -> Result<LabelTable<T>> {
                let file: &[u8] = include_bytes!(concat!("../data/", stringify!($name), ".csv"));
                Csv::default().read_dataset_from(file, Column::LAST)
            }
        )*

        /// Every table and its name, for whoever wants to try them all.
        #[must_use]
        pub fn all<T: Scalar>() -> Vec<(&'static str, Loader<T>)> {
            vec![$((stringify!($name), $name)),*]
        }

        /// The tables alone, for whoever wants all their names.
        pub mod prelude {
            pub use super::{$($name),*};
        }
    };
}

tables! {
    /// 150 irises, 50 of each of three species, one species after another: four lengths in
    /// centimetres, and the species as label.
    ///
    /// A straight line tells the first species from the others, but not those two from each other.
    /// The figures are those of R. A. Fisher, "The use of multiple measurements in taxonomic
    /// problems" (1936), as in scikit-learn's `load_iris`, under CC BY 4.0.
    ///
    /// ```
    /// use nn_data::{Dataset, iris};
    ///
    /// let flowers = iris()?;
    /// assert_eq!(flowers.features, ["sepal length", "sepal width", "petal length", "petal width"]);
    /// assert_eq!(flowers.classes, ["setosa", "versicolor", "virginica"]);
    /// let data: Dataset = flowers.data;
    /// assert_eq!((data.len(), data.inputs()[(0, 0)], data.labels()[0]), (150, 5.1, 0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    iris;

    /// 178 wines from three growers of one region, 59, 71 and 48 of them, one grower after another:
    /// 13 measures from a chemical analysis, and the grower as label.
    ///
    /// The measures differ in scale by a factor of a thousand, so that they need a
    /// [`Standardizer`](crate::Standardizer) first. By M. Forina and others, as in scikit-learn's
    /// `load_wine`, under CC BY 4.0.
    ///
    /// ```
    /// use nn_data::{LabelTable, wine};
    ///
    /// let wines: LabelTable = wine()?;
    /// assert_eq!((wines.data.len(), wines.features.len()), (178, 13));
    /// assert_eq!(wines.data.class_counts()?, [59, 71, 48]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    wine;

    /// 1797 digits written by hand, about 180 of each, in pictures of 8 × 8 pixels: how much of each
    /// pixel is inked, from 0 to 16, row by row from the top, and the digit as label.
    ///
    /// By E. Alpaydin and C. Kaynak (1998), as in scikit-learn's `load_digits`, under CC BY 4.0.
    ///
    /// ```
    /// use nn_data::{LabelTable, digits};
    ///
    /// let digits: LabelTable = digits()?;
    /// assert_eq!((digits.data.len(), digits.features.len()), (1797, 64));
    /// assert_eq!(digits.classes.concat(), "0123456789");
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    digits;
}
