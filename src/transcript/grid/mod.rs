//! A small line grid: what a stretch of output that moves the cursor leaves on the screen. Never answers queries,
//! never keeps modes of input: `screen/` is the terminal, this is its shadow for history.
//!
//! Why not `screen/`: a transcript needs only text and SGR, rows that know which log offset wrote them, unwritten
//! cells apart from spaces, and rows handed out as they leave the top, at several times the speed.

mod edit;
mod row;
mod size;

pub(super) use row::{Cell, Fill, Row};

use super::{Style, gone::Gone};
use crate::task::Size;
use std::collections::VecDeque;
use unicode_width::UnicodeWidthChar;

/// Where the next character goes; `col == cols` is the pending wrap.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Cursor {
    pub(super) row: usize,
    pub(super) col: usize,
}

/// What DECSC keeps.
#[derive(Clone, Copy, Default, Debug)]
struct Saved {
    cursor: Cursor,
    style: Style,
    drawing: bool,
    origin: bool,
}

/// Modes that change where and what characters are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Modes {
    /// DECAWM.
    pub(super) wrap: bool,
    /// IRM.
    pub(super) insert: bool,
    /// LNM.
    pub(super) newline: bool,
    /// DECOM.
    pub(super) origin: bool,
    /// Whether G0 and G1 are the line-drawing set, and whether G1 is in use.
    pub(super) drawing: [bool; 2],
    pub(super) shifted: bool,
}

impl Modes {
    pub(super) const DEFAULT: Self = Self {
        wrap: true,
        insert: false,
        newline: false,
        origin: false,
        drawing: [false; 2],
        shifted: false,
    };
}

/// Rows, cursor, margins and modes of one screen.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    rows: VecDeque<Row>,
    height: usize,
    cols: usize,
    pub(super) cursor: Cursor,
    pub(super) style: Style,
    pub(super) modes: Modes,
    saved: Saved,
    /// First and last row of the scroll region.
    top: usize,
    bottom: usize,
    last: Option<char>,
    /// Log offset of what is being written.
    pub(super) offset: u64,
}

impl Grid {
    /// A blank screen with the cursor at its top.
    pub(super) fn new(size: Size) -> Self {
        let (height, cols) = (usize::from(size.rows), usize::from(size.cols));
        Self {
            rows: VecDeque::new(),
            height,
            cols,
            cursor: Cursor::default(),
            style: Style::default(),
            modes: Modes::DEFAULT,
            saved: Saved::default(),
            top: 0,
            bottom: height.saturating_sub(1),
            last: None,
            offset: 0,
        }
    }

    /// The rows from the top to the last one that was touched.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// Number of rows down to the last written one or the cursor's: what is history. A fresh row is not.
    pub(super) fn used(&self) -> usize {
        let filled = self.rows.iter().rposition(|row| !row.is_blank());
        filled.map_or(0, |row| row + 1).max(self.cursor.row + usize::from(self.cursor.col > 0))
    }

