//! Softmax by hand, and as a layer that large values cannot overflow.

use nn::prelude::*;

fn main() -> nn::Result<()> {
    let layer_outputs = [4.8_f64, 1.21, 2.385];

    println!("By hand, with e rounded to eleven decimals, as the notebook has it:");
    #[expect(clippy::approx_constant, reason = "the notebook's figures come from this one")]
    let e = 2.718_281_828_46_f64;
    by_hand(layer_outputs.map(|x| e.powf(x)));
    println!("By hand, with the exponential function:");
    by_hand(layer_outputs.map(Real::exp));

    println!("As a layer, which subtracts each row's maximum first:");
    let batch = Matrix::from([layer_outputs, [1.0, 2.0, 3.0], [-2.0, -1.0, 0.0], [0.5, 1.0, 1.5]]);
    let probabilities = Softmax.forward(&batch)?;
    for (x, y) in batch.iter_rows().zip(probabilities.iter_rows()) {
        println!("  {:<18} → {y:.8?}", format!("{x:?}"));
    }

    println!("\nAnd with values whose exponentials would be infinite:");
    println!("  {}", Softmax.forward(&Matrix::from([[1000.0, 1001.0, 1002.0]]))?);
    Ok(())
}

fn by_hand(exponentials: [f64; 3]) {
    let sum: f64 = exponentials.iter().sum();
    let probabilities = exponentials.map(|exponential| exponential / sum);
    println!("  exponentials   {exponentials:?}");
    println!("  probabilities  {probabilities:?}");
    println!("  their sum      {:?}\n", probabilities.iter().sum::<f64>());
}
