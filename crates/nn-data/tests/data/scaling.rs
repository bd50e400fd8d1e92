//! Laws of scaling.

use nn_data::{DataError, MinMaxScaler, Standardizer, iris};
use nn_tensor::{Matrix, Scalar};
use proptest::prelude::*;

use crate::zero;

/// Columns of `n` values around an offset that may be large.
fn table() -> impl Strategy<Value = Matrix<f64>> {
    (1..40_usize, 1..4_usize).prop_flat_map(|(rows, columns)| {
        let offsets = prop::collection::vec(-1e9..1e9, columns);
        let values = prop::collection::vec(-1.0..1.0, rows * columns);
        (offsets, values).prop_map(move |(offsets, values)| {
            Matrix::from_fn(rows, columns, |i, j| offsets[j] + values[i * columns + j])
        })
    })
}

/// The largest size of a value in the column.
fn size<T: Scalar>(column: &[T]) -> f64 {
    column.iter().map(|x| x.to_f64().abs()).fold(0.0, f64::max)
}

/// Whether no value is further from its original than some units in the last place of the largest
/// in its column.
fn came_back<T: Scalar>(back: &Matrix<T>, original: &Matrix<T>) -> bool {
    let (back, original) = (back.view(), original.view());
    back.iter_columns().zip(original.iter_columns()).all(|(back, original)| {
        let allowed = 4.0 * T::EPSILON.to_f64() * size(original);
        back.iter().zip(original).all(|(a, b)| (a.to_f64() - b.to_f64()).abs() <= allowed)
    })
}

proptest! {
    #[test]
    fn standardized_columns_have_mean_0_and_deviation_1(inputs in table()) {
        let scaler = Standardizer::fit(&inputs)?;
        let scaled = scaler.transform(&inputs)?;
        for (column, original) in scaled.view().iter_columns().zip(inputs.view().iter_columns()) {
            let count = column.len() as f64;
            let mean = column.iter().sum::<f64>() / count;
            let variance = column.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / count;
            prop_assert!(mean.abs() < 1e-14, "mean {mean}");
            let constant = original.iter().all(|x| *x == original[0]);
            let expected = if constant { 0.0 } else { 1.0 };
            prop_assert!((variance - expected).abs() < 1e-14, "variance {variance}");
        }
    }

    #[test]
    fn standardizing_can_be_undone(inputs in table()) {
        let scaler = Standardizer::fit(&inputs)?;
        let back = scaler.inverse_transform(&scaler.transform(&inputs)?)?;
        prop_assert!(came_back(&back, &inputs), "{back:?} {inputs:?}");
        let single: Matrix<f32> = inputs.cast();
        let scaler = Standardizer::fit(&single)?;
        let back = scaler.inverse_transform(&scaler.transform(&single)?)?;
        prop_assert!(came_back(&back, &single), "{back:?} {single:?}");
    }

    #[test]
    fn columns_scaled_by_their_bounds_reach_both(
        inputs in table(), low in -5.0..5.0, width in 0.1..10.0,
    ) {
        let high = low + width;
        let scaled = MinMaxScaler::fit(&inputs, low..=high)?.transform(&inputs)?;
        for (column, original) in scaled.view().iter_columns().zip(inputs.view().iter_columns()) {
            let least = column.iter().copied().fold(f64::INFINITY, f64::min);
            let most = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let constant = original.iter().all(|x| *x == original[0]);
            prop_assert_eq!((least, most), (low, if constant { low } else { high }));
        }
    }

    #[test]
    fn scaling_by_bounds_can_be_undone(inputs in table(), low in -5.0..5.0) {
        let scaler = MinMaxScaler::fit(&inputs, low..=low + 1.0)?;
        let back = scaler.inverse_transform(&scaler.transform(&inputs)?)?;
        prop_assert!(came_back(&back, &inputs), "{back:?} {inputs:?}");
        let single: Matrix<f32> = inputs.cast();
        let scaler = MinMaxScaler::fit(&single, 0.0..=1.0)?;
        let back = scaler.inverse_transform(&scaler.transform(&single)?)?;
        prop_assert!(came_back(&back, &single), "{back:?} {single:?}");
    }

    #[test]
    fn any_table_is_scaled_or_refused(
        values in prop::collection::vec(prop_oneof![9 => -1e9..1e9, 1 => prop::num::f64::ANY], 0..12),
        columns in 1..4_usize,
    ) {
        let rows = values.len() / columns;
        let inputs: Matrix<f64> =
            Matrix::from_row_slice(rows, columns, &values[..rows * columns])?;
        let finite = rows > 0 && inputs.is_finite();
        let standardized = Standardizer::fit(&inputs).and_then(|scaler| scaler.transform(&inputs));
        let bounded =
            MinMaxScaler::fit(&inputs, 0.0..=1.0).and_then(|scaler| scaler.transform(&inputs));
        for scaled in [standardized, bounded] {
            match scaled {
                Ok(scaled) => prop_assert!(finite && scaled.is_finite()),
                Err(error) if rows == 0 => prop_assert_eq!(error, zero("samples")),
                Err(DataError::NotFinite { row, column, .. }) => {
                    prop_assert!(!inputs[(row, column)].is_finite());
                }
                Err(error) => {
                    prop_assert!(matches!(error, DataError::TooFarApart { .. }), "{error}");
                    prop_assert!(finite && size(inputs.as_slice()) > 1e306);
                }
            }
        }
    }
}

