//! Schedules against PyTorch's learning rates, at their ends and beyond, and what they refuse.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_layers::Network;
use nn_optim::schedules::{self, prelude::*};
use nn_optim::{OptimError, Optimizer, Schedule, Sgd};
use nn_reference::load;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The schedule of a case of the reference figures, whose learning rate is 0.1.
fn schedule(name: &str) -> Box<dyn Schedule> {
    match name {
        "StepLR" => Box::new(StepLr { step_size: 7, gamma: 0.5 }),
        "MultiStepLR" => Box::new(MultiStepLr::new([3, 10, 20])),
        "ExponentialLR" => Box::new(ExponentialLr { gamma: 0.9 }),
        "CosineAnnealingLR" => Box::new(CosineAnnealingLr { t_max: 25, eta_min: 0.001 }),
        "LinearLR" => Box::new(LinearLr { start_factor: 0.1, end_factor: 1.0, total_iters: 10 }),
        "ConstantLR" => Box::new(ConstantLr { factor: 0.5, total_iters: 5 }),
        "PolynomialLR" => Box::new(PolynomialLr { total_iters: 20, power: 2.0 }),
        "CosineAnnealingWarmRestarts" => Box::new(CosineAnnealingWarmRestarts {
            t_mult: 2,
            ..CosineAnnealingWarmRestarts::new(5)
        }),
        "OneCycleLR" => Box::new(OneCycleLr::new(30)),
        other => panic!("what is {other}?"),
    }
}

#[test]
fn thirty_learning_rates_are_pytorchs_to_1e_12() {
    let cases = load("optimizers").get("schedulers").list();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let name = case.get("name");
        let (schedule, expected) = (schedule(name.text()), case.get("lr_f64").f64s());
        assert_eq!(expected.len(), 30);
        for (t, expected) in expected.into_iter().enumerate() {
            let found = schedule.learning_rate(0.1, t as u64);
            let error = (found - expected).abs();
            assert!(error <= 1e-12 * expected.abs(), "{name:?} at {t}: {found:e}, {expected:e}");
        }
    }
}

#[test]
fn every_schedule_is_listed_once_by_its_name_and_gives_a_learning_rate_at_any_time() {
    let mut names = Vec::new();
    for (name, schedule) in schedules::all() {
        assert!(!names.contains(&name), "{name}");
        names.push(name);
        assert!(format!("{schedule:?}").starts_with(name), "{schedule:?}");
        schedule.check().unwrap();
        for t in (0..1000).chain([1 << 40, u64::MAX]) {
            let rate = schedule.learning_rate(0.1, t);
            assert!((0.0..=0.1 + 1e-15).contains(&rate), "{name} at {t}: {rate}");
            assert_eq!(schedule.learning_rate(0.0, t), 0.0, "{name} at {t}");
        }
    }
    assert_eq!(names.len(), 11);
}

