//! How good outputs are, in figures for people; one file each.

mod accuracy;

pub use accuracy::accuracy;
