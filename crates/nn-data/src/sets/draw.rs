//! Samples drawn one after another.

use nn_tensor::{Matrix, Scalar, Shape, ShapeError};
use rand::{Rng, RngExt};

use crate::error::{at_least_one, check_finite};
use crate::samples::make_room;
use crate::{Regression, Result};

/// `rows` points and what belongs to each, as `sample(row)` gives them; all of them finite.
pub(super) fn draw<T: Scalar, P: IntoIterator<Item = f64>, Y>(
    rows: usize,
    features: usize,
    mut sample: impl FnMut(usize) -> (P, Y),
) -> Result<(Matrix<T>, Vec<Y>)> {
    at_least_one("samples", rows)?;
    let mut points = Matrix::try_zeros(rows, features)?;
    let mut outcomes = Vec::new();
    make_room(&mut outcomes, Shape { rows, columns: 1 })?;
    for row in 0..rows {
        let (point, outcome) = sample(row);
        for (column, x) in (0..features).zip(point) {
            points[(row, column)] = T::from_f64(x);
        }
        outcomes.push(outcome);
    }
    check_finite(&points)?;
    Ok((points, outcomes))
}

/// Points and a target for each.
pub(super) fn draw_regression<T: Scalar, const FEATURES: usize>(
    rows: usize,
    sample: impl FnMut(usize) -> ([f64; FEATURES], f64),
) -> Result<Regression<T>> {
    let (inputs, targets) = draw(rows, FEATURES, sample)?;
    let targets = targets.into_iter().map(T::from_f64).collect();
    let targets = Matrix::from_column_vec(rows, 1, targets)?;
    check_finite(&targets)?;
    Regression::new(inputs, targets)
}

/// How many rows `classes` of `samples` each are.
pub(super) fn rows_of(samples: usize, classes: usize) -> Result<usize> {
    at_least_one("samples", samples)?;
    at_least_one("classes", classes)?;
    let shape = Shape { rows: samples, columns: classes };
    samples.checked_mul(classes).ok_or_else(|| ShapeError::TooLarge { shape }.into())
}

/// The `i`th of `count` numbers spread evenly from 0 to 1, both included.
pub(super) fn evenly(i: usize, count: usize) -> f64 {
    i as f64 / (count - 1).max(1) as f64
}

/// A point uniform in `[-1, 1)²`, which `f32` and `f64` both hold exactly: rounding never puts it on
/// another side of a line than the one its label says.
pub(super) fn point_in_square<R: Rng + ?Sized>(rng: &mut R) -> [f64; 2] {
    [(); 2].map(|()| f64::from(2.0 * rng.random::<f32>() - 1.0))
}
