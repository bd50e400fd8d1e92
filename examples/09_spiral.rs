//! The full training on the spiral: 2 → 64 ReLU → 3, Adam with a learning rate that decays.

mod arguments;

use nn::prelude::*;

use arguments::{Arguments, Flag, Told};

/// The boundary is drawn after so many epochs.
const DRAWN: [u64; 4] = [0, 10, 100, 1000];

fn main() -> nn::Result<()> {
    let Told { numbers: [seed, samples, epochs], picture } = Arguments {
        name: "spiral",
        about: "Trains 2 → 64 ReLU → 3 on three arms of a spiral.",
        flags: [
            Flag { name: "seed", default: 0, least: 0, most: u64::MAX, help: "random seed" },
            Flag { name: "samples", default: 100, least: 1, most: 10_000, help: "points an arm" },
            Flag { name: "epochs", default: 10_000, least: 1, most: 1_000_000, help: "epochs" },
        ],
        picture: "the boundary after 0, 10, 100 and 1000 epochs",
    }
    .parse_or_exit();

    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let data: Dataset = spiral(samples as usize, 3, &mut rng)?;
    let mut network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
    let rule = Adam { learning_rate: 0.05, ..Adam::default() };
    let schedule = InverseTimeDecay { decay: 5e-7 };
    let mut optimizer = Optimizer::new(rule, &network)?;
    let (loss, mut trace) = (CrossEntropy::default(), network.trace());
    let mut panels = Vec::new();
    println!("{network:?}");

    for epoch in 0..=epochs {
        let learning_rate = schedule.learning_rate(rule.learning_rate, epoch);
        let value = value_and_gradient(&network, &loss, data.inputs(), data.labels(), &mut trace)?;
        if epoch % 1000 == 0 || epoch == epochs {
            let accuracy = accuracy(&network.predict(data.inputs())?, data.labels())?;
            println!(
                "epoch {epoch:>6}   accuracy {accuracy:.3}   loss {value:.3}   rate {learning_rate:.6}"
            );
        }
        if picture.is_some() && DRAWN.contains(&epoch) {
            panels.push(DecisionBoundary::new(&network, &data)?.title(format!("Epoch {epoch}")));
        }
        optimizer.set_learning_rate(learning_rate)?;
        optimizer.step(&mut network, &trace)?;
    }
    if let Some(path) = picture {
        Figure::new().title("Three arms of a spiral").columns(4).panels(panels).save(path)?;
    }
    Ok(())
}
