//! Optimizers against PyTorch's trajectories and against their formulas, the laws of all, and what
//! they refuse.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::ops::RangeInclusive;

use nn_layers::{Dense, Network, ParameterName};
use nn_optim::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, NAdam, OptimError, Optimizer, RAdam, RmsProp,
    Rprop, Rule, Sgd, StepLr, Update, rules,
};
use nn_reference::{Reference, load};
use nn_tensor::{Matrix, Scalar};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A network whose parameters are the given weights and one bias.
fn network<T: Scalar>(weights: &[f64]) -> Network<T> {
    let values: Vec<T> = weights.iter().map(|&w| T::from_f64(w)).collect();
    let weights = Matrix::from_column_vec(values.len(), 1, values).unwrap();
    let dense = Dense::from_parameters(weights, Matrix::zeros(1, 1)).unwrap();
    Network::from_layers(dense.weights.rows(), vec![Box::new(dense)]).unwrap()
}

/// What a case of the reference figures says of a rule's options.
struct Options(Reference);

impl Options {
    fn or(&self, key: &str, default: f64) -> f64 {
        self.0.find(key).map_or(default, |value| value.number())
    }

    fn betas(&self) -> [f64; 2] {
        self.0.find("betas").map_or([0.9, 0.999], |betas| {
            let betas = betas.list();
            [betas[0].number(), betas[1].number()]
        })
    }
}

/// The optimizer of a case of the reference figures.
fn optimizer<T: Scalar>(case: &Reference, network: &Network<T>) -> Optimizer<T> {
    let options = Options(case.get("params"));
    let flag = |key| options.0.flag(key);
    let (learning_rate, maximize) = (options.or("lr", f64::NAN), flag("maximize"));
    let weight_decay = options.or("weight_decay", 0.0);
    let decoupled_weight_decay = flag("decoupled_weight_decay");
    macro_rules! optimizer {
        ($rule:ident { $($field:ident $(: $value:expr)?),* $(,)? }) => {{
            #[allow(clippy::needless_update, reason = "some rules have no other field")]
            let rule = $rule {
                learning_rate,
                maximize,
                $($field $(: $value)?,)*
                ..$rule::default()
            };
            Optimizer::new(rule, network)
        }};
    }
    let optimizer = match case.get("optimizer").text() {
        "SGD" => optimizer!(Sgd {
            momentum: options.or("momentum", 0.0),
            dampening: options.or("dampening", 0.0),
            nesterov: flag("nesterov"),
            weight_decay,
        }),
        "Adam" => optimizer!(Adam {
            betas: options.betas(),
            eps: options.or("eps", 1e-8),
            amsgrad: flag("amsgrad"),
            weight_decay,
        }),
        "AdamW" => optimizer!(AdamW {
            amsgrad: flag("amsgrad"),
            weight_decay: options.or("weight_decay", 0.01),
        }),
        "Adagrad" => optimizer!(Adagrad {
            lr_decay: options.or("lr_decay", 0.0),
            initial_accumulator_value: options.or("initial_accumulator_value", 0.0),
            weight_decay,
        }),
        "RMSprop" => optimizer!(RmsProp {
            alpha: options.or("alpha", 0.99),
            momentum: options.or("momentum", 0.0),
            centered: flag("centered"),
            weight_decay,
        }),
        "Adadelta" => optimizer!(Adadelta { rho: options.or("rho", 0.9), weight_decay }),
        "Adamax" => optimizer!(Adamax { weight_decay }),
        "NAdam" => optimizer!(NAdam { weight_decay, decoupled_weight_decay }),
        "RAdam" => optimizer!(RAdam { weight_decay, decoupled_weight_decay }),
        "Rprop" => optimizer!(Rprop {}),
        other => panic!("what is {other}?"),
    };
    optimizer.unwrap()
}

