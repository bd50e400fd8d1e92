//! The lines of an input.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use memchr::memchr;

/// The lines of an input, each of which stays where it was read to until the next one is asked for.
pub(super) struct Lines<R> {
    input: R,
    /// What was read, up to `filled`.
    buffer: Vec<u8>,
    filled: usize,
    /// Where the last line is.
    line: Range<usize>,
    /// How many lines were read.
    count: u64,
}

/// How many bytes are read at once.
const BUFFER: usize = 1 << 16;

/// No line, and no row in quotes, is longer: what never ends, as a device may not, would fill all memory.
pub(super) const LONGEST: usize = 1 << 28;

/// What is wrong with a longer one.
pub(super) fn too_long() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("a row is longer than {LONGEST} bytes"))
}

impl<R: Read> Lines<R> {
    /// The lines of this input.
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: vec![0; BUFFER], filled: 0, line: 0..0, count: 0 }
    }

    /// The last line, with its end.
    #[inline]
    pub(super) fn line(&self) -> &[u8] {
        &self.buffer[self.line.clone()]
    }

    /// How many lines were read.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Goes to the next line, if there is one, and gives it an end if it has none.
    #[inline]
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        let start = self.line.end;
        let end = memchr(b'\n', &self.buffer[start..self.filled]);
        self.line = match end {
            Some(end) => start..start + end + 1,
            None => 0..self.read_to_end_of_line()?,
        };
        if self.line.is_empty() {
            return Ok(false);
        }
        let mark = "\u{feff}".as_bytes();
        if self.count == 0 && self.line().starts_with(mark) {
            self.line.start += mark.len();
        }
        self.count += 1;
        Ok(true)
    }

    /// Brings what follows the last line to the front, reads on until a line ends, and returns where.
    fn read_to_end_of_line(&mut self) -> io::Result<usize> {
        self.buffer.copy_within(self.line.end..self.filled, 0);
        self.filled -= self.line.end;
        self.line = 0..0;
        loop {
            // One byte is kept for an end that the last line may lack.
            if self.filled + 1 >= self.buffer.len() {
                if self.buffer.len() >= LONGEST {
                    return Err(too_long());
                }
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
            let free = self.filled..self.buffer.len() - 1;
            let read = match self.input.read(&mut self.buffer[free]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            if read == 0 {
                if self.filled > 0 {
                    self.buffer[self.filled] = b'\n';
                    self.filled += 1;
                }
                return Ok(self.filled);
            }
            let before = self.filled;
            self.filled += read;
            if let Some(end) = memchr(b'\n', &self.buffer[before..self.filled]) {
                return Ok(before + end + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFER, Lines};

    #[test]
    fn lines_of_any_length_come_whole() -> std::io::Result<()> {
        let lengths = [0, 3, BUFFER - 2, BUFFER - 1, 1, BUFFER, 5 * BUFFER, 7, 2 * BUFFER];
        let text: Vec<String> = lengths.iter().map(|&length| "x".repeat(length)).collect();
        let text = text.join("\n");
        let mut lines = Lines::new(text.as_bytes());
        for length in lengths {
            assert!(lines.advance()?);
            assert_eq!(lines.line().len(), length + 1);
            assert_eq!(lines.line().last(), Some(&b'\n'));
        }
        assert!(!lines.advance()?);
        assert_eq!(lines.count(), lengths.len() as u64);
        Ok(())
    }
}
