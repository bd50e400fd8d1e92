//! A large product in shares of its columns, for the threads there are.
//!
//! No value depends on the columns beside it, so neither do its bits on the number of threads.

use crate::{Scalar, threads};

use super::Tiles;

/// Below so many multiply-adds, handing a share to another thread costs more than it saves.
const LEAST: usize = 1 << 20;

/// Shares begin with a multiple of so many columns, which is that of every tile.
const UNIT: usize = 8;

/// Whether so many multiply-adds are enough for two shares.
pub(super) fn are_worth(multiply_adds: usize) -> bool {
    multiply_adds >= 2 * LEAST
}

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
    if most <= 1 || !are_worth(product.multiply_adds()) {
        return T::tiles(product);
    }
    let Some(columns) = middle(product.b.columns, UNIT) else { return T::tiles(product) };
    let (mut first, mut second) = product.split_columns(columns);
    threads::join(|| share(&mut first, most / 2), || share(&mut second, most / 2));
}
