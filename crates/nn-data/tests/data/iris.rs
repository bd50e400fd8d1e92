//! The irises are those of the paper.

use nn_data::{Dataset, iris};
use nn_tensor::{Axis, Matrix};

#[test]
fn there_are_fifty_irises_of_each_species() {
    let data: Dataset = iris().unwrap();
    assert_eq!(data.class_counts().unwrap(), [50; iris::CLASSES.len()]);
    assert!(data.labels().is_sorted());
}

/// The sums are those of scikit-learn's table, and with them the means of its description.
#[test]
fn the_irises_are_those_of_the_paper() {
    let data = iris::<f64>().unwrap();
    let sums = data.inputs().sum_axis(Axis::Rows).map(|sum| (10.0 * sum).round());
    assert_eq!(sums, Matrix::from([[8765.0, 4586.0, 5637.0, 1799.0]]));
    let rows: Vec<_> = data.inputs().iter_rows().collect();
    assert_eq!(rows[34], [4.9, 3.1, 1.5, 0.2]);
    assert_eq!(rows[37], [4.9, 3.6, 1.4, 0.1]);
}

#[test]
fn the_table_names_its_columns() {
    let first = include_str!("../../data/iris.csv").lines().next();
    assert_eq!(first.unwrap(), iris::FEATURES.join(",") + ",species");
}
