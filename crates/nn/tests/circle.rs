//! The main job over thirty seeds: what PyTorch reaches, this reaches.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn::prelude::*;

/// The accuracy of one training: 1000 points, 2 → 10 → 2, Adam at 0.01, 100 epochs of all points.
fn train(seed: u64, non_linear: bool) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let data: Dataset = circle(1000, &mut rng).unwrap();
    let builder = Network::builder(2).dense(10);
    let builder = if non_linear { builder.layer(Relu) } else { builder };
    let mut network = builder.dense(2).build(&mut rng).unwrap();
    let rule = Adam { learning_rate: 0.01, ..Adam::default() };
    let mut optimizer = Optimizer::new(rule, &network).unwrap();
    let (loss, mut trace) = (CrossEntropy::default(), network.trace());
    for _ in 0..100 {
        value_and_gradient(&network, &loss, data.inputs(), data.labels(), &mut trace).unwrap();
        optimizer.step(&mut network, &trace).unwrap();
    }
    accuracy(&network.predict(data.inputs()).unwrap(), data.labels()).unwrap()
}

/// Lowest, median and highest accuracy of thirty seeds.
fn thirty_seeds(non_linear: bool) -> [f64; 3] {
    let mut accuracies: Vec<f64> = (0..30).map(|seed| train(seed, non_linear)).collect();
    accuracies.sort_by(f64::total_cmp);
    [accuracies[0], f64::midpoint(accuracies[14], accuracies[15]), accuracies[29]]
}

#[test]
fn thirty_seeds_are_distributed_as_pytorchs() {
    // PyTorch over thirty seeds: linear 0.622, 0.653, 0.680; ReLU 0.816, 0.937, 0.971.
    let [least, median, most] = thirty_seeds(false);
    println!("linear: {least:.3} {median:.3} {most:.3}");
    assert!((median - 0.653).abs() <= 0.02, "linear median {median}");
    assert!(least > 0.58 && most < 0.72, "linear from {least} to {most}");
    let [least, median, most] = thirty_seeds(true);
    println!("ReLU:   {least:.3} {median:.3} {most:.3}");
    assert!((median - 0.937).abs() <= 0.02, "ReLU median {median}");
    assert!(least > 0.76, "ReLU from {least} to {most}");
}