#[test]
fn a_scaler_says_what_it_found() {
    let inputs = Matrix::from([[1.0, 7.0], [3.0, 7.0]]);
    let scaler = Standardizer::fit(&inputs).unwrap();
    assert_eq!(scaler.means().collect::<Vec<_>>(), [2.0, 7.0]);
    assert_eq!(scaler.deviations().collect::<Vec<_>>(), [1.0, 0.0]);
    let scaler = MinMaxScaler::fit(&inputs, 0.0..=1.0).unwrap();
    assert_eq!(scaler.minima().collect::<Vec<_>>(), [1.0, 7.0]);
    assert_eq!(scaler.maxima().collect::<Vec<_>>(), [3.0, 7.0]);
}

/// The figures are those of scikit-learn's `StandardScaler`.
#[test]
fn the_irises_have_the_means_and_deviations_that_scikit_learn_finds() {
    let scaler = Standardizer::fit(iris::<f64>().unwrap().data.inputs()).unwrap();
    let means = [5.843333333333335, 3.057333333333334, 3.7580000000000027, 1.199333333333334];
    let deviations =
        [0.8253012917851409, 0.43441096773549437, 1.7594040657753032, 0.7596926279021594];
    let close = |(found, expected): (f64, f64)| (found - expected).abs() < 1e-14;
    assert!(scaler.means().zip(means).all(close));
    assert!(scaler.deviations().zip(deviations).all(close));
}

#[test]
fn tiny_and_huge_columns_keep_their_digits() {
    for scale in [f64::MIN_POSITIVE, 1e-200, 1e200, 1e307] {
        let inputs = Matrix::from([[scale], [2.0 * scale], [6.0 * scale]]);
        let scaler = Standardizer::fit(&inputs).unwrap();
        let expected = [-2.0, -1.0, 3.0].map(|x| x * (3.0_f64 / 14.0).sqrt());
        for (z, expected) in scaler.transform(&inputs).unwrap().as_slice().iter().zip(expected) {
            assert!((z - expected).abs() < 1e-15, "{z} {expected}");
        }
    }
    // The mean, 10¹⁶ + 1, is not a number in f64.
    let inputs = Matrix::from([[1e16], [1e16 + 2.0]]);
    let scaled = Standardizer::fit(&inputs).unwrap().transform(&inputs).unwrap();
    assert_eq!(scaled, Matrix::from([[-1.0], [1.0]]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let inputs = Matrix::from([[1.0_f32, 2.0], [3.0, 4.0]]);
    let standardizer = Standardizer::fit(&inputs).unwrap();
    let bounded = MinMaxScaler::fit(&inputs, 0.0..=1.0).unwrap();
    let other = Matrix::<f32>::zeros(2, 3);
    let error = standardizer.transform(&other).unwrap_err();
    let expected = "Standardizer::transform: expected an input of n × 2, found n × 3";
    assert_eq!(error.to_string(), expected);
    assert!(standardizer.inverse_transform(&other).is_err());
    assert!(bounded.transform(&other).is_err() && bounded.inverse_transform(&other).is_err());

    let hole = Matrix::from([[1.0, 2.0], [3.0, f32::NAN]]);
    let at_the_hole = |error| matches!(error, DataError::NotFinite { row: 1, column: 1, .. });
    assert!(at_the_hole(Standardizer::fit(&hole).unwrap_err()));
    assert!(at_the_hole(MinMaxScaler::fit(&hole, 0.0..=1.0).unwrap_err()));
    assert!(at_the_hole(standardizer.transform(&hole).unwrap_err()));
    assert!(at_the_hole(bounded.inverse_transform(&hole).unwrap_err()));

    // In range before, out of the range of f32 after.
    let narrow = Standardizer::fit(&Matrix::from([[0.0_f32], [1e-30]])).unwrap();
    let error = narrow.transform(&Matrix::from([[1e30_f32]])).unwrap_err();
    assert!(matches!(error, DataError::NotFinite { row: 0, column: 0, .. }), "{error}");

    let reversed = (1.0, -1.0);
    for bounds in [0.0..=0.0, reversed.0..=reversed.1, 0.0..=f64::INFINITY, f64::NAN..=1.0] {
        let error = MinMaxScaler::fit(&inputs, bounds).unwrap_err();
        assert!(matches!(error, DataError::Parameter { .. }), "{error}");
    }
}

#[test]
fn a_table_without_columns_has_nothing_to_scale() {
    let bare = Matrix::<f64>::zeros(3, 0);
    assert_eq!(Standardizer::fit(&bare).unwrap().transform(&bare).unwrap(), bare);
    assert_eq!(MinMaxScaler::fit(&bare, 0.0..=1.0).unwrap().transform(&bare).unwrap(), bare);
}
