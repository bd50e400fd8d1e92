//! Matrices, views and reductions.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nalgebra::DMatrix;
use nn_tensor::{Axis, Matrix, Real, ShapeError, View, ViewMut, column_sums};
use proptest::prelude::*;

fn small() -> impl Strategy<Value = Matrix<f64>> {
    (0..9_usize, 0..9_usize).prop_flat_map(|(rows, columns)| {
        prop::collection::vec(-1e3..1e3_f64, rows * columns)
            .prop_map(move |values| Matrix::from_row_slice(rows, columns, &values).unwrap())
    })
}

proptest! {
    #[test]
    fn a_matrix_is_its_rows(x in small()) {
        let rows: Vec<_> = x.iter_rows().collect();
        if x.rows() > 0 {
            prop_assert_eq!(&Matrix::from_rows(&rows)?, &x);
        }
        prop_assert_eq!(x.transpose().transpose(), x);
    }

    #[test]
    fn a_range_of_rows_reads_and_writes_those_rows(x in small(), start in 0..12_usize, end in 0..12_usize) {
        match x.row_range(start..end) {
            Ok(part) => {
                prop_assert!(start <= end && end <= x.rows());
                let copy = part.to_matrix();
                let expected = Matrix::from_fn(end - start, x.columns(), |i, j| x[(i + start, j)]);
                prop_assert_eq!(&copy, &expected);
                let mut written = x.clone();
                written.view_mut().row_range(start..end)?.fill(7.0);
                for i in 0..x.rows() {
                    for j in 0..x.columns() {
                        let expected = if (start..end).contains(&i) { 7.0 } else { x[(i, j)] };
                        prop_assert_eq!(written[(i, j)], expected);
                    }
                }
            }
            Err(error) => {
                prop_assert!(start > end || end > x.rows());
                prop_assert_eq!(error, ShapeError::RowRange { start, end, rows: x.rows() });
            }
        }
    }

    #[test]
    fn sums_along_one_axis_are_sums_along_the_other_of_the_transpose(x in small()) {
        prop_assert_eq!(x.sum_axis(Axis::Rows), x.transpose().sum_axis(Axis::Columns).transpose());
        prop_assert_eq!(x.max_axis(Axis::Rows), x.transpose().max_axis(Axis::Columns).transpose());
        let error = (x.sum_axis(Axis::Rows).sum() - x.sum()).abs();
        prop_assert!(error <= 1e-10);
        let mut sums = vec![1.0; x.columns()];
        column_sums(x.view(), &mut sums)?;
        for (sum, expected) in sums.iter().zip(x.sum_axis(Axis::Rows).as_slice()) {
            prop_assert!((sum - expected).abs() <= 1e-10);
        }
    }

    #[test]
    fn lists_of_another_length_are_refused(rows in 0..5_usize, columns in 0..5_usize, found in 0..30_usize) {
        let mut values = vec![0.0_f32; found];
        let fits = rows * columns == found;
        prop_assert_eq!(Matrix::from_row_slice(rows, columns, &values).is_ok(), fits);
        prop_assert_eq!(Matrix::from_column_vec(rows, columns, values.clone()).is_ok(), fits);
        prop_assert_eq!(View::from_slice(&values, rows, columns).is_ok(), fits);
        prop_assert_eq!(ViewMut::from_slice(&mut values, rows, columns).is_ok(), fits);
    }
}

#[test]
fn the_notebook_sums_come_out_to_the_last_digit() {
    let x = Matrix::from([[4.8, 1.21, 2.385], [8.9, -1.81, 0.2], [1.41, 1.051, 0.026]]);
    assert_eq!(x.sum(), 18.172);
    assert_eq!(x.sum_axis(Axis::Rows).to_string(), "[[15.11 0.451 2.611]]");
    assert_eq!(x.sum_axis(Axis::Columns).to_string(), "[[8.395]\n [ 7.29]\n [2.487]]");
}

#[test]
fn a_sum_is_not_worn_down_by_the_number_of_its_terms() {
    let x = Matrix::from_fn(1_000_000, 1, |_, _| 0.1_f32);
    let exact = (f64::from(0.1_f32) * 1e6) as f32;
    assert_eq!(x.sum(), exact);
    assert_eq!(x.sum_axis(Axis::Rows)[(0, 0)], exact);
    assert_eq!(x.transpose().sum_axis(Axis::Columns)[(0, 0)], exact);
    assert_eq!(Matrix::from([[f64::MAX, f64::MAX, -1.0]]).sum(), f64::INFINITY);
}

#[test]
fn the_largest_is_nan_where_there_is_one() {
    let x = Matrix::from([[1.0, f64::NAN, 3.0], [f64::NEG_INFINITY, 2.0, -1.0]]);
    let largest = x.max_axis(Axis::Columns);
    assert!(largest[(0, 0)].is_nan());
    assert_eq!(largest[(1, 0)], 2.0);
    assert_eq!(x.argmax_rows(), [None, Some(1)]);
    let lowest = Matrix::from([[f64::NEG_INFINITY, f64::NEG_INFINITY]]);
    assert_eq!(lowest.argmax_rows(), [Some(0)]);
    assert_eq!(Matrix::<f64>::zeros(2, 0).argmax_rows(), [None, None]);
}

#[test]
fn ragged_rows_are_refused_by_their_number() {
    let error = Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0]]).unwrap_err();
    assert_eq!(error, ShapeError::Ragged { row: 2, expected: 2, found: 1 });
}

#[test]
fn more_values_than_there_is_memory_for_are_an_error() {
    for (rows, columns) in [(usize::MAX, 2), (usize::MAX / 16, 1), (1 << 40, 1 << 40)] {
        let error = Matrix::<f64>::try_zeros(rows, columns).unwrap_err();
        assert!(matches!(error, ShapeError::TooLarge { .. }), "{error}");
    }
    // nalgebra has a matrix of no rows and endless columns.
    let error = Matrix::try_from(DMatrix::<f64>::zeros(0, usize::MAX)).unwrap_err();
    assert!(matches!(error, ShapeError::TooLarge { .. }), "{error}");
}

#[test]
fn a_matrix_goes_to_nalgebra_and_back() {
    let x = Matrix::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let values = x.as_nalgebra().clone();
    assert_eq!(values, DMatrix::from_row_slice(3, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!(Matrix::try_from(values).unwrap(), x);
}

#[test]
fn maximum_and_minimum_pass_a_nan_on() {
    for (a, b) in [(f32::NAN, 1.0), (1.0, f32::NAN)] {
        assert!(Real::maximum(a, b).is_nan() && Real::minimum(a, b).is_nan());
    }
    assert_eq!((Real::maximum(1.0, 2.0), Real::minimum(1.0, 2.0)), (2.0, 1.0));
}

#[test]
fn values_outside_a_view_are_none() {
    let x = Matrix::from([[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(x.view().get(1, 0), Some(3.0));
    assert_eq!((x.get(2, 0), x.get(0, 2), x.view().get(2, 0)), (None, None, None));
    assert_eq!(x.view().column(2), None);
    assert_eq!(x.view().column(usize::MAX), None);
}
