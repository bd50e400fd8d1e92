//! Optimizers against PyTorch's trajectories, and what they refuse.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use nn_layers::{Dense, Network};
use nn_optim::{Adam, OptimError, Optimizer, Rule, Sgd, rules};
use nn_reference::{Reference, load};
use nn_tensor::Matrix;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// A network whose parameters are the given weights and one bias.
fn network(weights: &[f64]) -> Network<f64> {
    let weights = Matrix::from_row_slice(weights.len(), 1, weights).unwrap();
    let dense = Dense::from_parameters(weights, Matrix::zeros(1, 1)).unwrap();
    Network::from_layers(dense.weights.rows(), vec![Box::new(dense)]).unwrap()
}

fn optimizer(case: &Reference, network: &Network<f64>) -> Optimizer<f64> {
    let parameters = case.get("params");
    let number =
        |key: &str, default: f64| parameters.find(key).map_or(default, |value| value.number());
    if case.get("optimizer").text() == "SGD" {
        let rule = Sgd {
            learning_rate: number("lr", f64::NAN),
            momentum: number("momentum", 0.0),
            dampening: number("dampening", 0.0),
            weight_decay: number("weight_decay", 0.0),
            nesterov: parameters.flag("nesterov"),
            maximize: parameters.flag("maximize"),
        };
        return Optimizer::new(rule, network).unwrap();
    }
    let default = Adam::default();
    let betas = parameters.find("betas").map_or(default.betas, |betas| {
        let betas = betas.list();
        [betas[0].number(), betas[1].number()]
    });
    let rule = Adam {
        learning_rate: number("lr", f64::NAN),
        betas,
        eps: number("eps", default.eps),
        weight_decay: number("weight_decay", 0.0),
        amsgrad: parameters.flag("amsgrad"),
        maximize: parameters.flag("maximize"),
    };
    Optimizer::new(rule, network).unwrap()
}

#[test]
fn fifty_steps_are_pytorchs_to_1e_12() {
    let reference = load("optimizers");
    let w0: Vec<f64> = reference.get("w0").list().iter().map(Reference::number).collect();
    let cases = reference.get("cases").list();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let (gradients, expected) = (case.get("g_f64").f64s(), case.get("w_f64").f64s());
        let mut network = network(&w0);
        let mut optimizer = optimizer(&case, &network);
        for (step, (g, expected)) in gradients.chunks(4).zip(expected.chunks(4)).enumerate() {
            optimizer.step(&mut network, &[g, &[0.0]].concat()).unwrap();
            for (found, expected) in network.parameters().iter().zip(expected) {
                let error = (found - expected).abs() / expected.abs().max(1.0);
                assert!(error <= 1e-12, "{optimizer:?}: {found} for {expected} at step {step}");
            }
        }
        assert_eq!(optimizer.steps(), 50);
    }
}

#[test]
fn hyper_parameters_out_of_range_are_refused_by_name() {
    fn refused(rule: impl Rule) -> &'static str {
        match Optimizer::new(rule, &network(&[1.0])).unwrap_err() {
            OptimError::Hyperparameter { name, .. } => name,
            other => panic!("{other}"),
        }
    }
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(refused(Sgd { learning_rate: bad, ..Sgd::default() }), "learning_rate");
        assert_eq!(refused(Sgd { momentum: bad, ..Sgd::default() }), "momentum");
        assert_eq!(refused(Sgd { weight_decay: bad, ..Sgd::default() }), "weight_decay");
        assert_eq!(refused(Adam { learning_rate: bad, ..Adam::default() }), "learning_rate");
        assert_eq!(refused(Adam { betas: [bad, 0.9], ..Adam::default() }), "betas[0]");
        assert_eq!(refused(Adam { eps: bad, ..Adam::default() }), "eps");
        assert_eq!(refused(Adam { weight_decay: bad, ..Adam::default() }), "weight_decay");
    }
    assert_eq!(refused(Sgd { dampening: f64::NAN, ..Sgd::default() }), "dampening");
    assert_eq!(refused(Adam { betas: [0.9, 1.0], ..Adam::default() }), "betas[1]");
    assert_eq!(refused(Sgd { nesterov: true, ..Sgd::default() }), "momentum");
    let dampened = Sgd { nesterov: true, momentum: 0.9, dampening: 0.1, ..Sgd::default() };
    assert_eq!(refused(dampened), "dampening");

    let too_fast = Adam { learning_rate: 1e39, ..Adam::default() };
    let single = Network::<f32>::builder(1).dense(1).build(&mut ChaCha8Rng::seed_from_u64(0));
    let error = Optimizer::new(too_fast, &single.unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("finite in the precision of the network"), "{error}");

    let error = Optimizer::new(Adam { betas: [0.9, 1.5], ..Adam::default() }, &network(&[1.0]));
    let message = "betas[1] is 1.5, but must be at least 0 and below 1";
    assert_eq!(error.unwrap_err().to_string(), message);
}

