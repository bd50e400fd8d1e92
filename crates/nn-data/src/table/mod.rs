//! Tables of numbers and classes, read from CSV.

mod classes;
mod column;
mod csv;
mod error;
mod growing;
mod lines;
mod number;
mod records;
mod words;

pub use self::csv::{Csv, FeatureTable, LabelTable, TargetTable};
pub use column::Column;
pub use error::{Fault, TableError};
