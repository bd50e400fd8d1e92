//! `y = x·W + b` for a single sample.

use crate::simd::{Kernel, Simd};
use crate::{Scalar, View, ViewMut};

use super::Dots;

/// `yⱼ = bⱼ + Σₖ xₖ·wₖⱼ`, where `W` has no gaps between its columns.
#[derive(Debug)]
pub struct Row<'a, T> {
    pub(super) x: &'a [T],
    pub(super) weights: View<'a, T>,
    pub(super) bias: &'a [T],
    pub(super) y: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Row<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        // A few features are fewer than a vector holds: their number is told to the compiler instead.
        match *self.x {
            [a] => short([a], self.weights.data(), self.bias, self.y),
            [a, b] => short([a, b], self.weights.data(), self.bias, self.y),
            [a, b, c] => short([a, b, c], self.weights.data(), self.bias, self.y),
            [a, b, c, d] => short([a, b, c, d], self.weights.data(), self.bias, self.y),
            [_, ..] if self.x.len() < 16 => {
                fours(self.x, self.weights.data(), self.bias, self.y);
            }
            _ => {
                let (a, b) = (View::packed(self.x, self.x.len(), 1), self.weights);
                let (start, c) = (Some(self.bias), ViewMut::from_row(self.y));
                Dots { a, b, start, c, sums: None }.run(simd);
            }
        }
    }
}

#[inline(always)]
fn short<T: Scalar, const K: usize>(x: [T; K], weights: &[T], bias: &[T], y: &mut [T]) {
    for ((y, &bias), weights) in y.iter_mut().zip(bias).zip(weights.as_chunks::<K>().0) {
        let mut sum = bias;
        for (x, &weight) in x.into_iter().zip(weights) {
            sum += x * weight;
        }
        *y = sum;
    }
}

/// The same for any number of features but none, four at a time.
#[inline(always)]
fn fours<T: Scalar>(x: &[T], weights: &[T], bias: &[T], y: &mut [T]) {
    let (x_fours, x_rest) = x.as_chunks::<4>();
    for ((y, &bias), weights) in y.iter_mut().zip(bias).zip(weights.chunks_exact(x.len())) {
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
