//! Reductions: one value from all, from each column or from each row.

use crate::simd::{Kernel, Simd, dispatch};
use crate::{Matrix, Scalar, ShapeError, View, shape::expect_length};

/// The direction in which a reduction runs, by the axis that it removes, as in NumPy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Down the rows (`axis=0`): `n × m` becomes `1 × m`, one result a column.
    Rows,
    /// Along the columns (`axis=1`, `keepdims=True`): `n × m` becomes `n × 1`, one result a row.
    Columns,
}

/// A sum in `f64` that carries its own rounding error (after Neumaier, 1974), so that the number of
/// the values does not show in the result, and their order all but never.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    value: f64,
    error: f64,
}

impl Sum {
    #[inline(always)]
    fn add<T: Scalar>(self, x: T) -> Self {
        let x = x.to_f64();
        let value = self.value + x;
        // The exact error of that addition, whichever of the two is larger (Knuth's two-sum).
        let part = value - self.value;
        let lost = (self.value - (value - part)) + (x - part);
        Self { value, error: self.error + lost }
    }

    fn total(self) -> f64 {
        let corrected = self.value + self.error;
        // Where the sum is infinite, the error is NaN and of no use.
        if corrected.is_finite() { corrected } else { self.value }
    }
}

fn sum<T: Scalar>(values: &[T]) -> f64 {
    values.iter().fold(Sum::default(), |sum, &x| sum.add(x)).total()
}

impl<T: Scalar> Matrix<T> {
    /// The sum of all values.
    ///
    /// ```
    /// use nn_tensor::Matrix;
    ///
    /// let x = Matrix::from([[4.8, 1.21, 2.385], [8.9, -1.81, 0.2], [1.41, 1.051, 0.026]]);
    /// assert_eq!(x.sum(), 18.172);
    /// ```
    #[must_use]
    pub fn sum(&self) -> T {
        T::from_f64(sum(self.as_slice()))
    }

    /// The sums along an axis, which stays as a dimension of size 1.
    ///
    /// ```
    /// use nn_tensor::{Axis, Matrix};
    ///
    /// let x = Matrix::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.sum_axis(Axis::Rows), Matrix::from([[9.0, 12.0]]));
    /// assert_eq!(x.sum_axis(Axis::Columns), Matrix::from([[3.0], [7.0], [11.0]]));
    /// ```
    #[must_use]
    pub fn sum_axis(&self, axis: Axis) -> Self {
        self.scaled_sums(axis, 1.0)
    }

    /// The sums along an axis, divided by `divisor` before they are rounded.
    fn scaled_sums(&self, axis: Axis, divisor: f64) -> Self {
        let scaled = |sum: f64| T::from_f64(sum / divisor);
        match axis {
            Axis::Rows => self.reduce_columns(|column| scaled(sum(column))),
            Axis::Columns => self.fold_rows(Sum::default(), Sum::add, |sum| scaled(sum.total())),
        }
    }

    /// The means along an axis, which stays as a dimension of size 1; NaN where it has no values.
    #[must_use]
    pub fn mean_axis(&self, axis: Axis) -> Self {
        let count = match axis {
            Axis::Rows => self.rows(),
            Axis::Columns => self.columns(),
        };
        self.scaled_sums(axis, count as f64)
    }

    /// The largest values along an axis, which stays as a dimension of size 1; NaN where there is
    /// one, and negative infinity where the axis has no values.
    #[must_use]
    pub fn max_axis(&self, axis: Axis) -> Self {
        let least = -T::INFINITY;
        let larger = |a: T, b: T| a.maximum(b);
        match axis {
            Axis::Rows => self.reduce_columns(|column| column.iter().copied().fold(least, larger)),
            Axis::Columns => self.fold_rows(least, larger, |largest| largest),
        }
    }

