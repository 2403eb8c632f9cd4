//! Searching a transcript: which lines match, forwards and backwards, so many bytes at a time. Never reads a line
//! twice, never copies plain text.
//!
//! A regex is run over whole blocks, since a call for each line would cost ten times the search itself. A match over
//! a line's end is no match: the line is then asked alone.

use super::{
    Source, Style, Transcript,
    line::{self, Form, Kind},
    plain::odd,
    read::{Reader, View},
    token::{Lexer, Token},
};
use memchr::{memchr, memchr_iter, memchr2, memrchr};
use regex::bytes::{Regex, RegexBuilder};
use std::{borrow::Cow, io, ops::Range};

/// What is searched for: a regular expression, tried on each line alone.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// A regular expression with smart case: case matters only if a capital is written.
    ///
    /// # Errors
    /// It is not a regular expression, or too large a one.
    pub fn new(text: &str) -> Result<Self, regex::Error> {
        let (text, capital) = by_line(text);
        let regex =
            RegexBuilder::new(&text).case_insensitive(!capital).multi_line(true).crlf(true).build()?;
        Ok(Self { regex })
    }

    /// The very characters, with smart case.
    ///
    /// # Errors
    /// The text is too long.
    pub fn literal(text: &str) -> Result<Self, regex::Error> {
        Self::new(&regex::escape(text))
    }

    /// Where the pattern matches in the text of one line, for highlighting; empty matches are left out.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        let found = self.regex.find_iter(line.as_bytes()).map(|found| found.range());
        // within a character: only a pattern of raw bytes does that
        found.filter(|range| !range.is_empty() && line.get(range.clone()).is_some()).collect()
    }

    /// Whether it matches within one line.
    pub fn matches(&self, line: &str) -> bool {
        self.regex.is_match(line.as_bytes())
    }
}

/// The pattern with the ends of the text meaning the ends of a line, and whether it has a capital.
fn by_line(text: &str) -> (String, bool) {
    let (mut changed, mut capital) = (String::with_capacity(text.len()), false);
    let mut chars = text.chars();
    while let Some(ch) = chars.next() {
        if ch != '\\' {
            capital |= ch.is_uppercase();
            changed.push(ch);
            continue;
        }
        match chars.next() {
            Some('A') => changed.push('^'),
            Some('z') => changed.push('$'),
            Some(escaped) => changed.extend([ch, escaped]),
            None => changed.push(ch),
        }
    }
    (changed, capital)
}

/// Which way to search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Towards the end.
    Forward,
    /// Towards the beginning.
    Backward,
}

/// What one call of [`Transcript::find`] came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// This line matches.
    Line(u64),
    /// The budget is spent; go on from this line.
    More(u64),
    /// No line does.
    Nothing,
}

/// Lines that match, as [`Transcript::matches`] finds them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Matches {
    /// Their numbers, rising.
    pub lines: Vec<u64>,
    /// The line to go on from; `None` when all are searched.
    pub next: Option<u64>,
}

impl Transcript {
    /// The nearest line that matches, `from` itself included. Reads about `bytes_max` bytes at most, at least a block.
    ///
    /// # Errors
    /// The log or the side store cannot be read.
    pub fn find(
        &self,
        pattern: &Pattern,
        from: u64,
        direction: Direction,
        bytes_max: u64,
        source: &dyn Source,
    ) -> io::Result<Found> {
        match direction {
            Direction::Forward => {
                let limits = Limits { lines: 1, bytes: bytes_max };
                let Matches { lines, next } = self.matches_within(pattern, from, limits, source)?;
                Ok(match (lines.first(), next) {
                    (Some(line), _) => Found::Line(*line),
                    (None, Some(next)) => Found::More(next),
                    (None, None) => Found::Nothing,
                })
            }
            Direction::Backward => self.find_backward(pattern, from, bytes_max, source),
        }
    }

    /// All lines from `from` on that match, as far as about `bytes_max` bytes go: for counts and filters.
    ///
    /// # Errors
    /// The log or the side store cannot be read.
    pub fn matches(
        &self,
        pattern: &Pattern,
        from: u64,
        bytes_max: u64,
        source: &dyn Source,
    ) -> io::Result<Matches> {
        self.matches_within(pattern, from, Limits { lines: usize::MAX, bytes: bytes_max }, source)
    }

