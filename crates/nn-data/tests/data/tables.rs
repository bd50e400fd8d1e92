//! The tables that ship are those of scikit-learn.

use nn_data::{LabelTable, iris, tables};
use nn_tensor::Axis;

/// What is known of each table: rows, sums of its first columns, and the rows of each class.
///
/// ```python
/// from sklearn.datasets import load_iris, load_wine, load_digits
/// for load in (load_iris, load_wine, load_digits):
///     table = load()
///     print(table.data.shape, table.data.sum(0)[:6], table.data.sum(), np.bincount(table.target))
/// ```
struct Known {
    name: &'static str,
    features: usize,
    sums: &'static [f64],
    total: f64,
    classes: &'static [(&'static str, usize)],
}

const KNOWN: [Known; 3] = [
    Known {
        name: "iris",
        features: 4,
        sums: &[876.5, 458.6, 563.7, 179.9],
        total: 2078.7,
        classes: &[("setosa", 50), ("versicolor", 50), ("virginica", 50)],
    },
    Known {
        name: "wine",
        features: 13,
        sums: &[2314.11, 415.87, 421.24, 3470.1, 17754.0, 408.53],
        total: 159_975.295999,
        classes: &[("class_0", 59), ("class_1", 71), ("class_2", 48)],
    },
    Known {
        name: "digits",
        features: 64,
        sums: &[0.0, 546.0, 9353.0, 21269.0, 21291.0, 10390.0],
        total: 561_718.0,
        classes: &[
            ("0", 178),
            ("1", 182),
            ("2", 177),
            ("3", 183),
            ("4", 181),
            ("5", 182),
            ("6", 181),
            ("7", 179),
            ("8", 174),
            ("9", 180),
        ],
    },
];

#[test]
fn the_tables_are_those_of_scikit_learn() {
    let tables = tables::all::<f64>();
    assert_eq!(
        tables.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        KNOWN.map(|known| known.name)
    );
    for ((name, load), known) in tables.into_iter().zip(&KNOWN) {
        let LabelTable { data, features, classes, dropped, .. } = load().unwrap();
        assert_eq!((features.len(), dropped), (known.features, 0), "{name}");
        assert_eq!(data.inputs().columns(), known.features, "{name}");
        assert!(data.inputs().is_finite(), "{name}");
        let counts: Vec<(&str, usize)> =
            classes.iter().map(String::as_str).zip(data.class_counts().unwrap()).collect();
        assert_eq!(counts, known.classes, "{name}");

        let sums = data.inputs().sum_axis(Axis::Rows);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1.0);
        assert!(
            sums.as_slice().iter().zip(known.sums).all(|(&a, &b)| close(a, b)),
            "{name}: {sums}"
        );
        assert!(close(sums.as_slice().iter().sum(), known.total), "{name}: {sums}");
    }
}

/// UCI's copy has other values in these two.
#[test]
fn the_irises_are_those_of_the_paper() {
    let data = iris::<f64>().unwrap().data;
    let rows: Vec<_> = data.inputs().iter_rows().collect();
    assert_eq!(rows[34], [4.9, 3.1, 1.5, 0.2]);
    assert_eq!(rows[37], [4.9, 3.6, 1.4, 0.1]);
    assert!(data.labels().is_sorted());
}
