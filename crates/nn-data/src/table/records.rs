//! The rows of a table, as bytes.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr2;

use super::Csv;
use super::error::{Fault, TableError};
use super::lines::{LONGEST, Lines, too_long};
use super::words::find_all;

/// The rows of a table, read one after another into the same memory.
///
/// A line without quotes is a row that is split at its delimiters; csv-core, which looks at each byte
/// with all of CSV in mind, reads the others.
pub(super) struct Records<R> {
    lines: Lines<R>,
    core: Reader,
    delimiter: u8,
    /// What encloses a cell, or, where nothing does, another byte that csv-core is needed for.
    quote: u8,
    comment: Option<u8>,
    /// How much of the line is in rows already.
    used: usize,
    /// Whether the row is the line as it stands.
    is_line: bool,
    /// The cells that csv-core read, one right after another.
    text: Vec<u8>,
    /// Where each cell ends; what comes after `count` is of no use.
    ends: Vec<usize>,
    count: usize,
    /// The line in which the row begins, counted from 1.
    row_line: u64,
    /// How many cells the first row has.
    width: Option<usize>,
}

/// The cells of a row.
#[derive(Debug)]
pub(super) struct Row<'a> {
    text: &'a [u8],
    /// Where each cell ends.
    ends: &'a [usize],
    /// How many bytes are between cells.
    gap: usize,
}

impl<'a> Row<'a> {
    /// How many cells there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a cell.
    #[inline]
    pub(super) fn cell(&self, index: usize) -> &'a [u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] + self.gap };
        &self.text[start..self.ends[index]]
    }

    /// The texts of all cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(|index| self.cell(index))
    }
}

/// How much memory csv-core gets for the text of a row to begin with.
const TEXT: usize = 1 << 12;

/// How a line ends that need not.
const RETURN: u8 = b'\r';

impl<R: Read> Records<R> {
    /// The rows of the input.
    pub(super) fn new(csv: &Csv, input: R) -> Self {
        let mut format = ReaderBuilder::new();
        format.delimiter(csv.delimiter).comment(csv.comment).quoting(csv.quote.is_some());
        let mut core = format.quote(csv.quote.unwrap_or(b'"')).build();
        // A first blank line, since csv-core skips a byte order mark where it begins to read.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            lines: Lines::new(input),
            core,
            delimiter: csv.delimiter,
            quote: csv.quote.unwrap_or(RETURN),
            comment: csv.comment,
            used: 0,
            is_line: true,
            text: Vec::new(),
            ends: Vec::new(),
            count: 0,
            row_line: 0,
            width: None,
        }
    }

    /// Goes to the next row, if there is one.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<bool, TableError> {
        loop {
            if self.used == self.lines.line().len() && !self.read_line()? {
                return Ok(false);
            }
            self.row_line = self.lines.count();
            self.is_line = self.used == 0 && self.split_line();
            if !self.is_line && !self.read_quoted()? {
                continue;
            }
            let found = self.count;
            let is_blank = found == 1 && self.row().cell(0).trim_ascii().is_empty();
            if is_blank && self.is_line {
                continue;
            }
            let expected = *self.width.get_or_insert(found);
            if expected == found {
                return Ok(true);
            }
            if !is_blank {
                return Err(self.locate(Fault::Ragged { expected, found }));
            }
        }
    }

    /// The row that was read last.
    #[inline]
    pub(super) fn row(&self) -> Row<'_> {
        let (text, gap) = if self.is_line { (self.lines.line(), 1) } else { (&*self.text, 0) };
        Row { text, ends: &self.ends[..self.count], gap }
    }

    /// The error in the line in which the last row begins.
    pub(super) fn locate(&self, error: impl Into<TableError>) -> TableError {
        error.into().in_line(self.row_line)
    }

    /// Reads a line, if there is one.
    #[inline]
    fn read_line(&mut self) -> Result<bool, TableError> {
        self.used = 0;
        Ok(self.lines.advance()?)
    }

    /// Makes a row of a line without quotes, if it is one.
    #[inline]
    fn split_line(&mut self) -> bool {
        let line = self.lines.line();
        self.used = line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(&[RETURN]).unwrap_or(line);
        if line.is_empty()
            || line.first().copied() == self.comment
            || memchr2(self.quote, RETURN, line).is_some()
        {
            self.used = 0;
            return false;
        }
        self.ends.clear();
        find_all(self.delimiter, line, &mut self.ends);
        self.ends.push(line.len());
        self.count = self.ends.len();
        true
    }

    /// Makes a row, if there is one, of what is left of the line, and of as many more lines as stand
    /// in quotes.
    fn read_quoted(&mut self) -> Result<bool, TableError> {
        let mut text = 0;
        self.count = 0;
        loop {
            if self.used == self.lines.line().len() {
                // Only within quotes the end of a line is not the end of a row.
                if text == 0 && self.count == 0 {
                    return Ok(false);
                }
                if !self.read_line()? {
                    return Err(self.locate(Fault::OpenQuote));
                }
            }
            let (result, read, written, ended) = self.core.read_record(
                &self.lines.line()[self.used..],
                &mut self.text[text..],
                &mut self.ends[self.count..],
            );
            self.used += read;
            text += written;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() >= LONGEST => {
                    return Err(self.locate(too_long()));
                }
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len().max(TEXT), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len().max(1), 0),
                ReadRecordResult::Record | ReadRecordResult::End => return Ok(true),
            }
        }
    }
}

/// A cell without the white space around it, nor the quotes that are part of it because white space
/// stands before them.
pub(super) fn trim(cell: &[u8], quote: Option<u8>) -> &[u8] {
    let text = cell.trim_ascii();
    match (cell, text, quote) {
        ([first, ..], [open, within @ .., close], Some(quote))
            if first.is_ascii_whitespace() && *open == quote && *close == quote =>
        {
            within.trim_ascii()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use csv::{ByteRecord, ReaderBuilder};
    use proptest::prelude::*;

    use super::Records;
    use crate::Csv;

    proptest! {
        #[test]
        fn a_line_is_split_as_csv_splits_it(
            line in "[ab,;# ]{0,20}[\"\r]?[ab,]{0,3}\r?\n?", delimiter in prop_oneof![Just(b','), Just(b';')],
        ) {
            let format = Csv { delimiter, comment: Some(b'#'), ..Csv::default() };
            let mut records = Records::new(&format, line.as_bytes());
            if records.read_line()? && records.split_line() {
                let mut reader = ReaderBuilder::new();
                reader.has_headers(false).delimiter(delimiter).comment(Some(b'#'));
                let mut reader = reader.from_reader(line.as_bytes());
                let rows: Vec<ByteRecord> = reader.byte_records().collect::<Result<_, _>>()?;
                prop_assert_eq!(rows.len(), 1);
                prop_assert!(rows[0].iter().eq(records.row().cells()), "{:?}", rows[0]);
            }
        }
    }
}
