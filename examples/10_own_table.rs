//! Your own table: reads a CSV file, trains a classifier on three quarters of it, and tries it on the
//! rest.

mod command_line;
mod directory;

use std::ffi::OsStr;
use std::path::PathBuf;

use nn::prelude::*;

use command_line::{Choice, CommandLine, whole_number};
use directory::directory;

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
    let told = read_or_exit();
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

const CHOICES: [[&str; 3]; 10] = [
    ["", "FILE", "a CSV file whose columns are numbers but for the label (default irises)"],
    ["label", "COLUMN", "the column of the label, by its name (default the last)"],
    [
        "leave-out",
        "COLUMN",
        "a column not to be learnt from, such as a row's number; can be repeated",
    ],
    ["no-header", "", "the first line is data, and columns go by their number, counted from 0"],
    ["delimiter", "C", "what stands between cells, \\t for a tabulator (default a comma)"],
    ["drop-incomplete", "", "leaves out rows with missing values instead of refusing them"],
    ["hidden", "N", "neurons of the hidden layer (default 32)"],
    ["epochs", "N", "epochs at most (default 500)"],
    ["seed", "N", "random seed (default 0)"],
    ["plot", "DIR", "writes own_table.png there: learning curves, confusion matrix, parameters"],
];

fn read_or_exit() -> Told {
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
    let choice = |[name, value, help]: [_; 3]| Choice { name, value, help: String::from(help) };
    let command_line = CommandLine {
        name: "own_table",
        about: "Trains a classifier on three quarters of a table, and tries it on the rest.",
        choices: CHOICES.map(choice).into(),
    };
    command_line.read_or_exit(|name, value| {
        match name {
            "" => told.file = Some(value.into()),
            "label" => label = Some(value.to_owned()),
            "leave-out" => leave_out.push(value.to_owned()),
            "no-header" => told.csv.header = false,
            "delimiter" => told.csv.delimiter = delimiter(value)?,
            "drop-incomplete" => told.csv.drop_incomplete = true,
            "hidden" => told.hidden = whole_number(name, value, 1..=10_000)?,
            "epochs" => told.epochs = whole_number(name, value, 1..=1_000_000)?,
            "seed" => told.seed = whole_number(name, value, 0..=u64::MAX)?,
            _ => told.plot = Some(directory(name, value)?),
        }
        Ok(())
    });
    if told.file.is_none() && (label.is_some() || !leave_out.is_empty()) {
        command_line.refuse_and_exit("columns of which FILE?");
    }
    // Without names, a column is its number.
    let header = told.csv.header;
    let column = |text: &OsStr| match text.to_string_lossy() {
        text if header => Column::from(text.into_owned()),
        text => {
            text.parse::<usize>().map_or_else(|_| Column::from(text.into_owned()), Column::from)
        }
    };
    told.label = label.as_deref().map_or(Column::LAST, column);
    told.csv.leave_out = leave_out.iter().map(|text| column(text)).collect();
    told
}

fn delimiter(text: &OsStr) -> Result<u8, String> {
    match text.as_encoded_bytes() {
        b"\\t" => Ok(b'\t'),
        &[byte] => Ok(byte),
        _ => Err(format!("--delimiter is {text:?}, but must be one character")),
    }
}
