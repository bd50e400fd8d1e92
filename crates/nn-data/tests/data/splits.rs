//! Laws of splits and folds.

use nn_data::{
    DataError, Dataset, Regression, Result, k_folds, stratified_k_folds, stratified_split,
    train_test_split,
};
use proptest::prelude::*;

use crate::{numbered, numbered_regression, rng};

/// The rows of the data that these samples come from.
fn rows(data: &Regression<f64>) -> Vec<usize> {
    data.inputs().as_slice().iter().map(|&row| row as usize).collect()
}

fn sorted(mut rows: Vec<usize>) -> Vec<usize> {
    rows.sort_unstable();
    rows
}

/// Labelled data, some of whose classes may be empty.
fn labelled() -> impl Strategy<Value = Dataset<f64>> {
    prop::collection::vec(0..5_usize, 2..120).prop_map(|labels| numbered(labels, 6))
}

proptest! {
    #[test]
    fn a_split_puts_every_sample_in_one_part(
        samples in 2..200_usize, place in 0.0..1.0, seed: u64,
    ) {
        let tested = 1 + (place * (samples - 1) as f64) as usize;
        let data = numbered_regression(samples);
        let (train, test) = train_test_split(&data, tested, &mut rng(seed))?;
        prop_assert_eq!((train.len(), test.len()), (samples - tested, tested));
        let both = [rows(&train), rows(&test)].concat();
        prop_assert_eq!(sorted(both), (0..samples).collect::<Vec<_>>());
        prop_assert_eq!((train, test), train_test_split(&data, tested, &mut rng(seed))?);
    }

    #[test]
    fn a_share_is_kept_to_half_a_sample(
        samples in 2..500_usize, share in prop_oneof![0.0..1.0_f64, prop::num::f64::ANY], seed: u64,
    ) {
        let data = numbered_regression(samples);
        match train_test_split(&data, share, &mut rng(seed)) {
            Ok((_, test)) => {
                let off = test.len() as f64 - share * samples as f64;
                prop_assert!(off.abs() <= 0.5);
            }
            Err(DataError::Parameter { .. }) => prop_assert!(!(share > 0.0 && share < 1.0)),
            Err(error) => {
                let tested = share * samples as f64;
                prop_assert!(tested <= 0.5 || tested >= samples as f64 - 0.5, "{error}");
            }
        }
    }

    #[test]
    fn a_stratified_split_keeps_the_share_of_each_class_to_less_than_a_sample(
        data in labelled(), place in 0.0..1.0, seed: u64,
    ) {
        let tested = 1 + (place * (data.len() - 1) as f64) as usize;
        let (train, test) = stratified_split(&data, tested, &mut rng(seed))?;
        prop_assert_eq!((train.len(), test.len()), (data.len() - tested, tested));
        let counts = data.class_counts()?.into_iter().zip(test.class_counts()?);
        for (of_class, tested_of_class) in counts {
            let share = (of_class * tested) as f64 / data.len() as f64;
            prop_assert!((tested_of_class as f64 - share).abs() < 1.0);
        }
        for part in [&train, &test] {
            for (i, label) in part.labels().iter().enumerate() {
                prop_assert_eq!(data.labels()[part.inputs()[(i, 0)] as usize], *label);
            }
        }
        let mut both = Vec::new();
        for part in [train, test] {
            both.extend((0..part.len()).map(|i| part.inputs()[(i, 0)] as usize));
        }
        prop_assert_eq!(sorted(both), (0..data.len()).collect::<Vec<_>>());
    }

    #[test]
    fn every_sample_is_validated_once_and_trained_on_in_all_other_rounds(
        samples in 2..100_usize, place in 0.0..1.0, seed: u64,
    ) {
        let folds = 2 + (place * (samples - 1) as f64) as usize;
        let data = numbered_regression(samples);
        let rounds = k_folds(&data, folds, &mut rng(seed))?;
        prop_assert_eq!(rounds.len(), folds);
        let mut validated = Vec::new();
        for round in rounds {
            let (train, validation) = round?;
            let both = [rows(&train), rows(&validation)].concat();
            prop_assert_eq!(sorted(both), (0..samples).collect::<Vec<_>>());
            prop_assert!((samples / folds..=samples.div_ceil(folds)).contains(&validation.len()));
            validated.extend(rows(&validation));
        }
        prop_assert_eq!(sorted(validated), (0..samples).collect::<Vec<_>>());
    }

    #[test]
    fn stratified_folds_share_each_class_to_within_a_sample(
        data in labelled(), place in 0.0..1.0, seed: u64,
    ) {
        let folds = 2 + (place * (data.len() - 1) as f64) as usize;
        let counts = data.class_counts()?;
        let mut validated = vec![0; counts.len()];
        for round in stratified_k_folds(&data, folds, &mut rng(seed))? {
            let (train, validation) = round?;
            prop_assert_eq!(train.len() + validation.len(), data.len());
            let sizes = data.len() / folds..=data.len().div_ceil(folds);
            prop_assert!(sizes.contains(&validation.len()));
            for (class, count) in validation.class_counts()?.into_iter().enumerate() {
                let sizes = counts[class] / folds..=counts[class].div_ceil(folds);
                prop_assert!(sizes.contains(&count));
                validated[class] += count;
            }
        }
        prop_assert_eq!(validated, counts);
    }
}

