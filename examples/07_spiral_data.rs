//! Spiral data: one arm a class, drawn as characters.

use nn::prelude::*;

const WIDTH: usize = 64;
const HEIGHT: usize = 28;

fn main() -> nn::Result<()> {
    let data: Dataset = spiral(100, 3, &mut ChaCha8Rng::seed_from_u64(0))?;
    println!("{} points of {} classes; the first five:", data.len(), data.classes());
    println!("{:.5}\n", data.inputs().row_range(0..5)?.to_matrix());

    let mut picture = vec![[' '; WIDTH]; HEIGHT];
    for (point, &label) in data.inputs().iter_rows().zip(data.labels()) {
        let column = place(point[0], WIDTH);
        let row = HEIGHT - 1 - place(point[1], HEIGHT);
        picture[row][column] = ['o', '+', '.'][label];
    }
    for line in picture {
        println!("{}", String::from_iter(line).trim_end());
    }
    Ok(())
}

/// Which of `cells` a coordinate from -1 to 1 falls into.
fn place(coordinate: f32, cells: usize) -> usize {
    (((coordinate + 1.0) / 2.0 * cells as f32) as usize).min(cells - 1)
}
