//! The forward pass, layer by layer: spiral data through two dense layers, ReLU and softmax.

use nn::prelude::*;

fn main() -> nn::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = spiral(100, 3, &mut rng)?;
    let (weights, biases) = (initializers::SmallUniform::default(), initializers::Zeros);
    let dense1 = Dense::with_initializers(2, 3, &weights, &biases, &mut rng)?;
    let dense2 = Dense::with_initializers(3, 3, &weights, &biases, &mut rng)?;

    let hidden = Relu.forward(&dense1.forward(data.inputs())?)?;
    let probabilities = Softmax.forward(&dense2.forward(&hidden)?)?;

    println!("The first five rows: a network that has learnt nothing gives each class a third.");
    println!("{:.8}", probabilities.row_range(0..5)?.to_matrix());
    Ok(())
}