#[test]
fn every_sample_is_as_likely_to_be_tested() {
    let data = numbered_regression(10);
    let mut tested = [0; 10];
    let rng = &mut rng(6);
    for _ in 0..10_000 {
        let (_, test) = train_test_split(&data, 3, rng).unwrap();
        rows(&test).into_iter().for_each(|row| tested[row] += 1);
    }
    assert!(tested.iter().all(|count| (2800..3200).contains(count)), "{tested:?}");
}

#[test]
fn equal_remainders_are_rounded_up_for_the_first_classes() {
    let data = numbered(vec![2, 2, 1, 1, 0, 0], 3);
    let (_, test) = stratified_split(&data, 4, &mut rng(0)).unwrap();
    assert_eq!(test.class_counts().unwrap(), [2, 1, 1]);
}

#[test]
fn parts_without_samples_and_folds_without_end_are_refused() {
    let (data, rng) = (numbered_regression(3), &mut rng(0));
    for part in [0, 3, usize::MAX] {
        let error = train_test_split(&data, part, rng).unwrap_err();
        assert_eq!(error, DataError::EmptyPart { part, samples: 3 });
    }
    for share in [0.0, 1.0, -0.5, f64::NAN, f64::INFINITY] {
        let error = train_test_split(&data, share, rng).unwrap_err();
        assert!(matches!(error, DataError::Parameter { .. }), "{error}");
    }
    for folds in [0, 1, 4, usize::MAX] {
        let error = k_folds(&data, folds, rng).unwrap_err();
        assert_eq!(error, DataError::Folds { folds, samples: 3 });
    }
    let empty = numbered(Vec::new(), 2);
    assert!(stratified_split(&empty, 0.5, rng).is_err());
    assert!(stratified_k_folds(&empty, 2, rng).is_err());
}

#[test]
fn classes_without_end_do_no_harm() -> Result<()> {
    let data = numbered(vec![usize::MAX - 1, 3, usize::MAX - 1, 3], usize::MAX);
    let (train, test) = stratified_split(&data, 0.5, &mut rng(0))?;
    assert_eq!((train.len(), test.len()), (2, 2));
    assert_eq!(stratified_k_folds(&data, 2, &mut rng(0))?.count(), 2);
    Ok(())
}

#[test]
fn more_rows_than_there_is_memory_for_are_an_error() {
    let endless = nn_tensor::Matrix::<f64>::zeros(1 << 40, 0);
    let data = Regression::new(endless.clone(), endless).unwrap();
    assert!(nn_data::Batches::new(&data, 1).is_err());
    assert!(train_test_split(&data, 1, &mut rng(0)).is_err());
    assert!(k_folds(&data, 2, &mut rng(0)).is_err());
}
