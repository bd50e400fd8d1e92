//! Where examples write pictures.

use std::ffi::OsStr;
use std::fs::create_dir_all;
use std::path::PathBuf;

/// The directory that is the value of `--name`, made where there is none: before the work, which would
/// be lost where it cannot be made.
pub(crate) fn directory(name: &str, text: &OsStr) -> Result<PathBuf, String> {
    let refused = |error| format!("--{name} is {text:?}, which cannot be a directory: {error}");
    create_dir_all(text).map_err(refused)?;
    Ok(text.into())
}