/// Steps through gradients, four and that of the bias at a time, and holds the weights after each.
fn assert_follows(case: &Reference, gradients: &[f64], expected: &[f64], w0: &[f64]) {
    let mut network = network::<f64>(w0);
    let mut optimizer = optimizer(case, &network);
    assert_eq!(gradients.len(), expected.len());
    for (step, (g, expected)) in gradients.chunks(4).zip(expected.chunks(4)).enumerate() {
        optimizer.step_by_gradients(&mut network, &[g, &[0.0]].concat()).unwrap();
        for (found, expected) in network.parameters().iter().zip(expected) {
            let error = (found - expected).abs() / expected.abs().max(1.0);
            let same = error <= 1e-12 || found.is_nan() && expected.is_nan();
            assert!(same, "{optimizer:?}: {found} for {expected} at step {step}");
        }
    }
}

fn start(reference: &Reference) -> Vec<f64> {
    reference.get("w0").list().iter().map(Reference::number).collect()
}

#[test]
fn fifty_steps_are_pytorchs_to_1e_12() {
    let reference = load("optimizers");
    let cases = reference.get("cases").list();
    assert_eq!(cases.len(), 35);
    for case in cases {
        assert_eq!(case.get("g_f64").f64s().len(), 50 * 4);
        let (gradients, expected) = (case.get("g_f64").f64s(), case.get("w_f64").f64s());
        assert_follows(&case, &gradients, &expected, &start(&reference));
    }
}

#[test]
fn zero_and_huge_gradients_are_taken_as_pytorch_takes_them() {
    let reference = load("optimizers");
    let mut count = 0;
    for case in reference.get("cases").list() {
        for (key, g) in
            [("w_stream_zero_f64", [0.0; 4]), ("w_stream_huge_f64", [1e150, -1e150, 1e200, 1.0])]
        {
            let Some(expected) = case.find(key) else { continue };
            assert_follows(&case, &g.repeat(5), &expected.f64s(), &start(&reference));
            count += 1;
        }
    }
    assert_eq!(count, 48);
}

#[test]
fn in_single_precision_the_end_is_pytorchs_but_for_rounding() {
    let reference = load("optimizers");
    let (a, c) = ([0.5, 1.0, 2.0, 10.0], [1.0, -2.0, 0.5, 3.0]);
    for case in reference.get("cases").list() {
        let mut network = network::<f32>(&start(&reference));
        let mut optimizer = optimizer(&case, &network);
        for _ in 0..50 {
            // ∂w of ½·Σ aᵢ·(wᵢ - cᵢ)² + ¼·Σ (wᵢ·wᵢ₊₁)²
            let w = network.parameters();
            let mut g = [0.0; 5];
            for i in 0..4 {
                g[i] = a[i] * (w[i] - c[i]);
                for neighbour in [i.wrapping_sub(1), i + 1] {
                    if neighbour < 4 {
                        g[i] += 0.5 * w[i] * w[neighbour] * w[neighbour];
                    }
                }
            }
            optimizer.step_by_gradients(&mut network, &g).unwrap();
        }
        for (found, expected) in network.parameters().iter().zip(case.get("w_final_f32").f32s()) {
            assert!((found - expected).abs() <= 1e-4, "{optimizer:?}: {found} for {expected}");
        }
    }
}

/// Random gradients, some of them 0.
fn gradients(steps: usize, seed: u64) -> Vec<[f64; 4]> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut gradient = || {
        let g: f64 = rng.random_range(-1.0..1.0);
        if g.abs() < 0.1 { 0.0 } else { g }
    };
    (0..steps).map(|_| [gradient(), gradient(), gradient(), gradient()]).collect()
}

/// Holds a rule against a formula for one parameter: a function that is called at each step with the
/// parameter, its gradient and what the formula remembers.
fn assert_is_the_formula<M: Default>(
    rule: impl Rule,
    formula: impl Fn(i32, &mut f64, f64, &mut M),
) {
    let w0 = [0.3, -0.7, 1.9];
    let mut network = network(&w0);
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    let mut expected: Vec<(f64, M)> =
        [0.3, -0.7, 1.9, 0.0].into_iter().map(|w| (w, M::default())).collect();
    for (t, g) in gradients(1000, 0).into_iter().enumerate() {
        optimizer.step_by_gradients(&mut network, &g).unwrap();
        for ((w, memory), g) in expected.iter_mut().zip(g) {
            formula(t as i32 + 1, w, g, memory);
        }
        for (found, (expected, _)) in network.parameters().iter().zip(&expected) {
            let error = (found - expected).abs() / expected.abs().max(1.0);
            assert!(error <= 1e-12, "{optimizer:?}: {found} for {expected} at step {t}");
        }
    }
}

