//! The part of a stream that is text, line ends and colours: scanned, counted and left in the log. Never emulates.
//!
//! Only the lines that may still be on the screen are held (`tail`), since the next cursor move may reach them.
//! What may follow in plain text: printable characters and tabs at the end of a line, CR LF, SGR, EL to the right
//! (nothing is there), titles and other strings, queries and modes that change no cell.

use super::limits::{BLOCK_BYTES, OPEN_BYTES_MAX as OPEN_MAX};
use super::{
    Style,
    line::Form,
    read::{Data, Open},
    token::{Csi, Lexer, Token, incomplete, text_end},
};
use memchr::{memchr, memchr_iter, memrchr_iter};
use std::collections::VecDeque;

/// Distance of the log offsets at which housekeeping is done: the same ones however the stream is chunked.
pub(super) const STEP: u64 = BLOCK_BYTES / 2;

/// Bytes looked at at once: a sequence among them makes all of them slow.
const FAST_BYTES: usize = 4096;

/// Where the cursor is in its line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Column {
    /// At the start of an empty line.
    #[default]
    Start,
    /// Behind all that was written.
    End,
    /// Back at the start of a written line.
    Returned,
}

/// Why a scan stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// All bytes are scanned.
    End,
    /// Housekeeping is due.
    Step,
    /// An escape sequence is incomplete.
    Incomplete,
    /// What follows is more than plain text.
    Beyond,
}

/// A stretch of the log that is whole lines, but for `closed`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) lines: u64,
    /// In force at its start.
    pub(super) style: Style,
    /// Its last line has no line end.
    pub(super) closed: bool,
}

/// The beginning of a line too long to be held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) offset: u64,
    pub(super) style: Style,
}

/// The plain lines that may still be on the screen.
#[derive(Default, Debug)]
pub(super) struct Plain {
    tail: Vec<u8>,
    offset: u64,
    style: Style,
    line_feeds: u64,
    column: Column,
    /// The line at the start of `tail` began here; what is between is only in the log.
    head: Option<Head>,
    /// Offsets where housekeeping was done, within `tail`: where a line too long may be broken.
    marks: VecDeque<u64>,
}

impl Plain {
    /// Begins at a fresh line.
    pub(super) fn new(offset: u64, style: Style) -> Self {
        Self { offset, style, ..Self::default() }
    }

    /// The lines held, the log offset and style they begin with.
    pub(super) fn tail(&self) -> (&[u8], u64, Style) {
        (&self.tail, self.offset, self.style)
    }

    /// Line ends held.
    pub(super) const fn line_feeds(&self) -> u64 {
        self.line_feeds
    }

    /// Lines held, the one that has begun included.
    pub(super) fn lines(&self) -> u64 {
        self.line_feeds + u64::from(self.column != Column::Start)
    }

    /// Scans and holds bytes as long as they are plain; the number taken and why it stopped.
    pub(super) fn scan(&mut self, bytes: &[u8], lexer: Lexer) -> (usize, Stop) {
        let start = self.offset + self.tail.len() as u64;
        let limit = usize::try_from((start / STEP + 1) * STEP - start).unwrap_or(usize::MAX);
        let (mut at, mut slow_until) = (0, 0);
        let stop = loop {
            if at >= limit {
                break Stop::Step;
            }
            let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { break Stop::End };
            let window = rest.get(..limit - at).unwrap_or(rest);
            if at >= slow_until {
                if let Some(length) = self.fast(window) {
                    at += length;
                    continue;
                }
                slow_until = at + FAST_BYTES;
            }
            match self.slow(window, rest, lexer) {
                Ok(length) => at += length,
                Err(stop) => break stop,
            }
        };
        let taken = bytes.get(..at).unwrap_or_default();
        self.line_feeds += memchr_iter(b'\n', taken).count() as u64;
        self.tail.extend_from_slice(taken);
        (at, stop)
    }

    /// Takes a window of nothing but text, tabs and CR LF; vectorized.
    fn fast(&mut self, window: &[u8]) -> Option<usize> {
        let window = window.get(..FAST_BYTES).unwrap_or(window);
        let window = window.strip_suffix(b"\r").unwrap_or(window);
        if self.column == Column::Returned
            || window.len() < 16
            || window.starts_with(b"\n")
            || window.ends_with(b"\r")
        {
            return None;
        }
        let next = window.get(1..)?;
        let mut bad = odd(*next.last()?);
        for (byte, next) in window.iter().zip(next) {
            bad |= odd(*byte) | ((*byte == b'\r') != (*next == b'\n'));
        }
        if bad {
            return None;
        }
        self.column = if window.ends_with(b"\n") { Column::Start } else { Column::End };
        Some(window.len())
    }

