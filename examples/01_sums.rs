//! Sums by axis: of everything, down the columns, along the rows.

use nn::prelude::*;

fn main() {
    let layer_outputs =
        Matrix::from([[4.8_f64, 1.21, 2.385], [8.9, -1.81, 0.2], [1.41, 1.051, 0.026]]);
    println!("{layer_outputs}\n");

    println!("Sum of all values: {}", layer_outputs.sum());
    println!("Down the columns (axis 0): {}", layer_outputs.sum_axis(Axis::Rows));
    println!(
        "Along the rows (axis 1), as a column that keeps its dimension:\n{}",
        layer_outputs.sum_axis(Axis::Columns)
    );
}
