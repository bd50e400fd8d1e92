//! Irises, wines and digits: the same small network on three tables, with ten seeds each.

use nn::data::tables;
use nn::prelude::*;

const SEEDS: u64 = 10;

fn main() -> nn::Result<()> {
    println!("2 of 3 rows are learnt from, every third is not seen; 32 ReLU, {SEEDS} seeds\n");
    println!("table     rows   features   classes   accuracy: mean    least  greatest");
    for (name, read) in tables::all::<f32>() {
        let LabelTable { data, features, classes, .. } = read()?;
        let rows = |tested: bool| (0..data.len()).filter(|row| (row % 3 == 2) == tested).collect();
        let (train, test): (Vec<usize>, Vec<usize>) = (rows(false), rows(true));
        let (train, test) = (data.select(&train)?, data.select(&test)?);
        let scaler = Standardizer::fit(train.inputs())?;
        let train = train.with_inputs(scaler.transform(train.inputs())?)?;
        let test = test.with_inputs(scaler.transform(test.inputs())?)?;

        let mut accuracies = Vec::new();
        for seed in 0..SEEDS {
            accuracies.push(trained(&train, &test, seed)?);
        }
        accuracies.sort_by(f64::total_cmp);
        let mean = accuracies.iter().sum::<f64>() / SEEDS as f64;
        let (least, greatest) = (accuracies[0], accuracies[accuracies.len() - 1]);
        println!(
            "{name:<8}{:>6}{:>11}{:>10}{mean:>17.4}{least:>9.4}{greatest:>10.4}",
            data.len(),
            features.len(),
            classes.len()
        );
    }
    Ok(())
}

/// The accuracy on rows that a network was not trained on.
fn trained(train: &Dataset, test: &Dataset, seed: u64) -> nn::Result<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let builder = Network::builder(train.inputs().columns()).dense(32).layer(Relu);
    let mut network = builder.dense(train.classes()).build(&mut rng)?;
    let rule = Adam { learning_rate: 0.01, ..Adam::default() };
    let mut optimizer = Optimizer::new(rule, &network)?;
    Trainer::new(CrossEntropy::default()).epochs(100).seed(seed).fit(
        &mut network,
        &mut optimizer,
        train,
    )?;
    Ok(accuracy(&network.predict(test.inputs())?, test.labels())?)
}
