//! A log as lines of text, through the transcript. Lines are printed once: where they may still change, when following,
//! they are printed as soon as their line feed is.

use super::{super::print, Printer};
use crate::{store, transcript::Dress};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    str::FromStr,
};

/// A log being read into lines.
pub(super) struct Lines {
    log: store::Lines,
    dress: Dress,
    /// Lines before this one were printed, or are not wanted.
    next: u64,
    /// This line and those after it are not wanted.
    end: u64,
    /// Only the last so many are wanted of what is there at first.
    tail: Option<u64>,
    /// Only what was printed from this offset on is wanted.
    since: Option<u64>,
}

/// Which lines are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// All, or the last so many.
    Last(Option<u64>),
    /// From one to another.
    Stretch(Stretch),
    /// Those printed from an offset of the log on.
    Since(u64),
}

/// Lines by their place, counted from 0, without the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    first: u64,
    end: u64,
}

impl FromStr for Stretch {
    type Err = String;

    /// `A..B`, `A..`, `..B` or `A`: counted from 1, with the last, as editors count.
    fn from_str(text: &str) -> Result<Self, String> {
        let line = |text: &str| match text.parse::<u64>() {
            Ok(line) if line > 0 => Ok(line),
            _ => Err(format!("{text:?} is no line; lines are counted from 1, as in 10..20")),
        };
        let (first, end) = match text.split_once("..") {
            Some((first, last)) => (
                if first.is_empty() { 1 } else { line(first)? },
                if last.is_empty() { u64::MAX } else { line(last)? },
            ),
            None => (line(text)?, line(text)?),
        };
        if first > end {
            return Err(format!("line {first} comes after line {end}"));
        }
        Ok(Self { first: first - 1, end })
    }
}

impl Lines {
    /// Of the task in a directory; nothing is read yet.
    pub(super) fn new(dir: &Path, dress: Dress, part: Part) -> io::Result<Self> {
        let (next, end) = match part {
            Part::Last(_) | Part::Since(_) => (0, u64::MAX),
            Part::Stretch(Stretch { first, end }) => (first, end),
        };
        let tail = if let Part::Last(tail) = part { tail } else { None };
        let since = if let Part::Since(offset) = part { Some(offset) } else { None };
        Ok(Self { log: store::Lines::of(dir)?, dress, next, end, tail, since })
    }
}

impl Lines {
    fn print(&mut self, out: &mut File, upto: u64) -> anyhow::Result<()> {
        let upto = upto.min(self.end);
        if self.next < upto {
            let lines = self.log.transcript();
            print::written(lines.export(self.next..upto, self.dress, self.log.log(), out))?;
            self.next = upto;
        }
        Ok(())
    }

    /// Whether the last line was ended by a line feed, as far as both the log and the transcript know.
    fn is_whole(&self, count: u64) -> io::Result<bool> {
        let (log, lines) = (self.log.log(), self.log.transcript());
        let mut end = [0; LINE_END_BYTES];
        let read = log.read_at(lines.consumed().saturating_sub(LINE_END_BYTES as u64), &mut end)?;
        let printed = end.get(..read).unwrap_or_default();
        let line = memchr::memrchr(b'\n', printed).and_then(|at| printed.get(at + 1..));
        if !line.is_some_and(shows_nothing) {
            return Ok(false);
        }
        let mut printed = LastByte(None);
        lines.export(count.saturating_sub(1)..count, Dress::Plain, log, &mut printed)?;
        Ok(printed.0 == Some(b'\n'))
    }
}

/// Bytes of a log read before what is settled of them is printed: `head` need not wait for a whole log.
const STEP_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes at the end of a log among which a line feed is looked for: more than any change of colours after it.
const LINE_END_BYTES: usize = 1024;

