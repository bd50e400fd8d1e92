//! The main job: points in a circle, which a network without an activation cannot tell apart and
//! the same network with ReLU learns.

mod arguments;

use nn::prelude::*;

use arguments::{Arguments, Flag};

fn main() -> nn::Result<()> {
    let [seed, samples] = Arguments {
        name: "circle",
        about: "Trains 2 → 10 → 2 on points in a circle, without and with ReLU.",
        flags: [
            Flag { name: "seed", default: 0, least: 0, most: u64::MAX, help: "random seed" },
            Flag { name: "samples", default: 1000, least: 1, most: 1_000_000, help: "points" },
        ],
    }
    .parse_or_exit();

    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let data: Dataset = circle(samples as usize, &mut rng)?;
    let inside = data.labels().iter().sum::<usize>();
    println!("{} points in [-1.5, 1.5]², {inside} of them inside the unit circle\n", data.len());

    let linear = Network::builder(2).dense(10).dense(2).build(&mut rng)?;
    let non_linear = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
    let linear = train("Linear", linear, &data)?;
    let non_linear = train("Non-Linear", non_linear, &data)?;

    println!("Linear Model Accuracy: {linear:.3}");
    println!("Non-Linear Model Accuracy: {non_linear:.3}");
    Ok(())
}

/// Trains on the whole data set for 100 epochs, and returns the accuracy there.
fn train(name: &str, mut network: Network, data: &Dataset) -> nn::Result<f64> {
    let rule = Adam { learning_rate: 0.01, ..Adam::default() };
    let mut optimizer = Optimizer::new(rule, &network)?;
    let (loss, mut trace) = (CrossEntropy::default(), network.trace());

    println!("{name}: {network:?}");
    for epoch in 1..=100 {
        let value = value_and_gradient(&network, &loss, data.inputs(), data.labels(), &mut trace)?;
        optimizer.step(&mut network, &trace)?;
        if epoch % 25 == 0 || epoch == 1 {
            println!("  epoch {epoch:>3}   loss {value:.4}");
        }
    }
    println!();
    Ok(accuracy(&network.predict(data.inputs())?, data.labels())?)
}
