//! What a product makes of each value that it has summed up.

use std::ops::Range;

use crate::simd::Simd;
use crate::{Scalar, View, ViewMut};

/// What is written in the place of a sum `s`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Finish<'a, T> {
    /// `s` itself.
    Keep,
    /// `max(s, 0)`, and NaN where `s` is.
    Rectify,
    /// `s` where this matrix, of the product's shape, is positive, and 0 elsewhere.
    WherePositive(View<'a, T>),
}

impl<T: Scalar> Finish<'_, T> {
    /// Changes sums that are written already.
    #[inline(always)]
    pub(super) fn apply(&self, sums: &mut ViewMut<'_, T>) {
        for j in 0..sums.columns() {
            let Some(column) = sums.column_mut(j) else { return };
            match self {
                Self::Keep => return,
                Self::Rectify => {
                    for s in column {
                        *s = if *s < T::ZERO { T::ZERO } else { *s };
                    }
                }
                Self::WherePositive(x) => {
                    for (s, &x) in column.iter_mut().zip(x.column_at(j)) {
                        *s = if x > T::ZERO { *s } else { T::ZERO };
                    }
                }
            }
        }
    }

    /// What becomes of the sums in some rows of column `j`.
    #[inline(always)]
    pub(super) fn of<S: Simd<T>>(
        &self,
        simd: S,
        sums: S::Vector,
        j: usize,
        rows: Range<usize>,
    ) -> S::Vector {
        match self {
            Self::Keep => sums,
            Self::Rectify => simd.max(simd.splat(T::ZERO), sums),
            Self::WherePositive(x) => {
                simd.where_positive(simd.load_rest(&x.column_at(j)[rows]), sums)
            }
        }
    }

    /// The same of a product that is a single row, taken for a column; nothing where what is looked at for
    /// it has gaps.
    pub(super) fn of_row_as_column(self) -> Option<Self> {
        match self {
            Self::WherePositive(x) => x.row_as_column().map(Self::WherePositive),
            same => Some(same),
        }
    }

    /// The same for the columns before column `j` of the product, and for those from it on.
    pub(super) fn split_columns(self, j: usize) -> (Self, Self) {
        match self {
            Self::WherePositive(x) => {
                let (first, rest) = x.split_columns(j);
                (Self::WherePositive(first), Self::WherePositive(rest))
            }
            same => (same, same),
        }
    }
}