#[test]
fn lion_is_its_papers_formula() {
    for (betas, weight_decay) in [([0.9, 0.99], 0.0), ([0.95, 0.98], 0.3), ([0.0, 0.5], 0.1)] {
        let rule = Lion { learning_rate: 0.01, betas, weight_decay, ..Lion::default() };
        assert_is_the_formula(rule, |_, w, g, m: &mut f64| {
            let c = betas[0] * *m + (1.0 - betas[0]) * g;
            let u = if c == 0.0 { 0.0 } else { c.signum() };
            *w -= 0.01 * (u + weight_decay * *w);
            *m = betas[1] * *m + (1.0 - betas[1]) * g;
        });
    }
}

#[test]
fn rprop_is_its_formula_with_other_steps() {
    let (etas, step_sizes) = ([0.3, 1.5], [1e-3, 0.02]);
    let rule = Rprop { learning_rate: 0.01, etas, step_sizes, maximize: true };
    assert_is_the_formula(rule, |t, w, g, (last, size): &mut (f64, f64)| {
        let mut g = -g;
        if t == 1 {
            *size = 0.01;
        }
        if g * *last > 0.0 {
            *size = (*size * etas[1]).min(step_sizes[1]);
        } else if g * *last < 0.0 {
            *size = (*size * etas[0]).max(step_sizes[0]);
            g = 0.0;
        }
        if g != 0.0 {
            *w -= g.signum() * *size;
        }
        *last = g;
    });
}

#[test]
fn nadams_product_of_momenta_is_right_when_it_has_vanished() {
    let rule = NAdam { betas: [0.95, 0.99], momentum_decay: 0.1, ..NAdam::default() };
    assert_is_the_formula(rule, |t, w, g, (m, v, product): &mut (f64, f64, Option<f32>)| {
        let momentum = |t: i32| 0.95 * (1.0 - 0.5 * 0.96_f64.powf(0.1 * f64::from(t)));
        let product = product.get_or_insert(1.0);
        *product *= momentum(t) as f32;
        *m = 0.95 * *m + 0.05 * g;
        *v = 0.99 * *v + 0.01 * g * g;
        let now = f64::from(*product);
        let (next, after) = (momentum(t + 1), now * momentum(t + 1));
        let step = (1.0 - momentum(t)) * g / (1.0 - now) + next * *m / (1.0 - after);
        *w -= 2e-3 * step / ((*v / (1.0 - 0.99_f64.powi(t))).sqrt() + 1e-8);
    });
}

