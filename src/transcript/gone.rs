//! Rows that left the screen become transcript lines here: joined over wraps, written as text with SGR.
//! Never reads anything back; `line.rs` and `read.rs` do.
//!
//! The form of a resolved line: text, tabs and SGR only, from the default style on, then `0x1e`, the log offset in
//! hexadecimal and LF. A line that begins with `0x1d` is a full-screen program's stay: title, then its rows, each after
//! `0x1f`. Text holds no control characters, so no program can write these marks.

use super::limits::LINE_BYTES_MAX;
use super::{
    Style,
    grid::{Cell, Fill, Row},
};
use std::io::Write;

/// Begins a fold.
pub(super) const FOLD: u8 = 0x1d;
/// Stands before the log offset at the end of each line.
pub(super) const OFFSET: u8 = 0x1e;
/// Stands before each row of a fold.
pub(super) const FOLD_ROW: u8 = 0x1f;

/// Collects rows into encoded lines.
#[derive(Clone, Default, Debug)]
pub(super) struct Gone {
    bytes: Vec<u8>,
    /// Whole lines in `bytes`.
    lines: u64,
    /// Where the line that is not yet whole begins.
    line_start: usize,
    style: Style,
    /// Blank cells seen since the last written one: nothing, unless something follows.
    blanks: usize,
    /// Notes that arrived within a line.
    notes: Vec<u8>,
}

impl Gone {
    /// The beginning of a line whose rest is still on the screen, as its own collection.
    pub(super) fn rest(&self) -> Self {
        let bytes = self.bytes.get(self.line_start..).unwrap_or_default().to_vec();
        Self {
            bytes,
            lines: 0,
            line_start: 0,
            style: self.style,
            blanks: self.blanks,
            notes: self.notes.clone(),
        }
    }

    /// Whether a line has begun and is not whole.
    pub(super) fn within_line(&self) -> bool {
        self.bytes.len() > self.line_start || self.blanks > 0 || !self.notes.is_empty()
    }

    /// Adds a row; the line ends with it unless it is wrapped or has grown too long.
    pub(super) fn row(&mut self, row: &Row) {
        self.note(&row.notes);
        self.cells(row);
        let length = self.bytes.len() - self.line_start;
        if !row.wrapped || length > LINE_BYTES_MAX {
            self.end_line(row.offset);
        }
    }

    /// Adds encoded entries before the next line.
    pub(super) fn note(&mut self, notes: &[u8]) {
        if self.within_line() {
            self.notes.extend_from_slice(notes);
        } else {
            self.bytes.extend_from_slice(notes);
            self.lines += memchr::memchr_iter(b'\n', notes).count() as u64;
            self.line_start = self.bytes.len();
        }
    }

    /// Ends the line that has begun; an empty one if none has.
    pub(super) fn end_line(&mut self, offset: u64) {
        self.set_style(Style::default());
        self.blanks = 0;
        write_offset(&mut self.bytes, offset);
        self.lines += 1;
        self.line_start = self.bytes.len();
        let notes = std::mem::take(&mut self.notes);
        self.note(&notes);
    }

    /// Whole lines and their number; the beginning of another stays.
    pub(super) fn take(&mut self) -> (Vec<u8>, u64) {
        let rest = self.bytes.split_off(self.line_start);
        self.line_start = 0;
        (std::mem::replace(&mut self.bytes, rest), std::mem::take(&mut self.lines))
    }

    /// Bytes that wait to be taken.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn cells(&mut self, row: &Row) {
        let mut cells = row.cells().enumerate().peekable();
        while let Some((col, (cell, joined))) = cells.next() {
            match cell.fill {
                Fill::Blank | Fill::TabRest => self.blanks += 1,
                Fill::Right => {}
                Fill::Tab => {
                    let mut end = col + 1;
                    while cells.next_if(|(_, (next, _))| next.fill == Fill::TabRest).is_some() {
                        end += 1;
                    }
                    // whole when it reaches its stop, or the end of what was written
                    if end % 8 == 0 || cells.peek().is_none() || end == row.len().saturating_sub(1) {
                        self.character(Cell { ch: '\t', ..cell });
                    } else {
                        self.blanks += end - col;
                    }
                }
                Fill::Narrow | Fill::Wide => {
                    self.character(cell);
                    self.bytes.extend_from_slice(joined.as_bytes());
                }
            }
        }
    }

    fn character(&mut self, cell: Cell) {
        if self.blanks > 0 {
            self.set_style(Style::default());
            self.bytes.resize(self.bytes.len() + self.blanks, b' ');
            self.blanks = 0;
        }
        self.set_style(cell.style);
        self.bytes.extend_from_slice(cell.ch.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn set_style(&mut self, style: Style) {
        if self.style != style {
            style.write(&mut self.bytes);
            self.style = style;
        }
    }
}

/// Ends an encoded line.
pub(super) fn write_offset(out: &mut Vec<u8>, offset: u64) {
    // writing to a vector cannot fail
    let _ = writeln!(out, "{}{offset:x}", char::from(OFFSET));
}

/// A full-screen program's stay as an encoded line: its title and the rows of its last screen.
pub(super) fn fold<'a>(title: &str, rows: impl Iterator<Item = &'a Row>, offset: u64) -> Vec<u8> {
    let mut line = vec![FOLD];
    line.extend_from_slice(title.as_bytes());
    for row in rows {
        let mut text = Gone::default();
        text.cells(row);
        text.set_style(Style::default());
        line.push(FOLD_ROW);
        line.extend_from_slice(&text.bytes);
    }
    write_offset(&mut line, offset);
    line
}