    /// Takes one token of `rest`; text only within `window`.
    fn slow(&mut self, window: &[u8], rest: &[u8], mut lexer: Lexer) -> Result<usize, Stop> {
        let text = text_end(window);
        if text > 0 {
            return self.written().map(|()| text);
        }
        let (token, length) = lexer.next(rest).ok_or(Stop::Incomplete)?;
        let plain = match token {
            Token::Control(control) => return self.control(control).map(|()| length),
            Token::Csi(csi) if erases_to_the_right(&csi) => self.column != Column::Returned,
            Token::Csi(csi) => inert(&csi),
            Token::Escape(intermediate, last) => inert_escape(intermediate, last),
            Token::Osc(contents) | Token::Ignored(contents) => memchr(b'\n', contents).is_none(),
            Token::Text(_) => true,
            Token::Skipped => false,
        };
        if plain { Ok(length) } else { Err(Stop::Beyond) }
    }

    fn written(&mut self) -> Result<(), Stop> {
        if self.column == Column::Returned {
            return Err(Stop::Beyond);
        }
        self.column = Column::End;
        Ok(())
    }

    fn control(&mut self, control: u8) -> Result<(), Stop> {
        match (control, self.column) {
            (b'\t', _) => return self.written(),
            (b'\n', Column::End) | (8 | 0xb | 0xc | 0xe | 0xf, _) => return Err(Stop::Beyond),
            (b'\n', _) => self.column = Column::Start,
            (b'\r', Column::End) => self.column = Column::Returned,
            _ => {}
        }
        Ok(())
    }

    /// Hands over the lines that have left a screen of so many rows.
    pub(super) fn take_settled(&mut self, rows: u16, pieces: &mut Vec<Piece>) {
        let rows = usize::from(rows);
        if self.line_feeds < rows as u64 {
            return;
        }
        // the line the cursor is in takes one row
        let cut = memrchr_iter(b'\n', &self.tail).nth(rows - 1).map_or(0, |at| at + 1);
        self.take_lines(cut, pieces);
    }

    /// Notes an offset where a line may be broken, and lets go of what is too much to hold.
    pub(super) fn mark(&mut self, pieces: &mut Vec<Piece>) {
        let end = self.offset + self.tail.len() as u64;
        // between characters
        self.marks.push_back(end - incomplete(&self.tail) as u64);
        if self.tail.len() > 2 * OPEN_MAX {
            let mark = self.marks.iter().rfind(|mark| **mark + OPEN_MAX as u64 <= end);
            if let Some(mark) = mark.copied() {
                self.let_go(mark, pieces);
            }
        }
        if self.tail.capacity() > 4 * self.tail.len().max(8192) {
            self.tail.shrink_to(2 * self.tail.len());
        }
    }

    /// Before the lines held are emulated: a line too long is broken at the first mark that leaves little enough.
    pub(super) fn break_long(&mut self, pieces: &mut Vec<Piece>) {
        let end = self.offset + self.tail.len() as u64;
        if self.head.is_none() && self.tail.len() <= OPEN_MAX {
            return;
        }
        let mark = self.marks.iter().find(|mark| **mark + OPEN_MAX as u64 >= end);
        if let Some(mark) = mark.copied() {
            self.let_go(mark, pieces);
        }
        if let Some(head) = self.head.take() {
            let bytes = self.offset - head.offset;
            pieces.push(Piece { offset: head.offset, bytes, lines: 1, style: head.style, closed: true });
        }
    }

    /// Everything held, as pieces; the last line may lack its end.
    pub(super) fn take_all(&mut self, pieces: &mut Vec<Piece>) {
        let cut = memrchr_iter(b'\n', &self.tail).next().map_or(0, |at| at + 1);
        self.take_lines(cut, pieces);
        let start = self.head.take().unwrap_or(Head { offset: self.offset, style: self.style });
        let end = self.offset + self.tail.len() as u64;
        if self.column != Column::Start && end > start.offset {
            let bytes = end - start.offset;
            pieces.push(Piece { offset: start.offset, bytes, lines: 1, style: start.style, closed: true });
        }
        *self = Self::new(end, self.style);
    }

    /// The lines held as blocks: a long first one from the log, the rest from memory.
    pub(super) fn open(&self, open: &mut Vec<Open>) {
        let mut rest = (self.tail.as_slice(), self.offset, self.style);
        if let Some(Head { offset, style }) = self.head {
            let end = memchr(b'\n', &self.tail).map_or(self.tail.len(), |at| at + 1);
            let (line, after) = self.tail.split_at_checked(end).unwrap_or((&self.tail, &[]));
            let data = Data::Log(self.offset + end as u64 - offset);
            open.push(Open { data, lines: 1, style, form: Form::Printed, offset });
            rest = (after, self.offset + end as u64, style_after(line, self.style));
        }
        let (bytes, offset, style) = rest;
        let lines = self.lines() - u64::from(self.head.is_some());
        open.push(Open { data: Data::Held(bytes.to_vec()), lines, style, form: Form::Printed, offset });
    }