    /// The column of each row's largest value, the first where several are equal (as NumPy's
    /// `argmax(axis=1)`); `None` where the row holds a NaN or has no values.
    ///
    /// ```
    /// use nn_tensor::Matrix;
    ///
    /// let logits = Matrix::from([[0.1, 0.7, 0.2], [3.0, -1.0, 3.0], [0.0, f64::NAN, 1.0]]);
    /// assert_eq!(logits.argmax_rows(), [Some(1), Some(0), None]);
    /// ```
    #[must_use]
    pub fn argmax_rows(&self) -> Vec<Option<usize>> {
        let mut best: Vec<(T, Option<usize>)> = vec![(-T::INFINITY, None); self.rows()];
        for (j, column) in self.view().iter_columns().enumerate() {
            for ((largest, place), &x) in best.iter_mut().zip(column) {
                // Nothing compares as larger than a NaN, so one that is met stays.
                if place.is_none() || x > *largest || x.is_nan() {
                    (*largest, *place) = (x, Some(j));
                }
            }
        }
        best.into_iter().map(|(largest, place)| place.filter(|_| !largest.is_nan())).collect()
    }

    /// One result a column.
    fn reduce_columns(&self, f: impl Fn(&[T]) -> T) -> Self {
        let results: Vec<T> = self.view().iter_columns().map(f).collect();
        Self::from_fn(1, self.columns(), |_, j| results[j])
    }

    /// One result a row, by one pass down each column.
    fn fold_rows<S: Copy>(&self, start: S, step: impl Fn(S, T) -> S, end: impl Fn(S) -> T) -> Self {
        let mut states = vec![start; self.rows()];
        for column in self.view().iter_columns() {
            for (state, &x) in states.iter_mut().zip(column) {
                *state = step(*state, x);
            }
        }
        Self::from_fn(self.rows(), 1, |i, _| end(states[i]))
    }
}

/// Whether none of the values is infinite or NaN.
#[must_use]
pub fn all_finite<T: Scalar>(values: &[T]) -> bool {
    dispatch(AllFinite { values })
}

struct AllFinite<'a, T> {
    values: &'a [T],
}

impl<T: Scalar> Kernel<T> for AllFinite<'_, T> {
    type Output = bool;

    /// What is finite is 0 times 0. Four parts are read side by side, since memory far away is read faster
    /// from several places at once.
    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> bool {
        let zero = simd.splat(T::ZERO);
        let (blocks, rest) = T::blocks(self.values);
        let (parts, others) = blocks.split_at(blocks.len() / 4 * 4);
        let (first, second) = parts.split_at(parts.len() / 2);
        let ((a, b), (c, d)) = (first.split_at(first.len() / 2), second.split_at(second.len() / 2));
        let mut sums = [zero; 4];
        for ((a, b), (c, d)) in a.iter().zip(b).zip(c.iter().zip(d)) {
            for (sum, block) in sums.iter_mut().zip([a, b, c, d]) {
                *sum = simd.mul_add(simd.load(block), zero, *sum);
            }
        }
        for block in others {
            sums[0] = simd.mul_add(simd.load(block), zero, sums[0]);
        }
        sums[1] = simd.mul_add(simd.load_rest(rest), zero, sums[1]);
        sums.into_iter().all(|sum| simd.sum(sum) == T::ZERO)
    }
}

/// Writes the sum of each column to `sums`: the gradient of the biases.
///
/// # Errors
/// [`ShapeError::Length`] where there are not as many sums as columns.
pub fn column_sums<T: Scalar>(matrix: View<'_, T>, sums: &mut [T]) -> Result<(), ShapeError> {
    expect_length("column_sums", matrix.columns(), sums.len())?;
    dispatch(ColumnSums { matrix, sums });
    Ok(())
}

struct ColumnSums<'a, T> {
    matrix: View<'a, T>,
    sums: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for ColumnSums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        for (sum, column) in self.sums.iter_mut().zip(self.matrix.iter_columns()) {
            let (blocks, rest) = T::blocks(column);
            let mut lanes = simd.splat(T::ZERO);
            for block in blocks {
                lanes = simd.add(lanes, simd.load(block));
            }
            if !rest.is_empty() {
                lanes = simd.add(lanes, simd.load_rest(rest));
            }
            *sum = simd.sum(lanes);
        }
    }
}