/// A schedule of each kind with its numbers at random, in range or out of it.
fn any_schedule() -> impl Strategy<Value = Box<dyn Schedule>> {
    let number = prop::sample::select(vec![-1.0, 0.0, 1e-100, 0.3, 0.5, 1.0, 2.0, f64::NAN]);
    let count = prop::sample::select(vec![0, 1, 2, 7, 100, u64::MAX]);
    (0..10, [number.clone(), number.clone(), number], [count.clone(), count], any::<[bool; 2]>())
        .prop_map(|(kind, [a, b, c], [n, m], [three_phase, line])| -> Box<dyn Schedule> {
            let anneal_strategy = if line { AnnealStrategy::Linear } else { AnnealStrategy::Cos };
            match kind {
                0 => Box::new(ConstantLr { factor: a, total_iters: n }),
                1 => Box::new(CosineAnnealingLr { t_max: n, eta_min: a }),
                2 => Box::new(CosineAnnealingWarmRestarts { t_0: n, t_mult: m, eta_min: a }),
                3 => Box::new(ExponentialLr { gamma: a }),
                4 => Box::new(InverseTimeDecay { decay: a }),
                5 => Box::new(LinearLr { start_factor: a, end_factor: b, total_iters: n }),
                6 => Box::new(MultiStepLr { milestones: vec![n, m, n], gamma: a }),
                7 => Box::new(OneCycleLr {
                    total_steps: n,
                    pct_start: a,
                    anneal_strategy,
                    div_factor: b,
                    final_div_factor: c,
                    three_phase,
                }),
                8 => Box::new(PolynomialLr { total_iters: n, power: a }),
                _ => Box::new(StepLr { step_size: n, gamma: a }),
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]
    #[test]
    fn a_schedule_refuses_its_numbers_or_never_gives_nan(
        schedule in any_schedule(),
        base in prop::sample::select(vec![1e-300, 0.1, 1e10]),
        t in prop::sample::select(vec![0, 1, 2, 6, 7, 8, 50, 99, 100, 101, 1 << 60, u64::MAX]),
    ) {
        let rate = schedule.learning_rate(base, t);
        match schedule.check() {
            Ok(()) => prop_assert!(rate >= 0.0, "{}", rate),
            Err(error) => {
                let is_typed = matches!(error, OptimError::Hyperparameter { .. });
                prop_assert!(is_typed);
            }
        }
    }
}

#[test]
fn one_cycle_of_three_phases_turns_where_pytorchs_does() {
    for anneal_strategy in [AnnealStrategy::Cos, AnnealStrategy::Linear] {
        let schedule = OneCycleLr { three_phase: true, anneal_strategy, ..OneCycleLr::new(100) };
        // Phases end at 0.3·100 - 1, at 2·0.3·100 - 2 and at 100 - 1.
        for (t, expected) in [(0, 0.004), (29, 0.1), (58, 0.004), (99, 4e-7), (100, 4e-7)] {
            let found = schedule.learning_rate(0.1, t);
            assert!((found - expected).abs() < 1e-15, "{t}: {found} for {expected}");
        }
        let halfway = |start: u64, end: u64| schedule.learning_rate(0.1, (start + end) / 2);
        assert!((halfway(29, 59) - (0.1 - 0.096 * 15.0 / 29.0)).abs() < 3e-3);
        assert!((halfway(58, 98) - 0.002).abs() < 1e-4);
    }
    // 0.004 + 0.096·10/29
    let linear = OneCycleLr { anneal_strategy: AnnealStrategy::Linear, ..OneCycleLr::new(100) };
    assert!((linear.learning_rate(0.1, 10) - (0.004 + 0.96 / 29.0)).abs() < 1e-15);
}

#[test]
fn hyper_parameters_out_of_range_are_refused_by_name() {
    fn refused(schedule: &dyn Schedule) -> &'static str {
        match schedule.check().unwrap_err() {
            OptimError::Hyperparameter { name, .. } => name,
            other => panic!("{other}"),
        }
    }
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(&ConstantLr { factor: bad, ..ConstantLr::default() }), "factor");
        assert_eq!(refused(&StepLr { gamma: bad, step_size: 1 }), "gamma");
        assert_eq!(refused(&MultiStepLr { gamma: bad, ..MultiStepLr::new([1]) }), "gamma");
        assert_eq!(refused(&ExponentialLr { gamma: bad }), "gamma");
        assert_eq!(refused(&CosineAnnealingLr { t_max: 1, eta_min: bad }), "eta_min");
        let restarts = CosineAnnealingWarmRestarts::new(1);
        assert_eq!(refused(&CosineAnnealingWarmRestarts { eta_min: bad, ..restarts }), "eta_min");
        assert_eq!(refused(&LinearLr { start_factor: bad, ..LinearLr::default() }), "start_factor");
        assert_eq!(refused(&LinearLr { end_factor: bad, ..LinearLr::default() }), "end_factor");
        assert_eq!(refused(&PolynomialLr { power: bad, ..PolynomialLr::default() }), "power");
        assert_eq!(refused(&InverseTimeDecay { decay: bad }), "decay");
        let cycle = OneCycleLr::new(9);
        assert_eq!(refused(&OneCycleLr { pct_start: bad, ..cycle }), "pct_start");
        assert_eq!(refused(&OneCycleLr { div_factor: bad, ..cycle }), "div_factor");
        assert_eq!(refused(&OneCycleLr { final_div_factor: bad, ..cycle }), "final_div_factor");
    }
    assert_eq!(refused(&StepLr::new(0)), "step_size");
    assert_eq!(refused(&CosineAnnealingLr::new(0)), "t_max");
    assert_eq!(refused(&CosineAnnealingWarmRestarts::new(0)), "t_0");
    let restarts = CosineAnnealingWarmRestarts { t_mult: 0, ..CosineAnnealingWarmRestarts::new(1) };
    assert_eq!(refused(&restarts), "t_mult");
    assert_eq!(refused(&OneCycleLr::new(0)), "total_steps");
    let phases = OneCycleLr { three_phase: true, pct_start: 0.6, ..OneCycleLr::new(9) };
    assert_eq!(refused(&phases), "pct_start");
}