    fn matches_within(
        &self,
        pattern: &Pattern,
        from: u64,
        limits: Limits,
        source: &dyn Source,
    ) -> io::Result<Matches> {
        let reader = Reader::new(self, source);
        let (mut lines, mut left) = (Vec::new(), limits.bytes);
        for index in reader.block_of_line(from)..reader.blocks() {
            let (first, count, bytes) = reader.extent(index);
            if left == 0 {
                return Ok(Matches { lines, next: Some(first) });
            }
            left = left.saturating_sub(bytes);
            let view = reader.view(index)?;
            search(&view, pattern, from.saturating_sub(first)..count, |nth| {
                lines.push(first + nth);
                lines.len() < limits.lines
            });
            if lines.len() >= limits.lines {
                let next = lines.last().map(|line| line + 1);
                return Ok(Matches { lines, next });
            }
        }
        Ok(Matches { lines, next: None })
    }

    fn find_backward(
        &self,
        pattern: &Pattern,
        from: u64,
        bytes_max: u64,
        source: &dyn Source,
    ) -> io::Result<Found> {
        let reader = Reader::new(self, source);
        let mut left = bytes_max;
        let start = reader.block_of_line(from).min(reader.blocks().saturating_sub(1));
        for index in (0..=start).rev() {
            let (first, count, bytes) = reader.extent(index);
            if left == 0 {
                return Ok(Found::More((first + count).saturating_sub(1)));
            }
            left = left.saturating_sub(bytes);
            let upto = count.min((from + 1).saturating_sub(first));
            let mut last = None;
            search(&reader.view(index)?, pattern, 0..upto, |nth| {
                last = Some(nth);
                true
            });
            if let Some(nth) = last {
                return Ok(Found::Line(first + nth));
            }
        }
        Ok(Found::Nothing)
    }
}

/// Where to stop.
#[derive(Clone, Copy)]
struct Limits {
    lines: usize,
    bytes: u64,
}

/// Calls `each` with every matching line of a range, counted within the block, until it says no.
fn search(view: &View, pattern: &Pattern, range: Range<u64>, mut each: impl FnMut(u64) -> bool) {
    let text = text_of(view);
    let (mut at, mut nth) = (start_of(&text, range.start), range.start);
    while let Some(found) = pattern.regex.find_at(&text, at.min(text.len())) {
        let passed = text.get(at..found.start()).unwrap_or_default();
        nth += memchr_iter(b'\n', passed).count() as u64;
        let start = memrchr(b'\n', passed).map_or(at, |before| at + before + 1);
        let rest = text.get(start..).unwrap_or_default();
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        // an empty match behind the last line end belongs to no line
        if nth >= range.end || (start == text.len() && start > 0) {
            return;
        }
        let within = memchr2(b'\n', b'\r', found.as_bytes()).is_none();
        let line = rest.get(..length).unwrap_or_default();
        let hit = within || pattern.regex.is_match(line.strip_suffix(b"\r").unwrap_or(line));
        if hit && !each(nth) {
            return;
        }
        (at, nth) = (start + length + 1, nth + 1);
        if at > text.len() {
            return;
        }
    }
}

fn start_of(text: &[u8], nth: u64) -> usize {
    let Some(before) = nth.checked_sub(1).and_then(|before| usize::try_from(before).ok()) else { return 0 };
    memchr_iter(b'\n', text).nth(before).map_or(text.len(), |at| at + 1)
}

/// The characters of a block, a line end after each line; plain ones as they stand in the log.
fn text_of(view: &View) -> Cow<'_, [u8]> {
    if view.form == Form::Printed && !view.bytes.iter().fold(false, |found, byte| found | odd(*byte)) {
        return Cow::Borrowed(&view.bytes);
    }
    let mut text = Vec::with_capacity(view.bytes.len());
    for line in view.lines() {
        match view.form {
            Form::Printed => push_text(line, &mut text),
            Form::Encoded => push_encoded(line, &mut text),
        }
        text.push(b'\n');
    }
    Cow::Owned(text)
}

fn push_text(line: &[u8], text: &mut Vec<u8>) {
    let (mut lexer, mut at) = (Lexer::default(), 0);
    while let Some((token, length)) = line.get(at..).and_then(|rest| lexer.next(rest)) {
        match token {
            Token::Text(characters) => text.extend_from_slice(characters),
            Token::Control(b'\t') => text.push(b'\t'),
            _ => {}
        }
        at += length;
    }
}