    /// Drops what is held before `mark`; the line it falls into keeps a head.
    fn let_go(&mut self, mark: u64, pieces: &mut Vec<Piece>) {
        let upto = usize::try_from(mark.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let before = self.tail.get(..upto).unwrap_or(&self.tail);
        let cut = memrchr_iter(b'\n', before).next().map_or(0, |at| at + 1);
        self.take_lines(cut, pieces);
        if upto > cut {
            self.head.get_or_insert(Head { offset: self.offset, style: self.style });
            self.drop_front(upto - cut);
        }
    }

    fn take_lines(&mut self, cut: usize, pieces: &mut Vec<Piece>) {
        let Some(lines) = self.tail.get(..cut).filter(|lines| !lines.is_empty()) else { return };
        let mut start = Head { offset: self.offset, style: self.style };
        let mut rest = lines;
        if let Some(head) = self.head.take() {
            // a line of any length stands alone, so that nobody reads through it to find another
            let first = memchr(b'\n', lines).map_or(0, |at| at + 1);
            let bytes = self.offset + first as u64 - head.offset;
            pieces.push(Piece { offset: head.offset, bytes, lines: 1, style: head.style, closed: true });
            let (line, after) = lines.split_at_checked(first).unwrap_or((lines, &[]));
            start = Head { offset: self.offset + first as u64, style: style_after(line, self.style) };
            rest = after;
        }
        if !rest.is_empty() {
            let count = memchr_iter(b'\n', rest).count() as u64;
            let (offset, style) = (start.offset, start.style);
            pieces.push(Piece { offset, bytes: rest.len() as u64, lines: count, style, closed: false });
        }
        self.line_feeds -= memchr_iter(b'\n', lines).count() as u64;
        self.drop_front(cut);
    }

    fn drop_front(&mut self, count: usize) {
        let count = count.min(self.tail.len());
        let dropped = self.tail.get(..count).unwrap_or_default();
        self.style = style_after(dropped, self.style);
        self.tail.drain(..count);
        self.offset += count as u64;
        let offset = self.offset;
        self.marks.retain(|mark| *mark >= offset);
    }
}

/// The style in force behind plain bytes: from the last full reset on, or from the start.
pub(super) fn style_after(bytes: &[u8], style: Style) -> Style {
    let sgr = |at: usize| match Lexer::default().next(bytes.get(at..)?) {
        Some((Token::Csi(Csi { marker: 0, intermediate: 0, last: b'm', parameters }), _)) => Some(parameters),
        _ => None,
    };
    let reset = memrchr_iter(0x1b, bytes).find(|at| matches!(sgr(*at), Some(b"" | b"0")));
    let (start, mut style) = reset.map_or((0, style), |at| (at, Style::default()));
    let rest = bytes.get(start..).unwrap_or_default();
    for parameters in memchr_iter(0x1b, rest).filter_map(|at| sgr(start + at)) {
        style.apply(parameters);
    }
    style
}

/// Whether a byte makes text more than characters, tabs and line ends.
pub(super) const fn odd(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\n') & (byte != b'\r') & (byte != b'\t') | (byte == 0x7f)
}

fn erases_to_the_right(csi: &Csi<'_>) -> bool {
    (csi.marker, csi.intermediate, csi.last) == (0, 0, b'K') && matches!(csi.parameters, b"" | b"0")
}

/// Whether a control sequence leaves cells, cursor and everything about writing text as they are.
fn inert(csi: &Csi<'_>) -> bool {
    match (csi.marker, csi.intermediate, csi.last) {
        (0, 0, b'm' | b'c' | b'n' | b't' | b'q' | b'p' | b'x' | b'g' | b'i') => true,
        (0, b'!', b'p') | (0, 0, _) => false,
        (b'?', 0, b'h' | b'l') => csi.parameters.split(|byte| *byte == b';').all(|mode| {
            !matches!(mode, b"3" | b"6" | b"7" | b"47" | b"1047" | b"1048" | b"1049")
                && !mode.starts_with(b"0")
        }),
        (b'?', 0, b'J' | b'K') => false,
        _ => true,
    }
}

fn inert_escape(intermediate: u8, last: u8) -> bool {
    match intermediate {
        0 => matches!(last, b'=' | b'>' | b'\\' | b'F' | b'l' | b'm' | b'k'),
        b'(' | b')' => last == b'B',
        b'#' => last != b'8',
        _ => true,
    }
}