#[test]
fn an_optimizer_refuses_a_bad_schedule_and_keeps_its_learning_rate() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let network = Network::<f32>::builder(1).dense(1).build(&mut rng).unwrap();
    let rule = Sgd { learning_rate: 0.5, ..Sgd::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    for bad in [-1.0, f64::NAN, f64::INFINITY, 1e39] {
        let error = optimizer.schedule(&LambdaLr(|_| bad / 0.5), 0).unwrap_err();
        assert!(error.to_string().starts_with("learning_rate is "), "{error}");
    }
    let error = optimizer.schedule(&StepLr::new(0), 3).unwrap_err();
    assert_eq!(error.to_string(), "step_size is 0, but must be at least 1");
    assert!(optimizer.schedule(&ExponentialLr { gamma: 2.0 }, 5000).is_err());
    assert_eq!(optimizer.learning_rate(), 0.5);
    for (name, schedule) in schedules::all() {
        optimizer.schedule(schedule.as_ref(), 3).unwrap();
        assert_eq!(optimizer.learning_rate(), schedule.learning_rate(0.5, 3), "{name}");
    }
}

/// `base / √(1 + t)`
#[derive(Debug)]
struct InverseRoot;

impl Schedule for InverseRoot {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        base / (1.0 + t as f64).sqrt()
    }
}

#[test]
fn a_users_schedule_is_one_function() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let network = Network::<f64>::builder(1).dense(1).build(&mut rng).unwrap();
    let rule = Sgd { learning_rate: 0.5, ..Sgd::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    optimizer.schedule(&InverseRoot, 3).unwrap();
    assert_eq!(optimizer.learning_rate(), 0.25);
}

/// The learning rates after each figure, from 1.
fn plateau(rule: ReduceLrOnPlateau, figures: &[f64]) -> Vec<f64> {
    let mut plateau = rule.start(1.0).unwrap();
    figures.iter().map(|&figure| plateau.step(figure)).collect()
}

#[test]
fn a_plateau_longer_than_the_patience_reduces_the_learning_rate() {
    let rule = ReduceLrOnPlateau { factor: 0.5, patience: 1, ..ReduceLrOnPlateau::default() };
    // Better, better, two that are not, better, then not by the threshold.
    let figures = [2.0, 1.0, 1.0, 1.5, 0.5, 0.49999, 0.4999, 0.4999];
    assert_eq!(plateau(rule, &figures), [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5]);
    let absolute = ReduceLrOnPlateau {
        threshold_mode: ThresholdMode::Abs,
        threshold: 0.25,
        patience: 0,
        ..rule
    };
    assert_eq!(plateau(absolute, &[2.0, 1.75, 1.5, 1.25]), [1.0, 0.5, 0.5, 0.25]);
    let accuracy = ReduceLrOnPlateau { mode: PlateauMode::Max, patience: 0, ..rule };
    assert_eq!(plateau(accuracy, &[0.5, 0.6, 0.6, 0.7]), [1.0, 1.0, 0.5, 0.5]);
    let absolute = ReduceLrOnPlateau { mode: PlateauMode::Max, ..absolute };
    assert_eq!(plateau(absolute, &[0.0, 0.25, 0.26]), [1.0, 0.5, 0.5]);
}

