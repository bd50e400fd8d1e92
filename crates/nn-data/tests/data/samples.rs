//! Laws of data sets by their rows, and of batches.

use std::fmt::Debug;
use std::ops::Range;

use nn_data::{Batches, DataError, Dataset, Regression, Result, Samples, Weighted};
use nn_tensor::{Matrix, ShapeError};
use proptest::prelude::*;

use crate::{numbered, numbered_regression, rng, zero};

proptest! {
    #[test]
    fn an_epoch_of_batches_is_every_sample_once(
        samples in 1..100_usize, size in 1..120_usize, seed: u64, shuffled: bool,
    ) {
        let data = numbered((0..samples).collect(), samples);
        let mut batches = Batches::new(&data, size)?;
        for epoch in 0..3 {
            if shuffled { batches.shuffle(&mut rng(seed ^ epoch)) } else { batches.rewind() }
            let (mut seen, mut count) = (Vec::new(), 0);
            while let Some(batch) = batches.next_batch()? {
                count += 1;
                prop_assert_eq!(batch.inputs.rows(), batch.labels.len());
                prop_assert!(batch.labels.len() == size || count == samples.div_ceil(size));
                for (row, &label) in batch.labels.iter().enumerate() {
                    prop_assert_eq!(batch.inputs.get(row, 1), Some((label + 1000) as f64));
                    seen.push(label);
                }
            }
            prop_assert_eq!(count, batches.len());
            prop_assert!(shuffled || seen.is_sorted());
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..samples).collect::<Vec<_>>());
        }
    }

    #[test]
    fn batches_of_a_regression_keep_inputs_and_targets_together(
        samples in 1..100_usize, size in 1..120_usize, seed: u64,
    ) {
        let data = numbered_regression(samples);
        let mut batches = Batches::new(&data, size)?;
        batches.shuffle(&mut rng(seed));
        let mut seen = Vec::new();
        while let Some(batch) = batches.next_batch()? {
            prop_assert_eq!(batch.inputs.to_matrix(), batch.targets.to_matrix());
            seen.extend_from_slice(batch.targets.to_matrix().as_slice());
        }
        seen.sort_unstable_by(f64::total_cmp);
        prop_assert_eq!(&seen, data.inputs().as_slice());
    }

    #[test]
    fn selected_rows_are_those_of_the_data(
        samples in 1..50_usize, rows in prop::collection::vec(0..60_usize, 0..80),
    ) {
        let labelled = numbered((0..samples).collect(), samples).select(&rows);
        let regression = numbered_regression(samples).select(&rows);
        match rows.iter().find(|&&row| row >= samples) {
            Some(&row) => {
                let error = DataError::RowOutOfRange { row, rows: samples };
                prop_assert_eq!(labelled.unwrap_err(), error.clone());
                prop_assert_eq!(regression.unwrap_err(), error);
            }
            None => {
                let numbers: Vec<f64> = rows.iter().map(|&row| row as f64).collect();
                let (labelled, regression) = (labelled?, regression?);
                prop_assert_eq!(labelled.labels(), &rows);
                prop_assert_eq!(labelled.inputs().as_slice().get(..rows.len()), Some(&numbers[..]));
                prop_assert_eq!(labelled.classes(), samples);
                prop_assert_eq!(regression.inputs().as_slice(), &numbers);
                prop_assert_eq!(regression.targets().as_slice(), &numbers);
            }
        }
    }

    #[test]
    fn what_is_selected_into_others_is_what_is_selected(
        samples in 1..50_usize, before in 1..50_usize,
        rows in prop::collection::vec(0..60_usize, 0..80),
    ) {
        fn agree<D: Samples + PartialEq + Debug>(data: &D, mut before: D, rows: &[usize]) -> Result<(), TestCaseError> {
            match data.select(rows) {
                Ok(selected) => {
                    data.select_into(rows, &mut before)?;
                    prop_assert_eq!(before, selected);
                }
                Err(error) => prop_assert_eq!(data.select_into(rows, &mut before), Err(error)),
            }
            Ok(())
        }
        let labelled = |count| numbered((0..count).collect(), count);
        let weighted =
            |count: usize| Weighted::new(numbered_regression(count), vec![count as f64; count]);
        agree(&labelled(samples), labelled(before), &rows)?;
        agree(&weighted(samples)?, weighted(before)?, &rows)?;
    }

    #[test]
    fn a_range_of_rows_is_what_is_selected(samples in 1..50_usize, start in 0..60_usize, end in 0..60_usize) {
        let weights = (0..samples).map(|row| row as f64).collect();
        let labelled = Weighted::new(numbered((0..samples).collect(), samples), weights)?;
        let regression = numbered_regression(samples);
        let (range, rows) = (start..end, (start..end).collect::<Vec<_>>());
        if start > end || end > samples {
            let error = DataError::from(ShapeError::RowRange { start, end, rows: samples });
            prop_assert_eq!(labelled.row_range(range.clone()).unwrap_err(), error.clone());
            prop_assert_eq!(regression.row_range(range).unwrap_err(), error);
        } else {
            let (batch, weights) = labelled.row_range(range.clone())?;
            let selected = labelled.select(&rows)?;
            prop_assert_eq!(&batch.inputs.to_matrix(), selected.data().inputs());
            prop_assert_eq!((batch.labels, weights), (selected.data().labels(), selected.weights()));
            let (batch, selected) = (regression.row_range(range)?, regression.select(&rows)?);
            prop_assert_eq!(&batch.inputs.to_matrix(), selected.inputs());
            prop_assert_eq!(&batch.targets.to_matrix(), selected.targets());
        }
    }

    #[test]
    fn class_counts_add_up(labels in prop::collection::vec(0..7_usize, 0..50)) {
        let counts = numbered(labels.clone(), 8).class_counts()?;
        for (class, &count) in counts.iter().enumerate() {
            prop_assert_eq!(labels.iter().filter(|&&label| label == class).count(), count);
        }
        prop_assert_eq!(counts.len(), 8);
    }
}

