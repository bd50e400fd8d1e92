//! Exponentials of rows, on which softmax, its logarithm and the cross-entropy rest.

use std::ops::Range;

use crate::{Scalar, ShapeError, View, ViewMut, shape::expect_shape};

/// How many rows are worked at once, with a maximum and a sum each on the stack.
pub const BLOCK: usize = 64;

/// The ranges of rows, of at most [`BLOCK`] each, that make up `rows` rows.
pub fn row_blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(BLOCK).map(move |start| start..rows.min(start + BLOCK))
}

/// What [`exponentials`] found in each row of a block.
#[derive(Debug, Clone, Copy)]
pub struct RowSums<T> {
    /// The largest value of each row.
    pub maxima: [T; BLOCK],
    /// The sum of each row's exponentials but for one that is 1, so that the logarithm of the whole
    /// sum keeps its digits where the others are tiny.
    pub others: [T; BLOCK],
}

impl<T: Scalar> RowSums<T> {
    /// The sum of each row's exponentials, at least 1.
    #[must_use]
    pub fn sums(&self) -> [T; BLOCK] {
        self.others.map(|others| T::ONE + others)
    }

    /// The logarithm of that sum.
    #[must_use]
    pub fn ln_sums(&self) -> [T; BLOCK] {
        self.others.map(T::ln_1p)
    }
}

/// Writes `exp(x - m)` for each value `x` of a block of rows, `m` the largest of its row, and
/// returns the maxima and the sums of the rows written.
///
/// No exponential overflows and one of them is 1, for any finite row. A row that holds a NaN or
/// positive infinity, or nothing but negative infinity, has a NaN for its sum.
///
/// # Errors
/// [`ShapeError`] where `output` has not the shape of `input`, or there are more rows than
/// [`BLOCK`].
pub fn exponentials<T: Scalar>(
    input: View<'_, T>,
    mut output: ViewMut<'_, T>,
) -> Result<RowSums<T>, ShapeError> {
    expect_shape("exponentials", "an output", input.shape(), output.shape())?;
    if input.rows() > BLOCK {
        return Err(ShapeError::RowRange { start: 0, end: input.rows(), rows: BLOCK });
    }
    let mut maxima = [-T::INFINITY; BLOCK];
    for x in input.iter_columns() {
        for (max, &x) in maxima.iter_mut().zip(x) {
            *max = max.maximum(x);
        }
    }
    let mut others = [T::ZERO; BLOCK];
    let mut repeats = [-T::ONE; BLOCK];
    for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
        let rows = y.iter_mut().zip(x).zip(&maxima).zip(others.iter_mut().zip(&mut repeats));
        for (((y, &x), &max), (others, repeats)) in rows {
            let below = x - max;
            *y = below.exp();
            *others += if below == T::ZERO { T::ZERO } else { *y };
            *repeats += if below == T::ZERO { T::ONE } else { T::ZERO };
        }
    }
    for (others, repeats) in others.iter_mut().zip(repeats) {
        *others += repeats;
    }
    Ok(RowSums { maxima, others })
}
