//! `y = max(x·W + b, floor)` for a single sample.

use crate::{Matrix, Scalar, View, ViewMut};

use super::Dots;

/// `yⱼ = max(bⱼ + Σₖ xₖ·wₖⱼ, floor)`
#[inline(always)]
pub(super) fn affine<T: Scalar>(x: &[T], weights: &Matrix<T>, bias: &[T], y: &mut [T], floor: T) {
    // A small number of features is told to the compiler. With more of them, finding the widest
    // instructions takes less time than they save.
    macro_rules! few_or_many {
        ($($features:literal)*) => {
            match x.len() {
                $($features => {
                    if let Some(x) = x.first_chunk::<$features>() {
                        few(x, weights, bias, y, floor);
                    }
                })*
                _ => many(x, weights, bias, y, floor),
            }
        };
    }
    few_or_many!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}

/// Not inlined, so that the compiler knows that nothing else is where `y` is.
#[inline(never)]
fn few<T: Scalar, const K: usize>(
    x: &[T; K],
    weights: &Matrix<T>,
    bias: &[T],
    y: &mut [T],
    floor: T,
) {
    let (columns, _) = weights.as_slice().as_chunks::<K>();
    let count = y.len();
    let (bias, columns) = (&bias[..count], &columns[..count]);
    if count < SOME {
        for ((y, &bias), column) in y.iter_mut().zip(bias).zip(columns) {
            *y = at_least(floor, bias + dot(x, column));
        }
        return;
    }
    // The last come first, so that the others write over what both have: a next layer that reads four
    // values finds them as they were written together, and need not wait.
    if let (Some(y), Some(bias), Some(columns)) =
        (y.last_chunk_mut(), bias.last_chunk(), columns.last_chunk())
    {
        *y = some(x, bias, columns, floor);
    }
    let ((y, _), (bias, _), (columns, _)) =
        (y.as_chunks_mut(), bias.as_chunks(), columns.as_chunks());
    for ((y, bias), columns) in y.iter_mut().zip(bias).zip(columns) {
        *y = some(x, bias, columns, floor);
    }
}

/// [`SOME`] values.
#[inline(always)]
fn some<T: Scalar, const K: usize>(
    x: &[T; K],
    bias: &[T; SOME],
    columns: &[[T; K]; SOME],
    floor: T,
) -> [T; SOME] {
    let mut values = [T::ZERO; SOME];
    for i in 0..SOME {
        values[i] = at_least(floor, bias[i] + dot(x, &columns[i]));
    }
    values
}

/// Outputs that are written together.
const SOME: usize = 4;

/// `Σₖ xₖ·wₖ`, in two sums, so that an addition does not wait for the one before it.
#[inline(always)]
fn dot<T: Scalar, const K: usize>(x: &[T; K], w: &[T; K]) -> T {
    // Adding to -0 costs nothing: unlike 0, it changes no number at all.
    let mut sums = [-T::ZERO; 2];
    for k in 0..K {
        sums[k % 2] += x[k] * w[k];
    }
    sums[0] + sums[1]
}

#[inline(never)]
fn many<T: Scalar>(x: &[T], weights: &Matrix<T>, bias: &[T], y: &mut [T], floor: T) {
    let (a, start, c) = (View::packed(x, x.len(), 1), Some(bias), ViewMut::from_row(&mut *y));
    T::dots(&mut Dots { a, b: weights.view(), start, c, sums: None });
    // Not where nothing would change: to read what was just written takes its time.
    if floor.is_finite() {
        for y in y {
            *y = at_least(floor, *y);
        }
    }
}

/// The larger of the two, and NaN where `value` is.
#[inline(always)]
fn at_least<T: Scalar>(floor: T, value: T) -> T {
    if value < floor { floor } else { value }
}