/// Samples of a kind that this crate does not know.
struct Words(Vec<&'static str>);

impl Samples for Words {
    type Batch<'a> = &'a [&'static str];

    fn count(&self) -> usize {
        self.0.len()
    }

    fn row_range(&self, rows: Range<usize>) -> Result<Self::Batch<'_>> {
        let (Range { start, end }, count) = (rows.clone(), self.count());
        self.0.get(rows).ok_or_else(|| ShapeError::RowRange { start, end, rows: count }.into())
    }

    fn select(&self, rows: &[usize]) -> Result<Self> {
        let word = |&row: &usize| {
            self.0.get(row).copied().ok_or(DataError::RowOutOfRange { row, rows: self.count() })
        };
        rows.iter().map(word).collect::<Result<_>>().map(Self)
    }
}

#[test]
fn what_does_not_fill_a_batch_can_be_dropped() {
    for (samples, size, count) in [(10, 3, 3), (9, 3, 3), (2, 3, 0), (3, 1, 3)] {
        let data = numbered((0..samples).collect(), samples);
        let mut batches = Batches::new(&data, size).unwrap().drop_last();
        assert_eq!((batches.len(), batches.is_empty()), (count, count == 0));
        for _ in 0..count {
            assert_eq!(batches.next_batch().unwrap().unwrap().labels.len(), size);
        }
        assert!(batches.next_batch().unwrap().is_none());
    }
}

#[test]
fn weights_stay_with_their_samples() {
    let weights: Vec<f64> = (0..50).map(f64::from).collect();
    let data = Weighted::new(numbered((0..50).collect(), 50), weights).unwrap();
    let mut batches = Batches::new(&data, 7).unwrap();
    batches.shuffle(&mut rng(1));
    while let Some((batch, weights)) = batches.next_batch().unwrap() {
        let labels: Vec<f64> = batch.labels.iter().map(|&label| label as f64).collect();
        assert_eq!(weights, labels);
    }
    let some = data.select(&[3, 9]).unwrap();
    assert_eq!((some.data().labels(), some.weights()), (&[3, 9][..], &[3.0, 9.0][..]));
}

#[test]
fn bad_weights_of_samples_are_refused() {
    let weighted = |weights: &[f64]| Weighted::new(numbered(vec![0, 1], 2), weights.to_vec());
    assert_eq!(weighted(&[1.0]), Err(DataError::WeightCount { samples: 2, weights: 1 }));
    for weight in [-1.0, f64::INFINITY] {
        let (row, value) = (1, weight);
        assert_eq!(weighted(&[1.0, weight]), Err(DataError::Weight { row, value }));
    }
    assert_eq!(
        weighted(&[1.0, f64::NAN]).unwrap_err().to_string(),
        "the weight of row 1 is NaN, but must be finite and at least 0"
    );
}

#[test]
fn balanced_weights_make_every_class_count_the_same() {
    let data = numbered(vec![0, 0, 0, 2], 3);
    // sklearn.utils.class_weight.compute_class_weight("balanced", …), and 0 for a class without samples.
    assert_eq!(data.balanced_class_weights().unwrap(), [4.0 / 6.0, 0.0, 2.0]);
}

#[test]
fn samples_of_a_type_of_ones_own_come_in_batches() {
    let words = Words(vec!["one", "two", "three"]);
    let mut batches = Batches::new(&words, 2).unwrap();
    assert_eq!(batches.next_batch().unwrap().unwrap(), ["one", "two"]);
    assert_eq!(batches.next_batch().unwrap().unwrap(), ["three"]);
    for epoch in 0..2 {
        batches.shuffle(&mut rng(epoch));
        let mut seen = batches.next_batch().unwrap().unwrap().to_vec();
        seen.extend(batches.next_batch().unwrap().unwrap());
        seen.sort_unstable();
        assert_eq!(seen, ["one", "three", "two"]);
    }
}

#[test]
fn a_batch_of_any_size_holds_what_there_is() {
    let data = numbered((0..5).collect(), 5);
    let mut batches = Batches::new(&data, usize::MAX).unwrap();
    for epoch in 0..3 {
        assert_eq!(batches.next_batch().unwrap().unwrap().labels.len(), 5, "{epoch}");
        assert!(batches.next_batch().unwrap().is_none());
        batches.shuffle(&mut rng(epoch));
    }
}

#[test]
fn batches_in_order_are_not_copied() {
    let data = numbered_regression(10);
    let mut batches = Batches::new(&data, 4).unwrap();
    for epoch in 0..2 {
        for first in [0, 4, 8] {
            let batch = batches.next_batch().unwrap().unwrap();
            let place = batch.inputs.column(0).unwrap().as_ptr();
            assert_eq!(place, &raw const data.inputs().as_slice()[first], "{epoch}");
        }
        batches.rewind();
    }
}

/// As `nn`'s test of allocations counts for labelled data.
#[test]
fn shuffled_batches_of_a_regression_stay_in_one_place() {
    let data = numbered_regression(10);
    let mut batches = Batches::new(&data, 10).unwrap();
    let mut places = Vec::new();
    for epoch in 0..3 {
        batches.shuffle(&mut rng(epoch));
        let batch = batches.next_batch().unwrap().unwrap();
        places.push([batch.inputs, batch.targets].map(|part| part.column(0).unwrap().as_ptr()));
    }
    places.dedup();
    assert_eq!(places.len(), 1);
    assert_ne!(places[0][0], data.inputs().as_slice().as_ptr());
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let inputs = Matrix::<f32>::zeros(2, 2);
    assert_eq!(
        Dataset::new(inputs.clone(), vec![0], 2).unwrap_err(),
        DataError::LabelCount { rows: 2, labels: 1 }
    );
    assert_eq!(
        Dataset::new(inputs.clone(), vec![0, 2], 2).unwrap_err(),
        DataError::LabelOutOfRange { row: 1, label: 2, classes: 2 }
    );
    let data = Dataset::new(inputs.clone(), vec![0, 1], 2).unwrap();
    assert_eq!(Batches::new(&data, 0).unwrap_err(), zero("batch size"));
    assert_eq!(
        data.with_inputs(Matrix::zeros(3, 2)).unwrap_err(),
        DataError::LabelCount { rows: 3, labels: 2 }
    );
    let error = Regression::new(inputs.clone(), Matrix::zeros(3, 1)).unwrap_err();
    assert_eq!(error.to_string(), "Regression::new: expected targets of 2 × m, found 3 × 1");
    let data = Regression::new(inputs, Matrix::zeros(2, 1)).unwrap();
    assert!(matches!(data.with_inputs(Matrix::zeros(1, 1)), Err(DataError::Shape(_))));
    assert!(matches!(data.with_targets(Matrix::zeros(1, 1)), Err(DataError::Shape(_))));
}

#[test]
fn classes_without_end_are_counted_only_where_there_is_memory() {
    let data = Dataset::new(Matrix::<f32>::zeros(1, 1), vec![usize::MAX - 1], usize::MAX).unwrap();
    let error = data.class_counts().unwrap_err();
    assert!(matches!(error, DataError::Shape(ShapeError::TooLarge { .. })), "{error}");
}

#[test]
fn data_may_be_empty_or_have_no_features() {
    let empty = numbered(Vec::new(), 0);
    assert!(empty.is_empty() && Batches::new(&empty, 3).unwrap().is_empty());
    assert!(Batches::new(&empty, 3).unwrap().next_batch().unwrap().is_none());
    let bare = Dataset::new(Matrix::<f32>::zeros(3, 0), vec![0; 3], 1).unwrap();
    let mut batches = Batches::new(&bare, 2).unwrap();
    assert_eq!(batches.next_batch().unwrap().unwrap().inputs.rows(), 2);
}
