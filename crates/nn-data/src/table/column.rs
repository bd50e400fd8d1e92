//! How a column is named, and how it is found.

use std::fmt;

use super::error::{Fault, TableError, excerpt};
use super::records::{Row, trim};

/// A column of a table: `"species".into()`, `4.into()` or [`Column::LAST`].
///
/// Where a table has no header, or a column no name in it, the column's index is its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The one of this name.
    Name(String),
    /// The one of this index, counted from 0.
    Index(usize),
    /// The one of this index, counted from 0 at the last column and backwards.
    FromEnd(usize),
}

impl Column {
    /// The last column.
    pub const LAST: Self = Self::FromEnd(0);
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for Column {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<&String> for Column {
    fn from(name: &String) -> Self {
        Self::Name(name.clone())
    }
}

impl From<usize> for Column {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "column {name:?}"),
            Self::Index(index) => write!(f, "column {index}, counted from 0"),
            Self::FromEnd(index) => write!(f, "column {index}, counted from 0 at the last"),
        }
    }
}

/// The columns of a table, and which of them are taken.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    taken: Vec<bool>,
}

impl Columns {
    /// The columns that a header names.
    pub(super) fn named(header: &Row<'_>, quote: Option<u8>) -> Result<Self, TableError> {
        let name = |(index, cell): (usize, _)| match str::from_utf8(trim(cell, quote)) {
            Ok("") => Ok(index.to_string()),
            Ok(name) => Ok(name.to_owned()),
            Err(_) => Err(Fault::NotUtf8 { text: excerpt(cell) }.into()),
        };
        let names: Result<Vec<String>, TableError> = header.cells().enumerate().map(name).collect();
        Ok(Self { names: names?, taken: vec![false; header.len()] })
    }

    /// So many columns without names.
    pub(super) fn numbered(count: usize) -> Self {
        let names = (0..count).map(|index| index.to_string()).collect();
        Self { names, taken: vec![false; count] }
    }

    /// The name of each column.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }

    /// The index of a column, which is taken by this.
    pub(super) fn take(&mut self, column: &Column) -> Result<usize, Fault> {
        let index = self.find(column)?;
        if std::mem::replace(&mut self.taken[index], true) {
            return Err(Fault::ColumnTwice { name: self.names[index].clone() });
        }
        Ok(index)
    }

    /// The indices of some columns, which are taken by this.
    pub(super) fn take_all(&mut self, columns: &[Column]) -> Result<Vec<usize>, Fault> {
        columns.iter().map(|column| self.take(column)).collect()
    }

    /// The columns that nobody has taken.
    pub(super) fn rest(&self) -> impl Iterator<Item = usize> {
        (0..self.names.len()).filter(|&index| !self.taken[index])
    }

    fn find(&self, column: &Column) -> Result<usize, Fault> {
        let count = self.names.len();
        let found = match column {
            Column::Index(index) => Some(*index).filter(|&index| index < count),
            Column::FromEnd(index) => {
                count.checked_sub(1).and_then(|last| last.checked_sub(*index))
            }
            Column::Name(name) => {
                let mut alike = (0..count).filter(|&index| self.names[index] == *name);
                let first = alike.next();
                match alike.count() {
                    0 => first,
                    more => {
                        return Err(Fault::AmbiguousColumn { name: name.clone(), count: 1 + more });
                    }
                }
            }
        };
        let missing = || Fault::NoSuchColumn { column: column.clone(), names: self.names.clone() };
        found.ok_or_else(missing)
    }
}
