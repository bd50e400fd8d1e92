//! Which numbers a loss is defined for.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, View};

use crate::{OptimError, Result};

/// Which numbers a loss is defined for. A NaN is in each, to come out as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// Any number.
    #[default]
    Any,
    /// 0 and more.
    NotNegative,
    /// From 0 to 1.
    Probability,
}

impl Domain {
    /// Refuses the first value outside, as what an operation was given.
    ///
    /// # Errors
    /// [`OptimError::OutOfRange`] with that value.
    pub(crate) fn check<T: Scalar>(
        self,
        operation: &'static str,
        what: &'static str,
        values: View<'_, T>,
    ) -> Result<()> {
        let (allowed, largest) = match self {
            Self::Any => return Ok(()),
            Self::NotNegative => ("of at least 0", T::INFINITY),
            Self::Probability => ("from 0 to 1", T::ONE),
        };
        if !dispatch(AnyOutside { values, largest }) {
            return Ok(());
        }
        let mut all = values.iter_columns().flatten();
        match all.find(|&&x| is_outside(x, largest)) {
            Some(value) => {
                Err(OptimError::OutOfRange { operation, what, allowed, value: value.to_f64() })
            }
            None => Ok(()),
        }
    }
}

#[inline(always)]
fn is_outside<T: Scalar>(x: T, largest: T) -> bool {
    (x < T::ZERO) | (x > largest)
}

/// Whether any value is outside, found without a branch.
struct AnyOutside<'a, T> {
    values: View<'a, T>,
    largest: T,
}

impl<T: Scalar> Kernel<T> for AnyOutside<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) -> bool {
        let mut outside = false;
        for column in self.values.iter_columns() {
            for &x in column {
                outside |= is_outside(x, self.largest);
            }
        }
        outside
    }
}
