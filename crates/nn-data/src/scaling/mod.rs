//! Features brought to one scale, by a fit to the training data that is used again on all other.

mod min_max_scaler;
mod standardizer;

pub use min_max_scaler::MinMaxScaler;
pub use standardizer::Standardizer;

use nn_tensor::{Matrix, Scalar, ShapeError};

use crate::error::{at_least_one, check_finite};
use crate::{DataError, Result};

/// What `measure` finds in each column; it finds nothing where the values are too far apart.
fn fit_columns<T: Scalar, C>(
    inputs: &Matrix<T>,
    measure: impl Fn(&[T]) -> Option<C>,
) -> Result<Vec<C>> {
    at_least_one("samples", inputs.rows())?;
    check_finite(inputs)?;
    let columns = inputs.view().iter_columns().enumerate();
    columns
        .map(|(column, values)| measure(values).ok_or(DataError::TooFarApart { column }))
        .collect()
}

/// `f` of each value, in `f64`, and of what was found in its column.
fn map_columns<T: Scalar, C>(
    operation: &'static str,
    inputs: &Matrix<T>,
    columns: &[C],
    f: impl Fn(&C, f64) -> f64,
) -> Result<Matrix<T>> {
    if inputs.columns() != columns.len() {
        let (expected, found) = (columns.len(), inputs.columns());
        return Err(ShapeError::Width { operation, what: "an input", expected, found }.into());
    }
    let mut mapped = Matrix::try_zeros(inputs.rows(), inputs.columns())?;
    let (mut to, from) = (mapped.view_mut(), inputs.view());
    for ((to, from), column) in to.iter_columns_mut().zip(from.iter_columns()).zip(columns) {
        for (to, x) in to.iter_mut().zip(from) {
            *to = T::from_f64(f(column, x.to_f64()));
        }
    }
    // What was not finite before is not finite now.
    check_finite(&mapped)?;
    Ok(mapped)
}