#[test]
fn a_learning_rate_out_of_range_leaves_the_old_one() {
    let mut network = network(&[1.0]);
    let rule = Sgd { learning_rate: 0.5, ..Sgd::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    assert!(optimizer.set_learning_rate(f64::NAN).is_err());
    assert!(optimizer.set_learning_rate(-1.0).is_err());
    optimizer.step(&mut network, &[1.0, 0.0]).unwrap();
    assert_eq!(network.parameters(), [0.5, 0.0]);
    optimizer.set_learning_rate(0.25).unwrap();
    optimizer.step(&mut network, &[1.0, 0.0]).unwrap();
    assert_eq!(network.parameters(), [0.25, 0.0]);
}

#[test]
fn a_refused_step_leaves_network_and_optimizer_as_they_were() {
    let start = [0.3, -0.7, 1.9];
    let good = [0.1, 0.2, 0.3, 0.4];
    for (name, mut disturbed) in rules::all(&network(&start)).unwrap() {
        let mut network = network(&start);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = disturbed.step(&mut network, &[0.0, 1.0, bad, 0.0]).unwrap_err();
            let message = format!("the gradient of 0.weight is {bad} at place 2");
            assert_eq!(error.to_string(), message, "{name}");
        }
        let error = disturbed.step(&mut network, &good[1..]).unwrap_err();
        assert!(matches!(error, OptimError::Shape(_)), "{name}: {error}");
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        // As many parameters, but others.
        let mut foreign = Network::builder(1).dense(2).build(&mut rng).unwrap();
        let error = disturbed.step(&mut foreign, &[0.0; 4]).unwrap_err();
        assert_eq!(error, OptimError::ForeignNetwork { expected: 4, found: 4 }, "{name}");
        assert_eq!(network.parameters()[..3], start, "{name}");
        assert_eq!(disturbed.steps(), 0, "{name}");

        let mut undisturbed = self::network(&start);
        let all = rules::all(&undisturbed).unwrap();
        let (_, mut fresh) = all.into_iter().find(|(other, _)| *other == name).unwrap();
        disturbed.step(&mut network, &good).unwrap();
        fresh.step(&mut undisturbed, &good).unwrap();
        assert_eq!(network.parameters(), undisturbed.parameters(), "{name}");
    }
}

#[test]
fn every_rule_moves_against_a_steady_gradient() {
    for (name, mut optimizer) in rules::all(&network(&[1.0, 1.0])).unwrap() {
        let mut network = network(&[1.0, 1.0]);
        for _ in 0..10 {
            optimizer.step(&mut network, &[1.0, -1.0, 0.0]).unwrap();
        }
        let parameters = network.parameters();
        assert!(parameters[0] < 1.0 && parameters[1] > 1.0, "{name}: {parameters:?}");
        assert!(format!("{optimizer:?}").contains(name));
    }
}

#[test]
fn adam_without_eps_leaves_a_parameter_that_has_had_no_gradient() {
    let mut network = network(&[1.0]);
    let mut optimizer = Optimizer::new(Adam { eps: 0.0, ..Adam::default() }, &network).unwrap();
    optimizer.step(&mut network, &[0.0, 1.0]).unwrap();
    assert_eq!(network.parameters(), [1.0, -0.001]);
}
