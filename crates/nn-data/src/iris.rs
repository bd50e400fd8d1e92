//! Fisher's irises.

use nn_tensor::{Matrix, Scalar};

use crate::{DataError, Dataset, Result};

/// The species, in the order of the labels.
pub const CLASSES: [&str; 3] = ["setosa", "versicolor", "virginica"];

/// What the columns are, in centimetres.
pub const FEATURES: [&str; 4] = ["sepal length", "sepal width", "petal length", "petal width"];

/// A line that names the columns, then a line for each flower.
const TABLE: &str = include_str!("../data/iris.csv");

/// 150 irises, 50 of each of three species, one species after another: four lengths in centimetres
/// ([`FEATURES`]), and the species as label ([`CLASSES`]).
///
/// A straight line tells the first species from the others, but not those two from each other. The
/// figures are those of R. A. Fisher, "The use of multiple measurements in taxonomic problems" (1936),
/// as in scikit-learn's `load_iris`, under CC BY 4.0.
///
/// ```
/// use nn_data::{Dataset, iris};
///
/// let data: Dataset = iris()?;
/// assert_eq!((data.len(), data.inputs().columns()), (150, iris::FEATURES.len()));
/// assert_eq!(data.inputs()[(0, 0)], 5.1);
/// assert_eq!(iris::CLASSES[data.labels()[0]], "setosa");
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// A shape error where there is no memory for it.
pub fn iris<T: Scalar>() -> Result<Dataset<T>> {
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for (i, text) in TABLE.lines().enumerate().skip(1) {
        let unreadable = DataError::Unreadable { line: i + 1 };
        let Some((flower, label)) = read(text) else { return Err(unreadable) };
        values.extend(flower.map(T::from_f64));
        labels.push(label);
    }
    let inputs = Matrix::from_row_slice(labels.len(), FEATURES.len(), &values)?;
    Dataset::new(inputs, labels, CLASSES.len())
}

/// The measures of a flower and the label of its species.
fn read(line: &str) -> Option<([f64; 4], usize)> {
    let (measures, species) = line.rsplit_once(',')?;
    let measures: Result<Vec<f64>, _> = measures.split(',').map(str::parse).collect();
    let label = CLASSES.iter().position(|class| *class == species)?;
    Some((measures.ok()?.try_into().ok()?, label))
}
