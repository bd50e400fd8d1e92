//! A dense layer by itself: its weights, its biases, and what it makes of 300 points.

use nn::prelude::*;

fn main() -> nn::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = spiral(100, 3, &mut rng)?;

    // Weights 0.01 × uniform [0, 1), biases zero. `Dense::new(2, 3, &mut rng)` starts as PyTorch does.
    let (weights, biases) = (initializers::SmallUniform { scale: 0.01 }, initializers::Zeros);
    let dense = Dense::with_initializers(2, 3, &weights, &biases, &mut rng)?;
    println!("Weights, {}:\n{:.6}", dense.weights.shape(), dense.weights);
    println!("Biases, {}:\n{:.1}\n", dense.biases.shape(), dense.biases);

    let outputs = dense.forward(data.inputs())?;
    println!("{} → {}, the first five rows:", data.inputs().shape(), outputs.shape());
    println!("{:.6}", outputs.row_range(0..5)?.to_matrix());
    Ok(())
}
