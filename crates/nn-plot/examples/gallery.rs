//! One picture of each kind, written as SVG and PNG to the directory that is named.

use std::path::Path;

use nn_data::{Dataset, circle, iris, spiral};
use nn_layers::{Network, Relu};
use nn_optim::metrics::ConfusionMatrix;
use nn_optim::{Adam, CrossEntropy, Optimizer, accuracy, value_and_gradient};
use nn_plot::{ActivationCurve, Confusion, DecisionBoundary, Figure, Histogram, LearningCurves};
use rand::{SeedableRng, rngs::ChaCha8Rng};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result {
    let directory = std::env::args().nth(1).ok_or("name a directory for the pictures")?;
    let directory = Path::new(&directory);
    for (name, figure) in [
        ("circle", linear_and_relu()?),
        ("spiral", film_strip()?),
        ("curves", curves()?),
        ("confusion", confusion()?),
        ("activations", Figure::new().panels(ActivationCurve::all()?)),
        ("activation", Figure::new().panel(ActivationCurve::new("ReLU", &Relu)?)),
    ] {
        for extension in ["svg", "png"] {
            figure.save(directory.join(name).with_extension(extension))?;
        }
    }
    Ok(())
}

/// Trains on all samples at once, and calls back before each epoch and after the last.
fn train(
    network: &mut Network,
    data: &Dataset,
    epochs: usize,
    mut before: impl FnMut(usize, &Network) -> Result,
) -> Result {
    let rule = Adam { learning_rate: 0.02, ..Adam::default() };
    let mut optimizer = Optimizer::new(rule, network)?;
    let (loss, mut trace) = (CrossEntropy::default(), network.trace());
    for epoch in 0..epochs {
        before(epoch, network)?;
        value_and_gradient(network, &loss, data.inputs(), data.labels(), &mut trace)?;
        optimizer.step(network, &trace)?;
    }
    before(epochs, network)
}

/// The same data, without and with an activation.
fn linear_and_relu() -> Result<Figure> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = circle(600, &mut rng)?;
    let mut linear = Network::builder(2).dense(10).dense(2).build(&mut rng)?;
    let mut relu = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
    let mut figure = Figure::new().title("Points in a circle after 300 epochs");
    for (name, network) in [("Linear", &mut linear), ("ReLU", &mut relu)] {
        train(network, &data, 300, |_, _| Ok(()))?;
        let right = accuracy(&network.predict(data.inputs())?, data.labels())?;
        let boundary = DecisionBoundary::new(network, &data)?
            .title(format!("{name}: {:.1} % right", 100.0 * right))
            .feature_names("x", "y")
            .class_names(&["outside", "inside"])?;
        figure = figure.panel(boundary);
    }
    Ok(figure)
}

/// The boundary as it changes.
fn film_strip() -> Result<Figure> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = spiral(100, 3, &mut rng)?;
    let mut network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
    let mut panels = Vec::new();
    train(&mut network, &data, 1000, |epoch, network| {
        if [0, 10, 100, 1000].contains(&epoch) {
            panels.push(DecisionBoundary::new(network, &data)?.title(format!("Epoch {epoch}")));
        }
        Ok(())
    })?;
    Ok(Figure::new().title("Three arms of a spiral").columns(4).panels(panels))
}

/// Loss on both axes, and the weights that came of it.
fn curves() -> Result<Figure> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data: Dataset = spiral(100, 3, &mut rng)?;
    let fresh: Dataset = spiral(100, 3, &mut rng)?;
    let mut network = Network::builder(2).dense(64).layer(Relu).dense(3).build(&mut rng)?;
    let (loss, mut losses, mut accuracies) =
        (CrossEntropy::default(), [vec![], vec![]], [vec![], vec![]]);
    train(&mut network, &data, 400, |_, network| {
        for (i, data) in [&data, &fresh].into_iter().enumerate() {
            let outputs = network.predict(data.inputs())?;
            losses[i].push(nn_optim::Loss::value(&loss, &outputs, data.labels())?);
            accuracies[i].push(accuracy(&outputs, data.labels())?);
        }
        Ok(())
    })?;
    let best =
        losses[1].iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(1, |(i, _)| i + 1);
    let of = |figures: &[Vec<f64>; 2]| {
        LearningCurves::new().series("training", &figures[0]).series("validation", &figures[1])
    };
    Ok(Figure::new()
        .columns(2)
        .panel(of(&losses).title("Loss").label("cross-entropy").logarithmic().best_epoch(best))
        .panel(of(&accuracies).title("Accuracy").label("share right").best_epoch(best))
        .panels(Histogram::of_parameters(&network)))
}

/// Which irises are taken for which.
fn confusion() -> Result<Figure> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = iris()?.data;
    let mut network = Network::builder(4).dense(3).build(&mut rng)?;
    train(&mut network, &data, 60, |_, _| Ok(()))?;
    let matrix = ConfusionMatrix::new(&network.predict(data.inputs())?, data.labels())?;
    let names = ["setosa", "versicolor", "virginica"];
    Ok(Figure::new().panel(Confusion::new(&matrix)?.title("Irises").class_names(&names)?))
}
