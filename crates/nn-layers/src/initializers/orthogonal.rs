use nn_tensor::{Matrix, ViewMut};
use rand::Rng;

use super::{Fan, Initializer, check, fill_normal};
use crate::Result;

/// `gain` times a random matrix with orthonormal columns, or with orthonormal rows where there are
/// more columns than rows (`torch.nn.init.orthogonal_`).
///
/// Every such matrix is as likely as any other. Saxe, McClelland and Ganguli, "Exact solutions to the
/// nonlinear dynamics of learning in deep linear neural networks", 2014.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orthogonal {
    /// The activation's gain; 1 by default.
    pub gain: f64,
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Initializer for Orthogonal {
    fn fill(&self, mut parameter: ViewMut<'_, f64>, _fan: Fan, rng: &mut dyn Rng) -> Result<()> {
        check("gain", self.gain, false)?;
        let (rows, columns) = (parameter.rows(), parameter.columns());
        let length = rows.max(columns);
        let mut vectors = Matrix::try_zeros(length, rows.min(columns))?;
        fill_normal(vectors.view_mut(), 0.0, 1.0, rng)?;
        orthonormalize(vectors.as_mut_slice(), length);
        for (j, column) in parameter.iter_columns_mut().enumerate() {
            for (i, value) in column.iter_mut().enumerate() {
                let place = if rows >= columns { (i, j) } else { (j, i) };
                *value = self.gain * vectors[place];
            }
        }
        Ok(())
    }
}

/// Makes each vector of that length a unit vector orthogonal to those before it, after Gram and
/// Schmidt: it loses what it has in common with each of them. All of it twice, since once leaves what
/// the first subtractions were rounded by.
fn orthonormalize(vectors: &mut [f64], length: usize) {
    let mut rest = vectors;
    let mut before: Vec<&[f64]> = Vec::new();
    while !rest.is_empty() {
        let (vector, others) = rest.split_at_mut(length);
        for other in before.iter().chain(&before) {
            let common = dot(other, vector);
            for (x, y) in vector.iter_mut().zip(*other) {
                *x -= common * y;
            }
        }
        let norm = dot(vector, vector).sqrt();
        for x in vector.iter_mut() {
            *x /= norm;
        }
        before.push(vector);
        rest = others;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