#[test]
fn a_plateau_pauses_ends_and_does_not_mistake_nan() {
    let rule = ReduceLrOnPlateau { factor: 0.5, patience: 0, ..ReduceLrOnPlateau::default() };
    let cooled = ReduceLrOnPlateau { cooldown: 2, ..rule };
    assert_eq!(plateau(cooled, &[1.0; 6]), [1.0, 0.5, 0.5, 0.5, 0.25, 0.25]);
    let floored = ReduceLrOnPlateau { min_lr: 0.3, ..rule };
    assert_eq!(plateau(floored, &[1.0; 4]), [1.0, 0.5, 0.3, 0.3]);
    let coarse = ReduceLrOnPlateau { eps: 0.3, ..rule };
    assert_eq!(plateau(coarse, &[1.0; 4]), [1.0, 0.5, 0.5, 0.5]);
    let figures = [f64::NAN, 2.0, f64::NAN, 1.0, f64::INFINITY];
    assert_eq!(plateau(rule, &figures), [0.5, 0.5, 0.25, 0.25, 0.125]);
    // Nothing is as bad as infinity, as in PyTorch.
    assert_eq!(plateau(rule, &[f64::INFINITY, 1.0]), [0.5, 0.5]);
}

#[test]
fn a_plateau_refuses_numbers_out_of_range_by_name() {
    let default = ReduceLrOnPlateau::default();
    let refused = |rule: ReduceLrOnPlateau| rule.start(0.1).unwrap_err().to_string();
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        assert!(refused(ReduceLrOnPlateau { factor: bad, ..default }).starts_with("factor"));
        assert!(refused(ReduceLrOnPlateau { threshold: bad, ..default }).starts_with("threshold"));
        assert!(refused(ReduceLrOnPlateau { min_lr: bad, ..default }).starts_with("min_lr"));
        assert!(refused(ReduceLrOnPlateau { eps: bad, ..default }).starts_with("eps"));
        assert!(default.start(bad).unwrap_err().to_string().starts_with("learning_rate"));
    }
    assert!(refused(ReduceLrOnPlateau { factor: 1.0, ..default }).starts_with("factor"));
}

#[test]
fn a_schedule_is_asked_once_for_each_group() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let network: Network = Network::builder(2).dense(2).build(&mut rng).unwrap();
    let mut optimizer =
        Optimizer::new(Sgd { learning_rate: 1.0, ..Sgd::default() }, &network).unwrap();
    let asked = std::sync::atomic::AtomicU32::new(0);
    let counting = LambdaLr(|_| {
        let before = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        f64::from(before + 1)
    });
    optimizer.schedule(&counting, 0).unwrap();
    assert_eq!((optimizer.learning_rate(), asked.into_inner()), (1.0, 1));
}

#[test]
fn a_first_figure_that_is_infinitely_bad_is_not_the_best() {
    let rule = ReduceLrOnPlateau { factor: 0.5, patience: 0, ..ReduceLrOnPlateau::default() };
    assert_eq!(plateau(rule, &[f64::INFINITY, 5.0, 4.0]), [0.5, 0.5, 0.5]);
    let whole = ReduceLrOnPlateau { threshold: 1.0, ..rule };
    assert_eq!(plateau(whole, &[5.0, -1.0, 5.0]), [1.0, 1.0, 0.5]);
}
