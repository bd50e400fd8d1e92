//! The rows of a table, as bytes.

use std::io::{BufRead, BufReader, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr3_iter;

use super::Csv;
use super::error::{Fault, TableError};

/// The rows of a table, read one after another into the same memory.
///
/// A line without quotes is a row that is split at its delimiters; csv-core, which looks at each byte
/// with all of CSV in mind, reads the others.
pub(super) struct Records<R> {
    input: BufReader<R>,
    core: Reader,
    delimiter: u8,
    /// What encloses a cell, or, where nothing does, another byte that csv-core is needed for.
    quote: u8,
    comment: Option<u8>,
    /// The last line that was read, with its end.
    line: Vec<u8>,
    /// How much of it is in rows already.
    used: usize,
    /// How many lines were read.
    lines: u64,
    row: Row,
    /// The line in which the row begins, counted from 1.
    row_line: u64,
    /// How many cells the first row has.
    width: Option<usize>,
}

/// The cells of a row.
#[derive(Debug, Default)]
pub(super) struct Row {
    text: Vec<u8>,
    /// Where each cell ends; what comes after `count` is of no use.
    ends: Vec<usize>,
    count: usize,
    /// How many bytes are between cells.
    gap: usize,
}

impl Row {
    /// How many cells there are.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// The text of a cell.
    #[inline]
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] + self.gap };
        &self.text[start..self.ends[index]]
    }

    /// The texts of all cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|index| self.cell(index))
    }
}

/// How many bytes are read at once.
const BUFFER: usize = 1 << 16;

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
            input: BufReader::with_capacity(BUFFER, input),
            core,
            delimiter: csv.delimiter,
            quote: csv.quote.unwrap_or(RETURN),
            comment: csv.comment,
            line: Vec::new(),
            used: 0,
            lines: 0,
            row: Row::default(),
            row_line: 0,
            width: None,
        }
    }

    /// Goes to the next row, if there is one.
    pub(super) fn advance(&mut self) -> Result<bool, TableError> {
        loop {
            if self.used == self.line.len() && !self.read_line()? {
                return Ok(false);
            }
            self.row_line = self.lines;
            let is_row = (self.used == 0 && self.split_line()) || self.read_quoted()?;
            if !is_row {
                continue;
            }
            let found = self.row.len();
            let expected = *self.width.get_or_insert(found);
            if expected == found {
                return Ok(true);
            }
            let is_blank = found == 1 && self.row.cell(0).trim_ascii().is_empty();
            if !is_blank {
                return Err(self.locate(Fault::Ragged { expected, found }));
            }
        }
    }

    /// The row that was read last.
    pub(super) const fn row(&self) -> &Row {
        &self.row
    }

    /// The error in the line in which the last row begins.
    pub(super) fn locate(&self, error: impl Into<TableError>) -> TableError {
        error.into().in_line(self.row_line)
    }

    /// Reads a line, if there is one, and gives it an end if it has none.
    fn read_line(&mut self) -> Result<bool, TableError> {
        self.line.clear();
        self.used = 0;
        self.input.read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            return Ok(false);
        }
        if self.line.last() != Some(&b'\n') {
            self.line.push(b'\n');
        }
        let mark = "\u{feff}".as_bytes();
        if self.lines == 0 && self.line.starts_with(mark) {
            self.line.drain(..mark.len());
        }
        self.lines += 1;
        Ok(true)
    }

    /// Makes a row of a line without quotes, if it is one.
    fn split_line(&mut self) -> bool {
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(&[RETURN]).unwrap_or(line);
        if line.is_empty() || line.first().copied() == self.comment {
            return false;
        }
        let ends = &mut self.row.ends;
        ends.clear();
        for place in memchr3_iter(self.delimiter, self.quote, RETURN, line) {
            if line[place] != self.delimiter {
                return false;
            }
            ends.push(place);
        }
        ends.push(line.len());
        (self.row.count, self.row.gap) = (ends.len(), 1);
        std::mem::swap(&mut self.row.text, &mut self.line);
        self.used = self.line.len();
        true
    }

    /// Makes a row, if there is one, of what is left of the line, and of as many more lines as stand
    /// in quotes.
    fn read_quoted(&mut self) -> Result<bool, TableError> {
        let (mut text, mut count) = (0, 0);
        loop {
            if self.used == self.line.len() {
                // Only within quotes the end of a line is not the end of a row.
                if text == 0 && count == 0 {
                    return Ok(false);
                }
                if !self.read_line()? {
                    return Err(self.locate(Fault::OpenQuote));
                }
            }
            let Row { text: texts, ends, .. } = &mut self.row;
            let (result, read, written, ended) = self.core.read_record(
                &self.line[self.used..],
                &mut texts[text..],
                &mut ends[count..],
            );
            self.used += read;
            text += written;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => texts.resize(2 * texts.len().max(BUFFER), 0),
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len().max(1), 0),
                ReadRecordResult::Record | ReadRecordResult::End => {
                    (self.row.count, self.row.gap) = (count, 0);
                    return Ok(true);
                }
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
