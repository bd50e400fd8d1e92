//! Five activation functions at three points, each with its slope there.

mod arguments;

use nn::prelude::*;

use arguments::{Arguments, Told};

const POINTS: [f64; 3] = [-1.0, 0.0, 3.0];

fn show(name: &str, activation: &impl Activation) {
    let values = POINTS.map(|x| activation.value(x));
    let slopes = POINTS.map(|x| activation.slope(x, activation.value(x)));
    print!("{name:<24}");
    for number in values.iter().chain(&slopes) {
        print!("{number:>9.4}");
    }
    println!();
}

fn main() -> nn::Result<()> {
    let Told { numbers: [], picture } = Arguments {
        name: "activations",
        about: "Five activation functions at three points, each with its slope there.",
        flags: [],
        picture: "every activation and its slope, on one sheet",
    }
    .parse_or_exit();

    println!("{:<24}{:^27}{:^27}", "", "value at", "slope at");
    print!("{:<24}", "");
    for point in POINTS.iter().chain(&POINTS) {
        print!("{point:>9}");
    }
    println!();
    show("Sigmoid", &Sigmoid);
    show("ReLU", &Relu);
    show("Tanh", &Tanh);
    show("GELU (erf)", &Gelu);
    show("Leaky ReLU, slope 0.1", &LeakyRelu { negative_slope: 0.1 });

    match picture {
        Some(path) => Ok(Figure::new().panels(ActivationCurve::all()?).save(path)?),
        None => Ok(()),
    }
}
