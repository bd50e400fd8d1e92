//! Laws of one-hot rows.

use nn_data::{DataError, one_hot};
use nn_tensor::{Axis, Matrix};
use proptest::prelude::*;

proptest! {
    #[test]
    fn one_hot_rows_sum_to_one_and_give_their_labels_back(
        labels in prop::collection::vec(0..9_usize, 1..50),
    ) {
        let rows: Matrix = one_hot(&labels, 9)?;
        prop_assert_eq!(rows.sum_axis(Axis::Columns), Matrix::from_fn(labels.len(), 1, |_, _| 1.0));
        prop_assert!(rows.as_slice().iter().all(|&x| x == 0.0 || x == 1.0));
        let labels: Vec<_> = labels.into_iter().map(Some).collect();
        prop_assert_eq!(rows.argmax_rows(), labels);
    }
}

#[test]
fn labels_that_name_no_class_are_refused() {
    assert_eq!(
        one_hot::<f32>(&[0, 3], 3).unwrap_err(),
        DataError::LabelOutOfRange { row: 1, label: 3, classes: 3 }
    );
    assert!(matches!(one_hot::<f32>(&[0], usize::MAX), Err(DataError::Shape(_))));
    assert_eq!(one_hot::<f32>(&[], 0).unwrap(), Matrix::zeros(0, 0));
}