    /// Number of rows held; [`Self::used`] may be more, those are blank.
    pub(super) fn held(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is to be seen.
    pub(super) fn is_blank(&self) -> bool {
        self.rows.iter().all(Row::is_blank)
    }

    /// Whether plain text could follow as on a fresh line: nothing at, right of or below the cursor, no margins
    /// and no mode that makes text anything but text.
    pub(super) fn at_fresh_line(&self) -> bool {
        let below = self.rows.iter().skip(self.cursor.row).all(Row::is_blank);
        let above = self.cursor.row.checked_sub(1).and_then(|row| self.rows.get(row));
        below
            && self.cursor.col == 0
            && above.is_some_and(|row| !row.wrapped)
            && (self.top, self.bottom) == (0, self.height - 1)
            && self.modes == Modes::DEFAULT
    }

    /// Forgets all rows (they are history by now); the cursor is at the top of a blank screen.
    pub(super) fn forget_rows(&mut self) {
        self.rows = VecDeque::new();
        self.cursor = Cursor::default();
    }

    /// The row the cursor is in.
    pub(super) fn row_mut(&mut self) -> &mut Row {
        let at = self.cursor.row.min(self.height - 1);
        if self.rows.len() <= at {
            self.rows.resize_with(at + 1, Row::default);
        }
        self.rows.get_mut(at).expect("the rows were extended to hold this one")
    }

    /// Prints characters at the cursor; invalid UTF-8 becomes U+FFFD.
    pub(super) fn print(&mut self, text: &[u8], gone: &mut Option<&mut Gone>) {
        for chunk in text.utf8_chunks() {
            chunk.valid().chars().for_each(|ch| self.character(ch, gone));
            if !chunk.invalid().is_empty() {
                self.character(char::REPLACEMENT_CHARACTER, gone);
            }
        }
    }

    /// Prints the last character again (REP); a screen full at most.
    pub(super) fn repeat(&mut self, count: usize, gone: &mut Option<&mut Gone>) {
        if let Some(ch) = self.last {
            (0..count.min(self.cols)).for_each(|_| self.character(ch, gone));
        }
    }

    fn character(&mut self, ch: char, gone: &mut Option<&mut Gone>) {
        let drawing = if self.modes.shifted { self.modes.drawing[1] } else { self.modes.drawing[0] };
        let ch = if drawing { line_drawing(ch) } else { ch };
        let width = match ch {
            ' '..='~' => 1,
            _ => ch.width().unwrap_or(0).min(2),
        };
        if width == 0 {
            if !ch.is_control() {
                self.join(ch);
            }
            return;
        }
        self.last = Some(ch);
        if self.cursor.col + width > self.cols {
            self.wrap(width, gone);
        }
        let Cursor { col, .. } = self.cursor;
        let (cols, style, insert, offset) = (self.cols, self.style, self.modes.insert, self.offset);
        let fill = if width == 2 { Fill::Wide } else { Fill::Narrow };
        let row = self.row_mut();
        row.offset = offset;
        if insert {
            row.insert(col, width, cols);
        }
        if width == 2 {
            // first the right half: writing it blanks what it cuts, which must not be the new left half
            row.put(col + 1, Cell { ch: ' ', fill: Fill::Right, style });
        }
        row.put(col, Cell { ch, fill, style });
        self.cursor.col += width;
    }

    fn join(&mut self, ch: char) {
        if let Some(col) = self.cursor.col.checked_sub(1) {
            self.row_mut().join(col, ch);
        }
    }

    fn wrap(&mut self, width: usize, gone: &mut Option<&mut Gone>) {
        if self.modes.wrap {
            self.row_mut().wrapped = true;
            self.line_feed(gone);
            self.cursor.col = 0;
        } else {
            self.cursor.col = self.cols.saturating_sub(width);
        }
    }

    /// Down one row, scrolling at the bottom margin.
    pub(super) fn line_feed(&mut self, gone: &mut Option<&mut Gone>) {
        let offset = self.offset;
        let row = self.row_mut();
        row.offset = row.offset.max(offset);
        if self.cursor.row == self.bottom {
            self.scroll_up(1, true, gone);
        } else {
            self.cursor.row = (self.cursor.row + 1).min(self.height - 1);
        }
        if self.modes.newline {
            self.cursor.col = 0;
        }
        self.row_mut();
    }

    /// Up one row, scrolling at the top margin.
    pub(super) fn reverse_line_feed(&mut self) {
        if self.cursor.row == self.top {
            self.scroll_down(1);
        } else {
            self.cursor.row = self.cursor.row.saturating_sub(1);
        }
    }

    /// Moves the region up. Rows that leave the screen's top are history; so are rows that a line feed pushes
    /// out of a lower region (`fed`): a terminal forgets them, a log does not.
    pub(super) fn scroll_up(&mut self, count: usize, fed: bool, gone: &mut Option<&mut Gone>) {
        for _ in 0..count.min(self.bottom - self.top + 1) {
            let bottom = self.bottom;
            self.fill_to(bottom);
            let Some(mut row) = self.rows.remove(self.top) else { return };
            match gone {
                Some(gone) if self.top == 0 || fed => gone.row(&row),
                Some(gone) => gone.note(&row.notes),
                None => {}
            }
            row.clear();
            self.rows.insert(self.bottom, row);
        }
    }

    /// Moves the region down; what passes its bottom is lost, as on the terminal.
    pub(super) fn scroll_down(&mut self, count: usize) {
        let (top, bottom) = (self.top, self.bottom);
        self.insert_rows(top, bottom, count);
    }

    fn fill_to(&mut self, row: usize) {
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Row::default);
        }
    }

    /// Sets the margins (first and last row, counted from 0) and homes the cursor (xterm, DECSTBM).
    pub(super) fn set_region(&mut self, top: usize, bottom: usize) {
        let bottom = bottom.min(self.height - 1);
        if top < bottom {
            (self.top, self.bottom) = (top, bottom);
            self.move_to(0, 0);
        }
    }

    /// Whether the margins are the whole screen.
    pub(super) const fn is_whole(&self) -> bool {
        self.top == 0 && self.bottom + 1 == self.height
    }

    /// DECSC.
    pub(super) fn save(&mut self) {
        let Modes { drawing, shifted, origin, .. } = self.modes;
        let drawing = if shifted { drawing[1] } else { drawing[0] };
        self.saved = Saved { cursor: self.cursor, style: self.style, drawing, origin };
    }

    /// DECRC.
    pub(super) fn restore(&mut self) {
        (self.cursor, self.style) = (self.saved.cursor, self.saved.style);
        self.modes.origin = self.saved.origin;
        self.modes.drawing = [self.saved.drawing; 2];
        self.cursor.row = self.cursor.row.min(self.height - 1);
        self.cursor.col = self.cursor.col.min(self.cols);
    }

    /// DECSTR: margins and modes as at the start.
    pub(super) fn soft_reset(&mut self) {
        (self.top, self.bottom) = (0, self.height - 1);
        (self.modes, self.saved, self.style) = (Modes::DEFAULT, Saved::default(), Style::default());
    }
}

/// The DEC special graphics set (VT100 user guide, table 3-9).
fn line_drawing(ch: char) -> char {
    const GRAPHICS: &str = "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
    let at = u32::from(ch).checked_sub(0x60).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| GRAPHICS.chars().nth(at)).unwrap_or(ch)
}
