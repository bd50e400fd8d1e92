//! The rows of a table, as bytes.

use std::io::{self, Chain, Cursor, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::error::{Fault, TableError};

/// The rows of a table, read one after another into the same memory.
pub(super) struct Records<R> {
    reader: Reader<Watched<Framed<R>>>,
    record: ByteRecord,
    /// How many cells the first row has.
    width: Option<usize>,
}

/// The input without the mark of its encoding, and with a last end of line.
type Framed<R> = Chain<Chain<Cursor<Vec<u8>>, R>, &'static [u8]>;

impl<R: Read> Records<R> {
    /// The rows that `format` finds in the input.
    pub(super) fn new(format: &mut ReaderBuilder, mut input: R) -> Result<Self, TableError> {
        let mut start = Vec::new();
        input.by_ref().take(3).read_to_end(&mut start)?;
        if start == "\u{feff}".as_bytes() {
            start.clear();
        }
        let framed = Cursor::new(start).chain(input).chain(&b"\n"[..]);
        let watched = Watched { input: framed, latest: Vec::new(), before: 0, ended: false };
        let reader = format.has_headers(false).flexible(true).from_reader(watched);
        Ok(Self { reader, record: ByteRecord::new(), width: None })
    }

    /// Goes to the next row, if there is one.
    pub(super) fn advance(&mut self) -> Result<bool, TableError> {
        while self.reader.read_byte_record(&mut self.record)? {
            // Without an open quote, the end of line that was added ends the last row before the
            // end of the input is seen.
            if self.reader.get_ref().ended {
                return Err(self.locate(Fault::OpenQuote));
            }
            let (expected, found) =
                (*self.width.get_or_insert(self.record.len()), self.record.len());
            if expected == found {
                return Ok(true);
            }
            let is_blank = found == 1 && self.record[0].trim_ascii().is_empty();
            if !is_blank {
                return Err(self.locate(Fault::Ragged { expected, found }));
            }
        }
        Ok(false)
    }

    /// The row that was read last.
    pub(super) const fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The error in the line in which the last row begins.
    ///
    /// It is counted back from where the row ends: csv's own line of a row is that of the blank lines
    /// and comments before it, and is one less after "\r\n".
    pub(super) fn locate(&self, error: impl Into<TableError>) -> TableError {
        let end = self.reader.position();
        let within = self.record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
        let is_after_line_feed = self.reader.get_ref().byte_before(end.byte()) == Some(b'\n');
        error.into().in_line(end.line() - within - u64::from(is_after_line_feed))
    }
}

/// An input that remembers what was read from it last.
struct Watched<R> {
    input: R,
    latest: Vec<u8>,
    /// How many bytes came before those.
    before: u64,
    /// Whether there is nothing more.
    ended: bool,
}

impl<R> Watched<R> {
    /// The byte before this place, if it is one of the latest.
    fn byte_before(&self, place: u64) -> Option<u8> {
        let place = place.checked_sub(1)?.checked_sub(self.before)?;
        self.latest.get(usize::try_from(place).ok()?).copied()
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.before += self.latest.len() as u64;
        self.latest.clear();
        self.latest.extend_from_slice(&buffer[..count]);
        self.ended = count == 0;
        Ok(count)
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
