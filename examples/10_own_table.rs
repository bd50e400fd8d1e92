//! Your own table: reads a CSV file, trains a classifier on three quarters of it, and tries it on the
//! rest.

use std::path::PathBuf;
use std::process::exit;

use lexopt::prelude::*;
use nn::prelude::*;

const HELP: &str = "\
Trains a classifier on three quarters of a table, and tries it on the rest.

Usage: cargo run --release --example own_table -- [FILE] [options]

  FILE               a CSV file whose columns are numbers but for the label; irises without it
  --label COLUMN     the column of the label, by its name (default: the last)
  --leave-out COLUMN a column that is not to be learnt from, such as a number of the row; can be repeated
  --no-header        the first line is data, and columns go by their number, counted from 0
  --delimiter C      what stands between cells (default: a comma)
  --drop-incomplete  leaves out rows with missing values instead of refusing them
  --hidden N         neurons of the hidden layer (default 32)
  --epochs N         epochs at most (default 500)
  --seed N           random seed (default 0)
  --plot DIR         writes learning curves and confusion matrix there, as own_table.png
  --help             shows this";

struct Told {
    file: Option<PathBuf>,
    label: Column,
    csv: Csv,
    hidden: usize,
    epochs: usize,
    seed: u64,
    plot: Option<PathBuf>,
}

fn main() -> nn::Result<()> {
    let told = parse().unwrap_or_else(|error| {
        eprintln!("own_table: {error} (--help lists the options)");
        exit(2);
    });
    let mut rng = ChaCha8Rng::seed_from_u64(told.seed);

    let table: LabelTable = match &told.file {
        Some(path) => told.csv.read_dataset(path, told.label)?,
        None => iris()?,
    };
    println!("{} rows, {} features", table.data.len(), table.features.len());
    if table.dropped > 0 {
        println!("{} rows dropped", table.dropped);
    }
    for (label, count) in table.data.class_counts()?.into_iter().enumerate() {
        println!("  class {label}: {:<16}{count:>8} rows", table.classes[label]);
    }

    // The scale is that of the rows to be learnt from: the others are as if not yet known.
    let (train, test) = stratified_split(&table.data, 0.25, &mut rng)?;
    let scaler = Standardizer::fit(train.inputs())?;
    let train = train.with_inputs(scaler.transform(train.inputs())?)?;
    let test = test.with_inputs(scaler.transform(test.inputs())?)?;

    let builder = Network::builder(table.features.len()).dense(told.hidden).layer(Relu);
    let mut network = builder.dense(table.classes.len()).build(&mut rng)?;
    println!("\n{network}\n");
    let rule = AdamW { learning_rate: 0.005, ..AdamW::default() };
    let mut optimizer = Optimizer::new(rule, &network)?;
    let history = Trainer::new(CrossEntropy::default())
        .epochs(told.epochs)
        .seed(told.seed)
        .metric("accuracy", accuracy)
        .validation_split(0.2)
        .early_stopping(EarlyStopping { patience: 50, ..EarlyStopping::default() })
        .progress_bar()
        .fit(&mut network, &mut optimizer, &train)?;
    println!("{history}\n");

    let outputs = network.predict(test.inputs())?;
    let confusion = ConfusionMatrix::new(&outputs, test.labels())?;
    println!("{confusion}\n");
    let accuracy = accuracy(&outputs, test.labels())?;
    println!("Accuracy on {} rows that it has not seen: {accuracy:.3}", test.len());
    if let Some(directory) = told.plot {
        draw(&history, &confusion, &table.classes, &network)?
            .save(directory.join("own_table.png"))?;
    }
    Ok(())
}

fn draw(
    history: &History,
    confusion: &ConfusionMatrix,
    classes: &[String],
    network: &Network,
) -> nn::Result<Figure> {
    let mut figure = Figure::new().columns(2);
    for name in ["loss", "accuracy"] {
        let mut curves = LearningCurves::new().label(name);
        for (series, of) in [("training", name), ("validation", &format!("validation {name}"))] {
            curves = curves.series(series, history.get(of).unwrap_or_default());
        }
        if let Some(best) = history.best_epoch() {
            curves = curves.best_epoch(best);
        }
        figure = figure.panel(curves);
    }
    let confusion = Confusion::new(confusion)?.class_names(classes)?;
    let weights = Histogram::new("Parameters", network.parameters().into_iter().map(f64::from));
    Ok(figure.panel(confusion.title("Rows not seen in training")).panel(weights))
}

fn parse() -> Result<Told, lexopt::Error> {
    let mut told = Told {
        file: None,
        label: Column::LAST,
        csv: Csv::default(),
        hidden: 32,
        epochs: 500,
        seed: 0,
        plot: None,
    };
    let (mut label, mut leave_out) = (None, Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(path) if told.file.is_none() => told.file = Some(path.into()),
            Long("label") => label = Some(parser.value()?.string()?),
            Long("leave-out") => leave_out.push(parser.value()?.string()?),
            Long("no-header") => told.csv.header = false,
            Long("delimiter") => told.csv.delimiter = delimiter(&parser.value()?.string()?)?,
            Long("drop-incomplete") => told.csv.drop_incomplete = true,
            Long("hidden") => told.hidden = parser.value()?.parse()?,
            Long("epochs") => told.epochs = parser.value()?.parse()?,
            Long("seed") => told.seed = parser.value()?.parse()?,
            Long("plot") => told.plot = Some(parser.value()?.into()),
            Short('h') | Long("help") => {
                println!("{HELP}");
                exit(0);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    // Without names, a column is its number.
    let header = told.csv.header;
    let column = |text: String| match text.parse::<usize>() {
        Ok(number) if !header => Column::from(number),
        _ => Column::from(text),
    };
    if told.file.is_none() && (label.is_some() || !leave_out.is_empty()) {
        return Err("columns of which FILE?".into());
    }
    told.label = label.map_or(Column::LAST, column);
    told.csv.leave_out = leave_out.into_iter().map(column).collect();
    Ok(told)
}

fn delimiter(text: &str) -> Result<u8, lexopt::Error> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        &[byte] => Ok(byte),
        _ => Err(format!("--delimiter is {text:?}, but must be one character").into()),
    }
}
