//! A large product in shares of its columns, for the threads there are.
//!
//! No value depends on the columns beside it, so neither do its bits on the number of threads.

use crate::{Scalar, threads};

use super::{Tiles, choice};

/// Shares begin with a multiple of so many columns, which is that of every tile.
const UNIT: usize = 8;

/// Where so many columns are cut in two, at a multiple of a unit; nowhere if the first part would take all.
pub(super) fn middle(columns: usize, unit: usize) -> Option<usize> {
    let middle = (columns / 2).next_multiple_of(unit);
    (middle < columns).then_some(middle)
}

pub(super) fn run<T: Scalar>(product: &mut Tiles<'_, T>) {
    let threads = threads::count();
    let most = if threads == 1 { 1 } else { 2 * threads };
    share(product, most);
}

/// Cuts a product into at most so many shares, and does them.
fn share<T: Scalar>(product: &mut Tiles<'_, T>, most: usize) {
    if most <= 1 || !choice::is_worth_sharing(product.sides()) {
        return T::tiles(product);
    }
    let Some(columns) = middle(product.b.columns, UNIT) else { return T::tiles(product) };
    let (mut first, mut second) = product.split_columns(columns);
    threads::join(|| share(&mut first, most / 2), || share(&mut second, most / 2));
}