#[test]
fn a_centered_variance_that_is_rounded_below_0_is_taken_as_0() {
    let mut network = network::<f32>(&[0.0; 3]);
    let rule = RmsProp { centered: true, alpha: 0.5, ..RmsProp::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    for _ in 0..200 {
        optimizer.step_by_gradients(&mut network, &[0.1, 0.3, 0.7, 1.1]).unwrap();
    }
    assert!(network.parameters().iter().all(|w| w.is_finite()));
}

/// Every rule, with one field set.
macro_rules! every_rule {
    ($network:expr, $field:ident: $value:expr) => {
        every_rule! {
            $network, $field: $value,
            Adadelta Adagrad Adam AdamW Adamax Lion NAdam RAdam RmsProp Rprop Sgd
        }
    };
    ($network:expr, $field:ident: $value:expr, $($rule:ident)*) => {
        [$((
            stringify!($rule),
            Optimizer::new($rule { $field: $value, ..$rule::default() }, $network).unwrap(),
        ),)*]
    };
}

#[test]
fn every_rule_is_listed_once_by_its_name() {
    let network = network::<f64>(&[1.0]);
    let listed = rules::all(&network).unwrap();
    let names =
        |rules: &[(&'static str, _)]| rules.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let tested = every_rule!(&network, maximize: false);
    assert_eq!(names(&listed), names(&tested));
    for (name, optimizer) in listed {
        let text = format!("{optimizer:?}");
        assert!(text.starts_with(&format!("Optimizer({name} {{ learning_rate: ")), "{text}");
        assert!(text.ends_with(" numbers remembered, 0 steps taken)"), "{text}");
    }
}

/// The parameters after 20 steps by gradients that are all multiplied by `sign`.
fn trained<T: Scalar>(optimizer: &mut Optimizer<T>, sign: f64, seed: u64) -> Vec<T> {
    let mut network = network(&[0.3, -0.7, 1.9]);
    for g in gradients(20, seed) {
        optimizer.step_by_gradients(&mut network, &g.map(|g| T::from_f64(sign * g))).unwrap();
    }
    network.parameters()
}

fn to_maximize_is_to_minimize_the_negative<T: Scalar>() {
    let network = network::<T>(&[0.3, -0.7, 1.9]);
    let pairs =
        every_rule!(&network, maximize: true).into_iter().zip(rules::all(&network).unwrap());
    for ((name, mut up), (_, mut down)) in pairs {
        assert_eq!(trained(&mut up, -1.0, 1), trained(&mut down, 1.0, 1), "{name}");
    }
}

#[test]
fn to_maximize_is_to_minimize_the_negative_in_both_precisions() {
    to_maximize_is_to_minimize_the_negative::<f32>();
    to_maximize_is_to_minimize_the_negative::<f64>();
}

#[test]
fn the_same_steps_give_the_same_bits_and_nearly_those_of_the_other_precision() {
    let (single, double) = (network::<f32>(&[0.3, -0.7, 1.9]), network::<f64>(&[0.3, -0.7, 1.9]));
    let singles = rules::all(&single).unwrap().into_iter().zip(rules::all(&single).unwrap());
    for (((name, mut one), (_, mut again)), (_, mut exact)) in
        singles.zip(rules::all(&double).unwrap())
    {
        let found = trained(&mut one, 1.0, 2);
        assert_eq!(found, trained(&mut again, 1.0, 2), "{name}");
        for (found, exact) in found.iter().zip(trained(&mut exact, 1.0, 2)) {
            assert!((f64::from(*found) - exact).abs() < 1e-5, "{name}: {found} for {exact}");
        }
    }
}

#[test]
fn a_learning_rate_of_0_changes_nothing() {
    let start = [0.3, -0.7, 1.9, 0.0];
    let network = network::<f64>(&start[..3]);
    for (name, mut optimizer) in every_rule!(&network, learning_rate: 0.0) {
        let found = trained(&mut optimizer, 1.0, 3);
        if name == "Rprop" {
            // Its learning rate is the first step's size, which grows from the smallest.
            assert!(found.iter().zip(start).all(|(w, start)| (w - start).abs() < 1e-3));
        } else {
            assert_eq!(found, start, "{name}");
        }
    }
}

#[test]
fn without_gradients_a_parameter_stays_or_shrinks_by_its_decay() {
    let start = [0.3, -0.7, 1.9];
    for (name, mut optimizer) in rules::all(&network(&start)).unwrap() {
        let mut network = network::<f64>(&start);
        for _ in 0..10 {
            optimizer.step_by_gradients(&mut network, &[0.0; 4]).unwrap();
        }
        let kept = if name == "AdamW" { (1.0 - 1e-3 * 1e-2_f64).powi(10) } else { 1.0 };
        for (found, start) in network.parameters().iter().zip(start) {
            assert!((found - start * kept).abs() <= 1e-15, "{name}: {found} for {start}");
        }
    }
}

#[test]
fn decoupled_decay_shrinks_every_parameter_alike_and_a_penalty_does_not() {
    let shares = |rule: Adam| {
        let mut network = network::<f64>(&[1.0, 1.0, 1.0]);
        let mut undecayed = network.parameters();
        for (weight_decay, parameters) in [(0.0, true), (0.1, false)] {
            let mut own = self::network::<f64>(&[1.0, 1.0, 1.0]);
            let rule = Adam { weight_decay, ..rule };
            let mut optimizer = Optimizer::new(rule, &own).unwrap();
            optimizer.step_by_gradients(&mut own, &[1e-3, 1.0, 1e3, 0.0]).unwrap();
            if parameters {
                undecayed = own.parameters();
            } else {
                network = own;
            }
        }
        let after = network.parameters();
        [0, 1, 2].map(|i| undecayed[i] - after[i])
    };
    let rule = Adam { learning_rate: 0.1, ..Adam::default() };
    let decoupled = shares(Adam { decoupled_weight_decay: true, ..rule });
    assert!(decoupled.iter().all(|share| (share - 0.01).abs() < 1e-12), "{decoupled:?}");
    let penalty = shares(rule);
    assert!(penalty.iter().all(|share| share.abs() < 1e-5), "{penalty:?}");
}

#[test]
fn adam_with_decoupled_decay_is_adam_w() {
    let network = network::<f64>(&[0.3, -0.7, 1.9]);
    let adam = Adam { weight_decay: 0.1, decoupled_weight_decay: true, ..Adam::default() };
    let adam_w = AdamW { weight_decay: 0.1, ..AdamW::default() };
    let mut adam = Optimizer::new(adam, &network).unwrap();
    let mut adam_w = Optimizer::new(adam_w, &network).unwrap();
    assert_eq!(trained(&mut adam, 1.0, 4), trained(&mut adam_w, 1.0, 4));
}

/// The rate of weights, or of the bias.
fn rate(parameter: ParameterName) -> f64 {
    if parameter.name == "bias" { 0.002 } else { 0.01 }
}

/// Every rule, with another learning rate for the bias.
macro_rules! every_rule_in_groups {
    ($network:expr, $($rule:ident)*) => {
        [$((stringify!($rule), Optimizer::with_groups($network, |parameter| $rule {
            learning_rate: rate(parameter),
            ..$rule::default()
        }).unwrap()),)*]
    };
}

/// A parameter that has no gradient any more, as beside a ReLU that is always 0.
fn memory_dies_away<R: Rule>(rule: &R) {
    let mut memory: Vec<f32> = (0..rule.memory()).map(|n| rule.memory_start(n) as f32).collect();
    let mut w = 1.0;
    for t in 1..40_000 {
        w = rule.at_step(t)(w, if t < 10 { 0.1 } else { 0.0 }, &mut memory);
        assert!(w.is_finite());
        let sizes = memory.iter().map(|x| x.abs());
        assert!(
            sizes.clone().all(|x| x == 0.0 || x >= f32::MIN_POSITIVE),
            "{memory:?} in step {t} of {rule:?}"
        );
    }
}

#[test]
fn no_rule_remembers_subnormal_numbers_of_a_gradient_that_is_gone() {
    macro_rules! each {
        ($($rule:ident)*) => { $(memory_dies_away(&$rule::default());)* };
    }
    each!(Adadelta Adagrad Adam AdamW Adamax Lion NAdam RAdam RmsProp Rprop);
    memory_dies_away(&Sgd { momentum: 0.9, ..Sgd::default() });
    memory_dies_away(&RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() });
    memory_dies_away(&Adam { amsgrad: true, ..Adam::default() });
}

#[test]
fn each_group_is_stepped_as_if_it_were_all() {
    let network = network::<f64>(&[0.3, -0.7, 1.9]);
    let groups = every_rule_in_groups! {
        &network, Adadelta Adagrad Adam AdamW Adamax Lion NAdam RAdam RmsProp Rprop Sgd
    };
    let of_weights = every_rule!(&network, learning_rate: 0.01);
    let of_bias = every_rule!(&network, learning_rate: 0.002);
    for (((name, mut groups), (_, mut of_weights)), (_, mut of_bias)) in
        groups.into_iter().zip(of_weights).zip(of_bias)
    {
        let found = trained(&mut groups, 1.0, 5);
        assert_eq!(found[..3], trained(&mut of_weights, 1.0, 5)[..3], "{name}");
        assert_eq!(found[3..], trained(&mut of_bias, 1.0, 5)[3..], "{name}");
    }
}

#[test]
fn groups_may_remember_different_numbers() {
    let network = network::<f64>(&[0.3, -0.7, 1.9]);
    let plain = RmsProp::default();
    let full = RmsProp { centered: true, momentum: 0.9, ..plain };
    let rule = |parameter: ParameterName| if parameter.name == "bias" { plain } else { full };
    let mut groups = Optimizer::with_groups(&network, rule).unwrap();
    let found = trained(&mut groups, 1.0, 6);
    let all = |rule: RmsProp| trained(&mut Optimizer::new(rule, &network).unwrap(), 1.0, 6);
    assert_eq!(found[..3], all(full)[..3]);
    assert_eq!(found[3..], all(plain)[3..]);
}

#[test]
fn equal_rules_make_one_group() {
    let network = network::<f64>(&[0.3, -0.7, 1.9]);
    let one = Optimizer::with_groups(&network, |_| Adam::default()).unwrap();
    let new = Optimizer::new(Adam::default(), &network).unwrap();
    assert_eq!(format!("{one:?}"), format!("{new:?}"));
}

#[test]
fn the_rates_of_groups_keep_their_proportion_and_follow_schedules_from_their_own() {
    let mut network = network::<f64>(&[0.0]);
    let frozen = |parameter: ParameterName| if parameter.name == "bias" { 0.0 } else { 1.0 };
    let quarter = |parameter: ParameterName| if parameter.name == "bias" { 0.25 } else { 1.0 };
    for (rates, of_bias) in [(&frozen as &dyn Fn(ParameterName) -> f64, 0.0), (&quarter, 0.25)] {
        let rule = |parameter| Sgd { learning_rate: rates(parameter), ..Sgd::default() };
        let mut optimizer = Optimizer::with_groups(&network, rule).unwrap();
        let mut steps = |optimizer: &mut Optimizer<f64>| {
            network.set_parameters(&[0.0, 0.0]).unwrap();
            optimizer.step_by_gradients(&mut network, &[-1.0, -1.0]).unwrap();
            network.parameters()
        };
        optimizer.set_learning_rate(0.0).unwrap();
        assert_eq!(steps(&mut optimizer), [0.0, 0.0]);
        optimizer.set_learning_rate(0.5).unwrap();
        assert_eq!(optimizer.learning_rate(), 0.5);
        assert_eq!(steps(&mut optimizer), [0.5, 0.5 * of_bias]);
        optimizer.schedule(&StepLr { step_size: 2, gamma: 0.5 }, 4).unwrap();
        assert_eq!(optimizer.learning_rate(), 0.25);
        assert_eq!(steps(&mut optimizer), [0.25, 0.25 * of_bias]);
    }
    let rule = Sgd { learning_rate: 0.0, ..Sgd::default() };
    let mut frozen = Optimizer::new(rule, &network).unwrap();
    frozen.set_learning_rate(0.5).unwrap();
    assert_eq!(frozen.learning_rate(), 0.5);
}

#[test]
fn a_bad_rule_of_one_group_is_refused() {
    let rule = |parameter: ParameterName| Adam {
        eps: if parameter.name == "bias" { -1.0 } else { 1e-8 },
        ..Adam::default()
    };
    let error = Optimizer::with_groups(&network::<f64>(&[1.0]), rule).unwrap_err();
    assert_eq!(error.to_string(), "eps is -1, but must be finite and at least 0");
}

#[test]
fn hyper_parameters_out_of_range_are_refused_by_name() {
    fn refused(rule: impl Rule) -> &'static str {
        match Optimizer::new(rule, &network::<f64>(&[1.0])).unwrap_err() {
            OptimError::Hyperparameter { name, .. } => name,
            other => panic!("{other}"),
        }
    }
    /// Each field with a bad value, refused by its name.
    macro_rules! refuses {
        ($rule:ident { $($field:ident),* }, $bad:expr) => {
            $(assert_eq!(refused($rule { $field: $bad, ..$rule::default() }), stringify!($field));)*
        };
    }
    /// Both numbers of a field, with a bad value first and second.
    macro_rules! refuses_both {
        ($field:ident: $bad:expr, $good:expr, $($rule:ident)*) => {$(
            let [first, second] = [concat!(stringify!($field), "[0]"), concat!(stringify!($field), "[1]")];
            assert_eq!(refused($rule { $field: [$bad, $good[1]], ..$rule::default() }), first);
            assert_eq!(refused($rule { $field: [$good[0], $bad], ..$rule::default() }), second);
        )*};
    }
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        refuses!(Adadelta { learning_rate, rho, eps, weight_decay }, bad);
        refuses!(
            Adagrad { learning_rate, lr_decay, weight_decay, initial_accumulator_value, eps },
            bad
        );
        refuses!(Adam { learning_rate, eps, weight_decay }, bad);
        refuses!(AdamW { learning_rate, eps, weight_decay }, bad);
        refuses!(Adamax { learning_rate, eps, weight_decay }, bad);
        refuses!(Lion { learning_rate, weight_decay }, bad);
        refuses!(NAdam { learning_rate, eps, weight_decay, momentum_decay }, bad);
        refuses!(RAdam { learning_rate, eps, weight_decay }, bad);
        refuses!(RmsProp { learning_rate, alpha, eps, weight_decay, momentum }, bad);
        refuses!(Rprop { learning_rate }, bad);
        refuses!(Sgd { learning_rate, momentum, weight_decay }, bad);
        refuses_both!(betas: bad, [0.9, 0.9], Adam AdamW Adamax Lion NAdam RAdam);
        refuses_both!(etas: bad, [0.5, 1.2], Rprop);
        refuses_both!(step_sizes: bad, [0.0, 1.0], Rprop);
    }
    refuses!(Sgd { dampening }, f64::NAN);
    refuses!(Adadelta { rho }, 1.1);
    refuses!(RmsProp { alpha }, 1.1);
    refuses_both!(betas: 1.0, [0.9, 0.9], Adam AdamW Adamax Lion NAdam RAdam);
    refuses_both!(etas: 1.0, [0.5, 1.2], Rprop);
    assert_eq!(refused(Rprop { step_sizes: [1.0, 0.5], ..Rprop::default() }), "step_sizes[1]");
    assert_eq!(refused(Sgd { nesterov: true, ..Sgd::default() }), "momentum");
    let dampened = Sgd { nesterov: true, momentum: 0.9, dampening: 0.1, ..Sgd::default() };
    assert_eq!(refused(dampened), "dampening");

    let too_fast = Adam { learning_rate: 1e39, ..Adam::default() };
    let single = Network::<f32>::builder(1).dense(1).build(&mut ChaCha8Rng::seed_from_u64(0));
    let error = Optimizer::new(too_fast, &single.unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("finite in the precision of the network"), "{error}");

    let rule = Adam { betas: [0.9, 1.5], ..Adam::default() };
    let error = Optimizer::new(rule, &network::<f64>(&[1.0])).unwrap_err();
    assert_eq!(error.to_string(), "betas[1] is 1.5, but must be at least 0 and below 1");
}

