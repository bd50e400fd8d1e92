//! `y = x·W + b` for a single sample.

use crate::{Matrix, Scalar, View, ViewMut};

use super::Dots;

/// With fewer features, finding the widest instructions takes longer than they save.
const MANY: usize = 16;

/// `yⱼ = bⱼ + Σₖ xₖ·wₖⱼ`
#[inline(always)]
pub(super) fn affine<T: Scalar>(x: &[T], weights: &Matrix<T>, bias: &[T], y: &mut [T]) {
    // The number of very few features is told to the compiler.
    match *x {
        [a] => very_few([a], weights.as_slice(), bias, y),
        [a, b] => very_few([a, b], weights.as_slice(), bias, y),
        [a, b, c] => very_few([a, b, c], weights.as_slice(), bias, y),
        [a, b, c, d] => very_few([a, b, c, d], weights.as_slice(), bias, y),
        [_, ..] if x.len() < MANY => few(x, weights.as_slice(), bias, y),
        _ => many(x, weights, bias, y),
    }
}

/// Not inlined, so that the compiler knows that nothing else is where `y` is.
#[inline(never)]
fn very_few<T: Scalar, const K: usize>(x: [T; K], weights: &[T], bias: &[T], y: &mut [T]) {
    for ((y, &bias), weights) in y.iter_mut().zip(bias).zip(weights.as_chunks::<K>().0) {
        let mut sum = bias;
        for (x, &weight) in x.into_iter().zip(weights) {
            sum += x * weight;
        }
        *y = sum;
    }
}

/// The same for any number of features but none, four at a time.
#[inline(never)]
fn few<T: Scalar>(x: &[T], weights: &[T], bias: &[T], y: &mut [T]) {
    let (x_fours, x_rest) = x.as_chunks::<4>();
    let mut others = weights;
    for (y, &bias) in y.iter_mut().zip(bias) {
        let Some((weights, after)) = others.split_at_checked(x.len()) else { return };
        others = after;
        let (fours, rest) = weights.as_chunks::<4>();
        let mut sums = [T::ZERO; 4];
        for (x, weights) in x_fours.iter().zip(fours) {
            for i in 0..4 {
                sums[i] += x[i] * weights[i];
            }
        }
        let mut sum = bias;
        for (&x, &weight) in x_rest.iter().zip(rest) {
            sum += x * weight;
        }
        *y = sum + ((sums[0] + sums[2]) + (sums[1] + sums[3]));
    }
}

#[inline(never)]
fn many<T: Scalar>(x: &[T], weights: &Matrix<T>, bias: &[T], y: &mut [T]) {
    let (a, start, c) = (View::packed(x, x.len(), 1), Some(bias), ViewMut::from_row(y));
    T::dots(&mut Dots { a, b: weights.view(), start, c, sums: None });
}
