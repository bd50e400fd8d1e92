//! What classes are called.

use crate::{PlotError, Result};

/// How many classes a picture can show: more would be cells of a few pixels, and a large file.
const MOST_CLASSES: usize = 64;

pub(crate) fn check_classes(classes: usize) -> Result<()> {
    if classes > MOST_CLASSES {
        return Err(PlotError::TooManyClasses { classes, most: MOST_CLASSES });
    }
    Ok(())
}

/// The names, if there are as many as classes.
pub(crate) fn check_names<S: AsRef<str>>(names: &[S], classes: usize) -> Result<Vec<String>> {
    if names.len() != classes {
        return Err(PlotError::ClassNames { names: names.len(), classes });
    }
    Ok(names.iter().map(|name| name.as_ref().to_owned()).collect())
}

/// What a class is called that has no name.
pub(crate) fn name_of(class: usize) -> String {
    format!("class {class}")
}