/// A rule that claims to remember so many numbers.
#[derive(Debug, Clone)]
struct Claiming(usize, f64);

impl Rule for Claiming {
    const MEMORY: RangeInclusive<usize> = 0..=3;

    fn memory(&self) -> usize {
        self.0
    }

    fn memory_start(&self, number: usize) -> f64 {
        number as f64 + 1.0
    }

    fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
        |_, _, memory: &mut [T]| memory.iter().copied().sum()
    }

    fn check(&self) -> Result<(), OptimError> {
        Ok(())
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        &mut self.1
    }
}

#[test]
fn a_rule_remembers_as_many_numbers_as_it_may_and_each_starts_as_it_says() {
    for (count, sum) in [(0, 0.0), (1, 1.0), (2, 3.0), (3, 6.0)] {
        let mut network = network::<f32>(&[5.0]);
        let mut optimizer = Optimizer::new(Claiming(count, 0.1), &network).unwrap();
        optimizer.step_by_gradients(&mut network, &[1.0, 1.0]).unwrap();
        assert_eq!(network.parameters(), [sum, sum]);
    }
    let error = Optimizer::new(Claiming(4, 0.1), &network::<f32>(&[5.0])).unwrap_err();
    assert_eq!(error.to_string(), "memory is 4, but must be within Rule::MEMORY");
}

