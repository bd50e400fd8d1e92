//! ReLU from scratch, three times: as a loop, as a maximum, and as a layer on a matrix.

use nn::prelude::*;

fn main() -> nn::Result<()> {
    let inputs = [0.0, 2.0, -1.0, 3.3, -2.7, 1.1, 2.2, -100.0];

    let mut outputs = Vec::new();
    for x in inputs {
        if x > 0.0 {
            outputs.push(x);
        } else {
            outputs.push(0.0);
        }
    }
    println!("As a loop:     {outputs:?}");

    let outputs = inputs.map(|x: f64| x.max(0.0));
    println!("As max(x, 0):  {outputs:?}");

    let outputs = Relu.forward(&Matrix::from([inputs]))?;
    println!("As a layer:    {outputs}");
    Ok(())
}
