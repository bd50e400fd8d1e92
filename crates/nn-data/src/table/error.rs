//! What can be wrong with a table, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::Column;
use crate::DataError;

/// A table cannot be read: where in it, and why.
///
/// ```
/// use nn_data::{Csv, DataError, Fault};
///
/// let text = "length,width\n5.1,3.5\n4.9,wide\n";
/// let Err(DataError::Table(error)) = Csv::default().read_features_from::<f32>(text.as_bytes()) else {
///     panic!("there is a text among the numbers");
/// };
/// assert_eq!(error.to_string(), r#"line 3, column "width": "wide" is not a number"#);
/// assert_eq!((error.line, error.fault), (Some(3), Fault::NotANumber { text: "wide".into() }));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TableError {
    /// The file, where it was opened by its path.
    pub path: Option<PathBuf>,
    /// The line in which the row begins, counted from 1, the header's included.
    pub line: Option<u64>,
    /// The name of the column.
    pub column: Option<String>,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file, or whatever the bytes come from, cannot be read.
    #[error("cannot be read: {message}")]
    Read {
        /// What kind of failure it is.
        kind: io::ErrorKind,
        /// What the system says.
        message: String,
    },
    /// One byte would mean two things, or is part of a line's end.
    #[error("{byte:?} cannot be the {role}: it is also the {other}")]
    Format {
        /// What it is to be.
        role: &'static str,
        /// What it is as well.
        other: &'static str,
        /// The byte.
        byte: char,
    },
    /// A class is given twice.
    #[error("the class {class:?} is given twice")]
    ClassTwice {
        /// The class.
        class: String,
    },
    /// There is not a single row, nor a header.
    #[error("the table is empty")]
    Empty,
    /// There is a header and nothing else.
    #[error("there is no row under the header")]
    NoRows,
    /// All rows were dropped.
    #[error("all {rows} rows were dropped, the first for this: {first}")]
    AllDropped {
        /// How many.
        rows: usize,
        /// Why the first of them was dropped.
        #[source]
        first: Box<TableError>,
    },
    /// A column is asked for that is not there.
    #[error("there is no {column}; the columns are {}", listed(names))]
    NoSuchColumn {
        /// The column asked for.
        column: Column,
        /// The columns there are.
        names: Vec<String>,
    },
    /// A column is asked for by a name that several have.
    #[error("{count} columns are called {name:?}: choose one by its index")]
    AmbiguousColumn {
        /// The name.
        name: String,
        /// How many columns have it.
        count: usize,
    },
    /// A column is asked for twice, such as once as a feature and once as the label.
    #[error("the column {name:?} is chosen twice")]
    ColumnTwice {
        /// Its name.
        name: String,
    },
    /// No column is left that could be a feature.
    #[error(
        "no column is left for the features; with this delimiter, the columns are {}",
        listed(names)
    )]
    NoFeatures {
        /// The columns.
        names: Vec<String>,
    },
    /// No column is named as a target.
    #[error("no column is chosen as a target")]
    NoTargets,
    /// A row is longer or shorter than the first.
    #[error("there are {found} cells, but {expected} in the first row")]
    Ragged {
        /// How many cells the first row has, which is the header if there is one.
        expected: usize,
        /// How many cells this row has.
        found: usize,
    },
    /// The row holds a quote that is opened, and never closed until the table ends.
    #[error("a quote is opened and never closed")]
    OpenQuote,
    /// A text is not in UTF-8.
    #[error("{text:?} is not UTF-8")]
    NotUtf8 {
        /// The text, with � for what is not.
        text: String,
    },
    /// A cell is empty.
    #[error("the cell is empty")]
    EmptyCell,
    /// A cell holds a text that stands for a missing value.
    #[error("{text:?} stands for a missing value")]
    Missing {
        /// The text.
        text: String,
    },
    /// A cell among the features or targets is not a number.
    #[error("{text:?} is not a number")]
    NotANumber {
        /// The text, cut where it is long.
        text: String,
    },
    /// A number is infinite or NaN, or too large for the type that it is read into.
    #[error("{text:?} is not finite as {number}")]
    NotFinite {
        /// The text, cut where it is long.
        text: String,
        /// The type.
        number: &'static str,
    },
    /// A label names none of the classes that were given.
    #[error("{text:?} is not among the classes {}", listed(classes))]
    UnknownClass {
        /// The label, cut where it is long.
        text: String,
        /// The classes.
        classes: Vec<String>,
    },
}

impl Fault {
    /// Whether this is a cell that holds no value, which a row can be dropped for.
    pub(super) const fn is_incomplete(&self) -> bool {
        matches!(
            self,
            Self::EmptyCell
                | Self::Missing { .. }
                | Self::NotANumber { .. }
                | Self::NotFinite { .. }
        )
    }
}

/// As many of the names as one wants to read.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut list: Vec<String> = names.iter().take(MOST).map(|name| format!("{name:?}")).collect();
    if names.len() > MOST {
        list.push(format!("and {} more", names.len() - MOST));
    }
    list.join(", ")
}

/// The beginning of a cell's text, for a message.
pub(super) fn excerpt(text: &[u8]) -> String {
    const MOST: usize = 40;
    // A character has at most four bytes.
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * MOST + 4)]);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

impl TableError {
    /// The error in this column.
    pub(super) fn in_column(self, name: &str) -> Self {
        Self { column: Some(name.to_owned()), ..self }
    }

    /// The error in this line.
    pub(super) fn in_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The error in this file.
    pub(super) fn in_file(self, path: &Path) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }
}

impl From<Fault> for TableError {
    fn from(fault: Fault) -> Self {
        Self { path: None, line: None, column: None, fault }
    }
}

impl From<Fault> for DataError {
    fn from(fault: Fault) -> Self {
        TableError::from(fault).into()
    }
}

impl From<TableError> for DataError {
    fn from(error: TableError) -> Self {
        Self::Table(Box::new(error))
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        Fault::Read { kind: error.kind(), message: error.to_string() }.into()
    }
}

/// The place as far as it is known, and what is wrong there.
impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = [
            self.path.as_ref().map(|path| path.display().to_string()),
            self.line.map(|line| format!("line {line}")),
            self.column.as_ref().map(|name| format!("column {name:?}")),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        write!(f, "{}", self.fault)
    }
}

impl std::error::Error for TableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source()
    }
}