#[test]
fn a_learning_rate_out_of_range_leaves_the_old_one() {
    let mut network = network(&[1.0]);
    let rule = Sgd { learning_rate: 0.5, ..Sgd::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    assert!(optimizer.set_learning_rate(f64::NAN).is_err());
    assert!(optimizer.set_learning_rate(-1.0).is_err());
    optimizer.step_by_gradients(&mut network, &[1.0, 0.0]).unwrap();
    assert_eq!(network.parameters(), [0.5, 0.0]);
    optimizer.set_learning_rate(0.25).unwrap();
    optimizer.step_by_gradients(&mut network, &[1.0, 0.0]).unwrap();
    assert_eq!(network.parameters(), [0.25, 0.0]);
}

#[test]
fn a_refused_step_leaves_network_and_optimizer_as_they_were() {
    let start = [0.3, -0.7, 1.9];
    let good = [0.1, 0.2, 0.3, 0.4];
    for (name, mut disturbed) in rules::all(&network(&start)).unwrap() {
        let mut network = network(&start);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error =
                disturbed.step_by_gradients(&mut network, &[0.0, 1.0, bad, 0.0]).unwrap_err();
            let message = format!("the gradient of 0.weight is {bad} at place 2");
            assert_eq!(error.to_string(), message, "{name}");
        }
        let error = disturbed.step_by_gradients(&mut network, &good[1..]).unwrap_err();
        assert!(matches!(error, OptimError::Shape(_)), "{name}: {error}");
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        // As many parameters, but others.
        let mut foreign = Network::builder(1).dense(2).build(&mut rng).unwrap();
        let error = disturbed.step_by_gradients(&mut foreign, &[0.0; 4]).unwrap_err();
        assert_eq!(error, OptimError::ForeignNetwork { expected: 4, found: 4 }, "{name}");
        assert_eq!(network.parameters()[..3], start, "{name}");
        assert_eq!(disturbed.steps(), 0, "{name}");

        let mut undisturbed = self::network(&start);
        let all = rules::all(&undisturbed).unwrap();
        let (_, mut fresh) = all.into_iter().find(|(other, _)| *other == name).unwrap();
        disturbed.step_by_gradients(&mut network, &good).unwrap();
        fresh.step_by_gradients(&mut undisturbed, &good).unwrap();
        assert_eq!(network.parameters(), undisturbed.parameters(), "{name}");
    }
}

#[test]
fn every_rule_moves_against_a_steady_gradient() {
    for (name, mut optimizer) in rules::all(&network(&[1.0, 1.0])).unwrap() {
        let mut network = network(&[1.0, 1.0]);
        for _ in 0..10 {
            optimizer.step_by_gradients(&mut network, &[1.0, -1.0, 0.0]).unwrap();
        }
        let parameters = network.parameters();
        assert!(parameters[0] < 1.0 && parameters[1] > 1.0, "{name}: {parameters:?}");
    }
}

#[test]
fn adam_without_eps_leaves_a_parameter_that_has_had_no_gradient() {
    let mut network = network(&[1.0]);
    let mut optimizer = Optimizer::new(Adam { eps: 0.0, ..Adam::default() }, &network).unwrap();
    optimizer.step_by_gradients(&mut network, &[0.0, 1.0]).unwrap();
    assert_eq!(network.parameters(), [1.0, -0.001]);
}
