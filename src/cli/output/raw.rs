//! The bytes of a log, untouched. What the cap dropped is told on standard error.

use super::{
    super::{limits::READ_BYTES, print},
    Printer,
};
use crate::{
    log::{Chunk, LogReader},
    task::text,
};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

/// A log being copied.
pub(super) struct Raw {
    log: LogReader,
    at: u64,
    buffer: Vec<u8>,
}

impl Raw {
    /// From the beginning, from the last `tail` lines on, or from an offset on.
    pub(super) fn new(dir: &Path, tail: Option<u64>, since: Option<u64>) -> io::Result<Self> {
        let log = LogReader::open(dir)?;
        let mut buffer = vec![0; READ_BYTES];
        let start = || tail.map_or(Ok(0), |lines| start_of_tail(&log, lines, &mut buffer));
        let at = since.map_or_else(start, Ok)?;
        Ok(Self { log, at, buffer })
    }
}

impl Printer for Raw {
    fn advance(&mut self, out: &mut File, _last: bool) -> anyhow::Result<()> {
        loop {
            match self.log.chunk_at(self.at, &mut self.buffer)? {
                Chunk::Bytes(count) => {
                    print::written(out.write_all(self.buffer.get(..count).unwrap_or_default()))?;
                    self.at += count as u64;
                }
                Chunk::Gap(gap) => {
                    let missing = text::count(gap.end.saturating_sub(self.at));
                    print::complain(&format!("{missing} bytes are missing here, dropped by the cap"));
                    self.at = gap.end.max(self.at + 1);
                }
                Chunk::End => return Ok(()),
            }
        }
    }

    fn reached(&self) -> u64 {
        self.at
    }
}

/// Where the last lines begin, found from the end; an unfinished line counts. Goes no further back than a gap.
fn start_of_tail(log: &LogReader, lines: u64, buffer: &mut [u8]) -> io::Result<u64> {
    let end = log.length();
    // the line feed that ends the last line ends no line before it
    let (mut left, mut upto) = (lines, end);
    while upto > 0 && left > 0 {
        let from = upto.saturating_sub(buffer.len() as u64);
        let Some(bytes) = whole(log, from, upto, buffer)? else { return Ok(upto) };
        for at in memchr::memrchr_iter(b'\n', bytes) {
            let offset = from + at as u64 + 1;
            if offset == end {
                continue;
            }
            left -= 1;
            if left == 0 {
                return Ok(offset);
            }
        }
        upto = from;
    }
    Ok(if lines == 0 { end } else { upto })
}

/// The bytes of a range if they are all there.
fn whole<'b>(log: &LogReader, from: u64, upto: u64, buffer: &'b mut [u8]) -> io::Result<Option<&'b [u8]>> {
    let length = usize::try_from(upto - from).unwrap_or(usize::MAX);
    let mut filled = 0;
    while filled < length {
        let rest = buffer.get_mut(filled..length).unwrap_or_default();
        match log.chunk_at(from + filled as u64, rest)? {
            Chunk::Bytes(count) => filled += count,
            Chunk::Gap(_) | Chunk::End => return Ok(None),
        }
    }
    Ok(buffer.get(..length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{OUT, file_name};

    fn log(segments: &[(u64, &[u8])]) -> (tempfile::TempDir, LogReader) {
        let dir = tempfile::tempdir().unwrap();
        for (start, bytes) in segments {
            std::fs::write(dir.path().join(file_name(OUT, *start)), bytes).unwrap();
        }
        let reader = LogReader::open(dir.path()).unwrap();
        (dir, reader)
    }

    #[test]
    fn the_last_lines_are_found_from_the_end() {
        let check = |text: &str, lines: u64, expected: &str| {
            let (_dir, log) = log(&[(0, text.as_bytes())]);
            for window in [1, 2, 3, 64] {
                let start = start_of_tail(&log, lines, &mut vec![0; window]).unwrap();
                assert_eq!(
                    text.get(usize::try_from(start).unwrap()..),
                    Some(expected),
                    "{text:?} {lines} {window}"
                );
            }
        };
        check("a\nb\nc\n", 2, "b\nc\n");
        check("a\nb\nc", 2, "b\nc");
        check("a\nb\nc\n", 1, "c\n");
        check("a\nb\nc\n", 9, "a\nb\nc\n");
        check("a\nb\nc\n", 0, "");
        check("\n\n\n", 2, "\n\n");
        check("", 2, "");
    }

    #[test]
    fn a_tail_ends_at_a_gap_rather_than_telling_lines_that_are_none() {
        let (_dir, log) = log(&[(0, b"one\ntwo\n"), (100, b"half\nthree\n")]);
        assert_eq!(start_of_tail(&log, 1, &mut [0; 4]).unwrap(), 105);
        assert_eq!(start_of_tail(&log, 5, &mut [0; 4]).unwrap(), 103);
        assert_eq!(start_of_tail(&log, 5, &mut [0; 64]).unwrap(), 111);
    }
}