/// Whether these bytes are but changes of colour.
fn shows_nothing(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(parameters) = rest.strip_prefix(b"\x1b[") {
        let digits = parameters.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')).count();
        match parameters.get(digits..).and_then(|end| end.strip_prefix(b"m")) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Keeps nothing of what is written to it but the last byte.
struct LastByte(Option<u8>);

impl Write for LastByte {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = bytes.last().copied().or(self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printer for Lines {
    fn advance(&mut self, out: &mut File, last: bool) -> anyhow::Result<()> {
        while !self.log.advance(STEP_BYTES)? {
            if self.tail.is_none() && self.since.is_none() {
                self.print(out, self.log.transcript().settled_count())?;
            }
            if self.next >= self.end {
                return Ok(());
            }
        }
        if last {
            self.log.finish();
        }
        let count = self.log.transcript().line_count();
        if let Some(tail) = self.tail.take() {
            self.next = count.saturating_sub(tail);
        }
        if let Some(offset) = self.since.take() {
            let lines = self.log.transcript();
            self.next =
                if offset < lines.consumed() { lines.line_at(offset, self.log.log())? } else { count };
        }
        let upto = if last || self.is_whole(count)? { count } else { count.saturating_sub(1) };
        self.print(out, upto)
    }

    fn reached(&self) -> u64 {
        self.log.transcript().consumed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{OUT, file_name};
    use std::io::Read;

    /// What is printed after each part of a log, and at its end.
    fn follow(parts: &[&str]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let spec = serde_json::json!({
            "id": 1, "argv": ["sh"], "command": "sh", "cwd": "/", "size": { "rows": 6, "cols": 20 },
            "foreground": false, "asked_by": "you", "created_at": 0,
        });
        std::fs::write(dir.path().join("spec.json"), spec.to_string()).unwrap();
        let mut log = File::create(dir.path().join(file_name(OUT, 0))).unwrap();
        let mut lines = Lines::new(dir.path(), Dress::Plain, Part::Last(None)).unwrap();
        let mut out = tempfile::tempfile().unwrap();
        let mut seen = 0;
        let mut told = vec![];
        for (nth, part) in parts.iter().enumerate() {
            log.write_all(part.as_bytes()).unwrap();
            lines.advance(&mut out, nth + 1 == parts.len()).unwrap();
            let mut text = String::new();
            std::io::Seek::seek(&mut out, std::io::SeekFrom::Start(seen)).unwrap();
            seen += out.read_to_string(&mut text).unwrap() as u64;
            told.push(text);
        }
        told
    }

    #[test]
    fn a_stretch_is_counted_as_editors_count() {
        let parse = |text: &str| text.parse::<Stretch>().map(|stretch| (stretch.first, stretch.end));
        assert_eq!(parse("2..3"), Ok((1, 3)));
        assert_eq!(parse("2.."), Ok((1, u64::MAX)));
        assert_eq!(parse("..3"), Ok((0, 3)));
        assert_eq!(parse(".."), Ok((0, u64::MAX)));
        assert_eq!(parse("7"), Ok((6, 7)));
        assert_eq!(parse("3..2"), Err("line 3 comes after line 2".into()));
        for wrong in ["0..2", "", "x", "1..y", "-1..2", "1...2"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_is_printed_once_when_it_has_ended() {
        let check = |parts: &[&str], expected: &[&str]| assert_eq!(follow(parts), expected, "{parts:?}");
        check(&["one\r\n", "two\r\nthr", "ee", "\r\n", ""], &["one\n", "two\n", "", "three\n", ""]);
        check(&["a\r\n", "unfinished"], &["a\n", "unfinished"]);
        check(&["\r\n\r\n", "x\r\n", ""], &["\n\n", "x\n", ""]);
        check(&["\x1b[31mred\r\n\x1b[m", "next\r\n", ""], &["red\n", "next\n", ""]);
        check(&["10%", "\r20%", "\r30%", " done\r\n", "x\r\n", ""], &["", "", "", "30% done\n", "x\n", ""]);
        check(&["a\r\n10%", "\r20%\r\n", "\x1b[mb\r\n", ""], &["a\n", "20%\n", "b\n", ""]);
        check(&["$ \x1b[6n", "\r\n", "ls\r\n\x1b[m", "", "b\r\n", ""], &["", "$ \n", "ls\n", "", "b\n", ""]);
    }

    #[test]
    fn a_picture_drawn_anew_is_printed_as_it_was_first_and_its_later_rows_as_they_come() {
        let parts = ["a: 1%\r\nb: 1%\r\n", "\x1b[2Aa: 9%\r\nb: 9%\r\n", "done\r\n", ""];
        assert_eq!(follow(&parts), ["a: 1%\nb: 1%\n", "", "done\n", ""]);
    }
}
