//! A large product in parts of its columns, for the threads there are.
//!
//! No value depends on the columns beside it, so neither do its bits on the number of threads.

use crate::{Scalar, threads};

use super::{Tiles, choice};

/// Parts begin at multiples of as many columns as the widest tiles end at.
const UNIT: usize = 8;

/// Where columns are cut in two, at a multiple of a unit; nowhere if the first part would take all.
pub(super) fn middle(columns: usize, unit: usize) -> Option<usize> {
    let middle = (columns / 2).next_multiple_of(unit);
    (middle < columns).then_some(middle)
}

/// Computes a product, if it is worth it in twice as many parts as there are threads.
pub(super) fn run<T: Scalar>(product: &mut Tiles<'_, T>) {
    let threads = threads::count();
    run_parts(product, if threads == 1 { 1 } else { 2 * threads });
}

fn run_parts<T: Scalar>(product: &mut Tiles<'_, T>, most: usize) {
    if most <= 1 || !choice::is_worth_sharing(product.sides()) {
        return T::tiles(product);
    }
    let Some(columns) = middle(product.b.columns, UNIT) else { return T::tiles(product) };
    let (mut first, mut second) = product.split_columns(columns);
    threads::join(|| run_parts(&mut first, most / 2), || run_parts(&mut second, most / 2));
}
