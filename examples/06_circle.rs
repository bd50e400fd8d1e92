//! The main job: points in a circle, which a network without an activation cannot tell apart and
//! the same network with ReLU learns.

mod arguments;

use nn::prelude::*;

use arguments::{Arguments, Flag, Told};

fn main() -> nn::Result<()> {
    let Told { numbers: [seed, samples], picture } = Arguments {
        name: "circle",
        about: "Trains 2 → 10 → 2 on points in a circle, without and with ReLU.",
        flags: [
            Flag { name: "seed", default: 0, least: 0, most: u64::MAX, help: "random seed" },
            Flag { name: "samples", default: 1000, least: 1, most: 1_000_000, help: "points" },
        ],
        picture: "what both networks have learnt, side by side",
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

    if let Some(path) = picture {
        let linear = boundary("Linear", &linear, &data)?;
        let figure = Figure::new().panel(linear).panel(boundary("ReLU", &non_linear, &data)?);
        figure.title("Inside or outside the unit circle?").save(path)?;
    }
    println!("Linear Model Accuracy: {:.3}", score(&linear, &data)?);
    println!("Non-Linear Model Accuracy: {:.3}", score(&non_linear, &data)?);
    Ok(())
}

/// Trains on the whole data set for 100 epochs.
fn train(name: &str, mut network: Network, data: &Dataset) -> nn::Result<Network> {
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
    Ok(network)
}

fn score(network: &Network, data: &Dataset) -> nn::Result<f64> {
    Ok(accuracy(&network.predict(data.inputs())?, data.labels())?)
}

/// Which points the network takes for inside.
fn boundary(name: &str, network: &Network, data: &Dataset) -> nn::Result<DecisionBoundary> {
    let share = 100.0 * score(network, data)?;
    let boundary = DecisionBoundary::new(network, data)?.class_names(&["outside", "inside"])?;
    Ok(boundary.title(format!("{name}: {share:.1} % right")))
}
