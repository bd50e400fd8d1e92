//! Clipping of gradients against PyTorch's and against the definition of a norm.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_optim::{OptimError, clip_grad_norm, clip_grad_value};
use nn_reference::load;
use proptest::prelude::*;

fn assert_close(found: f64, expected: f64) {
    let error = (found - expected).abs();
    assert!(error <= 1e-12 * expected.abs(), "{found:e} for {expected:e}");
}

#[test]
fn norm_and_clipped_gradients_are_pytorchs_where_its_norm_is_finite() {
    let (mut finite, mut refused) = (0, 0);
    for case in load("optimizers").get("clip_grad_norm").list() {
        let mut gradients = case.get("g_f64").f64s();
        let before = gradients.clone();
        let max_norm = case.get("max_norm").number();
        let expected = case.get("norm_f64").f64s()[0];
        match clip_grad_norm(&mut gradients, max_norm, 2.0) {
            Ok(norm) if expected.is_finite() => {
                assert_close(norm, expected);
                for (found, expected) in gradients.iter().zip(case.get("clipped_f64").f64s()) {
                    assert_close(*found, expected);
                }
                finite += 1;
            }
            // PyTorch's squares overflow.
            Ok(norm) => assert_close(norm, 1e200 * 2.0_f64.sqrt()),
            Err(error) => {
                assert!(matches!(error, OptimError::NonFiniteNorm { .. }), "{error}");
                assert!(before.iter().any(|g| !g.is_finite()));
                assert_eq!(format!("{gradients:?}"), format!("{before:?}"));
                refused += 1;
            }
        }
    }
    assert_eq!((finite, refused), (9, 6));
}

/// A norm by its definition, from values of ordinary size.
fn norm(gradients: &[f64], p: f64) -> f64 {
    if p.is_infinite() {
        return gradients.iter().fold(0.0, |largest, g| largest.max(g.abs()));
    }
    gradients.iter().map(|g| g.abs().powf(p)).sum::<f64>().powf(1.0 / p)
}

proptest! {
    #[test]
    fn a_norm_of_any_type_and_size_is_right_and_then_at_most_the_largest(
        gradients in prop::collection::vec(-1.0..1.0, 0..100),
        p in prop::sample::select(vec![0.5, 1.0, 2.0, 3.0, f64::INFINITY]),
        exponent in -1000..1000,
        max_norm in 0.0..3.0,
    ) {
        let scale = 2.0_f64.powi(exponent);
        let expected = scale * norm(&gradients, p);
        let max_norm = scale * max_norm;
        let mut clipped: Vec<f64> = gradients.iter().map(|g| scale * g).collect();
        let before = clipped.clone();
        let found = clip_grad_norm(&mut clipped, max_norm, p).unwrap();
        prop_assert!((found - expected).abs() <= 1e-12 * expected, "{} for {}", found, expected);
        let share = (max_norm / (expected + 1e-6)).min(1.0);
        for (after, before) in clipped.iter().zip(before) {
            let expected = share * before;
            prop_assert!((after - expected).abs() <= 1e-12 * expected.abs() + f64::MIN_POSITIVE);
        }
        let after = clip_grad_norm(&mut clipped, f64::INFINITY, p).unwrap();
        prop_assert!(after <= max_norm * (1.0 + 1e-12) + f64::MIN_POSITIVE);
    }

    #[test]
    fn values_are_clipped_to_the_bounds_and_no_further(
        gradients in prop::collection::vec(prop::num::f32::ANY, 0..100),
        bound in 0.0_f32..10.0,
    ) {
        let mut clipped = gradients.clone();
        clip_grad_value(&mut clipped, f64::from(bound)).unwrap();
        for (after, before) in clipped.iter().zip(gradients) {
            prop_assert!(*after == before.clamp(-bound, bound) || after.is_nan() && before.is_nan());
        }
    }
}

#[test]
fn the_largest_single_precision_gradients_are_clipped_in_their_direction() {
    let mut gradients = vec![f32::MAX; 1_000_000];
    let norm = clip_grad_norm(&mut gradients, 1.0, 2.0).unwrap();
    assert_close(norm, 1000.0 * f64::from(f32::MAX));
    assert!(gradients.iter().all(|&g| g == 0.001));
}

#[test]
fn a_norm_beyond_the_largest_number_is_refused_and_subnormal_ones_are_not() {
    let mut gradients = [f64::MAX; 4];
    let error = clip_grad_norm(&mut gradients, 1.0, 2.0).unwrap_err();
    assert_eq!(error.to_string(), "the norm of the gradients is inf");
    assert_eq!(gradients, [f64::MAX; 4]);
    let tiny = f64::from_bits(3);
    assert_eq!(clip_grad_norm(&mut [tiny, -tiny, tiny, tiny], 1.0, 2.0).unwrap(), 2.0 * tiny);
}

#[test]
fn no_gradients_have_norm_0() {
    for p in [1.0, 2.0, f64::INFINITY] {
        assert_eq!(clip_grad_norm::<f32>(&mut [], 1.0, p).unwrap(), 0.0);
    }
}

#[test]
fn bounds_below_0_and_norms_of_no_type_are_refused_by_name() {
    for bad in [-1.0, f64::NAN] {
        let mut gradients = [3.0, 4.0];
        for (name, error) in [
            ("max_norm", clip_grad_norm(&mut gradients, bad, 2.0).unwrap_err()),
            ("norm_type", clip_grad_norm(&mut gradients, 1.0, bad).unwrap_err()),
            ("clip_value", clip_grad_value(&mut gradients, bad).unwrap_err()),
        ] {
            assert!(error.to_string().starts_with(&format!("{name} is {bad}, but")), "{error}");
        }
        assert_eq!(gradients, [3.0, 4.0]);
    }
    assert!(clip_grad_norm(&mut [3.0, 4.0], 1.0, 0.0).is_err());
}
