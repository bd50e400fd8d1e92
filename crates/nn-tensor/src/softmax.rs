//! Exponentials of rows, on which softmax, its logarithm and the cross-entropy rest.

use std::ops::Range;

use crate::{Scalar, View, ViewMut};

/// How many rows are worked at once, with a maximum and a sum each on the stack.
pub const BLOCK: usize = 128;

/// A value for each row of a block, where the widest vectors are read and written fastest.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct Rows<T>(pub [T; BLOCK]);

impl<T: Copy> Rows<T> {
    /// The same value for each row.
    #[inline(always)]
    #[must_use]
    pub const fn splat(value: T) -> Self {
        Self([value; BLOCK])
    }

    /// The values of the rows.
    #[inline(always)]
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The values of the rows.
    #[inline(always)]
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }
}

/// The ranges of rows, of at most [`BLOCK`] each, that make up `rows` rows.
pub fn row_blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(BLOCK).map(move |start| start..rows.min(start + BLOCK))
}

/// What [`exponentials`] found in each row of a block.
#[derive(Debug, Clone, Copy)]
pub struct RowSums<T> {
    /// The largest value of each row.
    pub maxima: Rows<T>,
    /// The sum of each row's exponentials but for one that is 1, so that the logarithm of the whole
    /// sum keeps its digits where the others are tiny.
    pub others: Rows<T>,
}

impl<T: Scalar> RowSums<T> {
    /// The sum of each row's exponentials, at least 1 where a row has values.
    #[inline(always)]
    #[must_use]
    pub fn sums(&self) -> Rows<T> {
        let mut sums = self.others;
        for sum in sums.iter_mut() {
            *sum += T::ONE;
        }
        sums
    }

    /// The logarithm of that sum.
    #[inline(always)]
    #[must_use]
    pub fn ln_sums(&self) -> Rows<T> {
        let mut logs = self.others;
        for log in logs.iter_mut() {
            *log = log.ln_1p();
        }
        logs
    }
}

/// Sums of so many columns are added to those of all columns before, so that a long row does not wear
/// them down.
const COLUMNS_AT_ONCE: usize = 128;

/// Adds `part` to `total`, and starts it anew.
#[inline(always)]
fn flush<T: Scalar>(total: &mut Rows<T>, part: &mut Rows<T>) {
    for (total, part) in total.iter_mut().zip(part.iter_mut()) {
        *total += std::mem::take(part);
    }
}

/// Writes `exp(x - m)` for each value `x` of a block of rows, `m` the largest of its row, and
/// returns the maxima and the sums of the rows written. Rows after the first [`BLOCK`] are left as
/// they are. To be called from a [`Kernel`](crate::simd::Kernel).
///
/// No exponential overflows and one of them is 1, for any finite row. A row that holds a NaN or
/// positive infinity, or nothing but negative infinity, has a NaN for its sum.
#[inline(always)]
pub fn exponentials<T: Scalar>(input: View<'_, T>, mut output: ViewMut<'_, T>) -> RowSums<T> {
    let mut maxima = Rows::splat(-T::INFINITY);
    for x in input.iter_columns() {
        for (max, &x) in maxima.iter_mut().zip(x) {
            *max = max.maximum(x);
        }
    }
    let (mut total, mut others) = (Rows::splat(-T::ONE), Rows::splat(T::ZERO));
    let mut repeats = Rows::splat(T::ZERO);
    for (j, (y, x)) in output.iter_columns_mut().zip(input.iter_columns()).enumerate() {
        if j % COLUMNS_AT_ONCE == 0 {
            flush(&mut total, &mut repeats);
            flush(&mut total, &mut others);
        }
        let rows = y.iter_mut().zip(x).zip(maxima.iter());
        let rows = rows.zip(others.iter_mut().zip(repeats.iter_mut()));
        for (((y, &x), &max), (others, repeats)) in rows {
            let below = x - max;
            let exponential = below.exp();
            *y = exponential;
            *others += if below == T::ZERO { T::ZERO } else { exponential };
            *repeats += if below == T::ZERO { T::ONE } else { T::ZERO };
        }
    }
    flush(&mut total, &mut repeats);
    flush(&mut total, &mut others);
    RowSums { maxima, others: total }
}