fn push_encoded(line: &[u8], text: &mut Vec<u8>) {
    if line.first().is_some_and(|byte| line::is_entry(*byte)) {
        let entry = line::read(line, Form::Encoded, &mut Style::default());
        text.extend_from_slice(entry.text().as_bytes());
        if let Kind::Folded { screen, .. } = entry.kind {
            for row in screen {
                text.push(b' ');
                row.iter().for_each(|span| text.extend_from_slice(span.text.as_bytes()));
            }
        }
        return;
    }
    push_text(line::without_offset(line).0, text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Size;
    use proptest::prelude::*;

    fn transcript(bytes: &[u8]) -> Transcript {
        let mut transcript = Transcript::new(Size::new(3, 20));
        transcript.feed(0, bytes, 0);
        transcript
    }

    fn lines(pattern: &str, bytes: &[u8]) -> Vec<u64> {
        let pattern = Pattern::new(pattern).unwrap();
        transcript(bytes).matches(&pattern, 0, u64::MAX, &bytes).unwrap().lines
    }

    #[test]
    fn a_pattern_is_tried_on_each_line_alone() {
        let log =
            b"error: one\r\n\x1b[31mErr\x1b[1mor\x1b[m two\r\nfine\r\n\r\nbar 1%\rbar 2%\r\n  error\r\n";
        let check = |pattern, expected: &[u64]| assert_eq!(lines(pattern, log), expected, "{pattern}");
        check("error", &[0, 1, 5]);
        check("Error", &[1]);
        check("^error", &[0, 1]);
        check(r"\Aerror\W", &[0, 1]);
        check("(?-i)error$", &[5]);
        check("^$", &[3]);
        check(r"one\s", &[]);
        check(r"one[^x]*fine", &[]);
        check("2%", &[4]);
        check("1%", &[]);
        check("", &[0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_search_goes_both_ways_and_stops_when_its_budget_is_spent() {
        let mut log = Vec::new();
        (0..20_000)
            .for_each(|number| log.extend_from_slice(format!("line number {number:06}\r\n").as_bytes()));
        let (transcript, source) = (transcript(&log), log.as_slice());
        let pattern = Pattern::new("number 0..000").unwrap();
        let find =
            |from, direction, bytes| transcript.find(&pattern, from, direction, bytes, &source).unwrap();
        assert_eq!(find(1, Direction::Forward, u64::MAX), Found::Line(1000));
        assert_eq!(find(19_999, Direction::Backward, u64::MAX), Found::Line(19_000));
        assert_eq!(find(19_001, Direction::Forward, u64::MAX), Found::Nothing);
        let nothing = Pattern::literal("nothing.like (it").unwrap();
        for (direction, mut from) in [(Direction::Forward, 0), (Direction::Backward, 19_999)] {
            let mut calls = 0;
            while let Found::More(next) = transcript.find(&nothing, from, direction, 1, &source).unwrap() {
                assert_ne!(next, from);
                (from, calls) = (next, calls + 1);
            }
            assert!(calls > 3, "{calls} calls");
        }
    }

    #[test]
    fn a_full_screen_program_is_found_by_what_its_last_screen_said() {
        let log = b"a\r\n\x1b[?1049h\x1b]0;vim\x07secret\x1b[?1049l\r\nb\r\n";
        assert_eq!(lines("secret", log), [1]);
        assert_eq!(lines("screen: vim", log), [1]);
    }

    proptest! {
        #[test]
        fn blocks_give_what_single_lines_give(
            text in proptest::collection::vec("[ab\t]{0,4}(\x1b\\[1m)?[ab]{0,3}", 0..40),
            pattern in prop::sample::select(vec!["a+b", "^a", "b$", "^$", r"a\sb", r"\bab\b", "[^a]", "ab|ba", r"\s*"]),
        ) {
            let log = text.iter().map(|line| format!("{line}\r\n")).collect::<String>().into_bytes();
            let pattern = Pattern::new(pattern).unwrap();
            let expected: Vec<u64> = (0..)
                .zip(&text)
                .filter(|(_, line)| pattern.matches(&line.replace("\x1b[1m", "")))
                .map(|(nth, _)| nth)
                .collect();
            let transcript = transcript(&log);
            let found = transcript.matches(&pattern, 0, u64::MAX, &log.as_slice()).unwrap();
            prop_assert_eq!(&found.lines, &expected);
            let backward = transcript.find(&pattern, u64::MAX - 1, Direction::Backward, u64::MAX, &log.as_slice()).unwrap();
            prop_assert_eq!(backward, expected.last().map_or(Found::Nothing, |line| Found::Line(*line)));
        }
    }
}
