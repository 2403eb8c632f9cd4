//! The screen of a task: bytes in, cells and effects out. Never does I/O, reads no clock, never panics outward.
//!
//! `bytes → normaliser → vt100 → cells`.

mod cell;
mod checkpoint;
mod clean;
mod contain;
mod effect;
mod extra;
mod grid;
mod lazy;
mod limits;
mod mode;
mod normaliser;
mod palette;
mod scan;
mod snapshot;
mod version;

pub use cell::{Attributes, Cell, Colour, Underline};
pub use clean::{clean, width};
pub use effect::{BlockedKind, Effect, Mark, ProgramState, ProgramStatus, Progress};
pub use lazy::LazyScreen;
pub use mode::{Cursor, CursorShape, Modes, MouseEncoding, MouseMode};
pub use palette::palette;
pub use snapshot::{Snapshot, SnapshotCell, SnapshotRow};

use crate::task::Size;
use contain::Contained;
use normaliser::{Normaliser, Pen};
use std::panic::AssertUnwindSafe;
use version::Versions;

/// The virtual screen of one task: a pure value.
pub struct Screen {
    inner: Contained,
    versions: Versions,
}

impl Screen {
    /// A blank screen.
    pub fn new(size: Size) -> Self {
        Self::of(Normaliser::new(size))
    }

    fn of(normaliser: Normaliser) -> Self {
        Self { inner: Contained::new(normaliser), versions: Versions::new() }
    }

    /// Takes in bytes of the task's output; `offset` is the log offset of the first one.
    pub fn process(&mut self, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            done += self.advance(offset + done as u64, rest, effects);
        }
    }

    /// Like [`Self::process`], but may stop early (after at least one byte) when the bytes ask for so much work that
    /// other tasks should have a turn: tells how many were taken in.
    pub fn advance(&mut self, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) -> usize {
        let (row, before) = (self.inner.only_row(bytes), effects.len());
        let used = self.inner.advance(offset, bytes, effects);
        match row {
            Some(row) if effects.len() == before => self.versions.row_changed(row),
            _ => self.versions.all_changed(),
        }
        used
    }

    /// Whether the last byte ended a character or sequence.
    const fn in_ground(&self) -> bool {
        self.inner.normaliser.in_ground()
    }

    /// Whether text that scrolls the whole screen away need not be emulated.
    fn can_skip(&self) -> bool {
        self.inner.can_skip()
    }

    /// Scrolls everything off; the cursor is in the first column of the last row.
    fn scroll_away(&mut self) {
        self.inner.scroll_away();
        self.versions.all_changed();
    }

    /// Shows output without interpreting it from now on: for a task whose output broke the emulator before.
    pub const fn show_raw(&mut self) {
        self.inner.show_raw();
    }

    /// The whole screen as bytes for [`Self::restore`]; empty if the emulator fails on it.
    pub fn checkpoint(&self) -> Vec<u8> {
        std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.normaliser.checkpoint())).unwrap_or_default()
    }

    /// The screen a checkpoint was taken of; `None` if it is damaged or of another version.
    pub fn restore(checkpoint: &[u8]) -> Option<Self> {
        let restored = std::panic::catch_unwind(|| Normaliser::restore(checkpoint));
        restored.ok().flatten().map(Self::of)
    }

    /// Changes the size: clamped as by [`Size::new`]. The main screen reflows, the alternate one is cut or padded.
    pub fn resize(&mut self, size: Size) {
        self.inner.resize(size);
        self.versions.all_changed();
    }

    /// Rows and columns.
    pub fn size(&self) -> Size {
        self.inner.normaliser.grid.size()
    }

    /// The cell at `row`, `col`; a blank one outside the screen.
    pub fn cell(&self, row: u16, col: u16) -> Cell<'_> {
        let Some(cell) = self.inner.normaliser.grid.cell(row, col) else {
            return Cell { width: 1, ..Cell::default() };
        };
        if !cell.has_contents() {
            // what was erased keeps only the background, as in xterm; vt100 leaves all of the pen there
            let width = u8::from(!cell.is_wide_continuation());
            return Cell { width, bg: cell.bgcolor().into(), ..Cell::default() };
        }
        let pen = Pen::of_cell(cell);
        let (fg, bg) = pen.colours();
        let mut shown = Cell {
            text: extra::visible(cell.contents()),
            width: 1 + u8::from(cell.is_wide()),
            fg,
            bg,
            attributes: pen.attributes(),
            ..Cell::default()
        };
        if shown.attributes.has(Attributes::UNDERLINE) {
            shown.underline = Underline::Single;
        }
        if let Some(extra) = self.inner.normaliser.extras.of(cell.contents()) {
            shown.attributes = shown.attributes.with(extra.flags.attributes());
            shown.underline_colour = extra.underline_colour;
            shown.link = extra.link.as_deref();
            if shown.underline != Underline::None && extra.underline != Underline::None {
                shown.underline = extra.underline;
            }
        }
        shown
    }

    /// Columns of a row up to its last cell that is not a plain blank: what has to be drawn of it.
    pub fn row_end(&self, row: u16) -> u16 {
        let drawn = |col: &u16| {
            let cell = self.inner.normaliser.grid.cell(row, *col);
            cell.is_some_and(|cell| cell.has_contents() || cell.bgcolor() != vt100::Color::Default)
        };
        (0..self.size().cols).rev().find(drawn).map_or(0, |last| last + 1)
    }

    /// A number that stands for what is in a row now and in no other row of any screen at any time: as long as it is the
    /// same, the row need not be drawn again.
    pub fn row_version(&self, row: u16) -> (u64, u16) {
        (self.versions.of(row), row)
    }

    /// Whether the text of a row goes on in the next one.
    pub fn row_wrapped(&self, row: u16) -> bool {
        self.inner.normaliser.grid.row_wrapped(row)
    }

    /// The cursor.
    pub fn cursor(&self) -> Cursor {
        let (row, col) = self.inner.normaliser.grid.position();
        let at_margin = self.inner.normaliser.state.margin_wrap();
        let col = col - u16::from(at_margin);
        let last = self.size().cols - 1;
        let (visible, shape) = self.inner.normaliser.state.cursor_look();
        Cursor { row, col: col.min(last), visible, shape, wrap_pending: col > last || at_margin }
    }

    /// What is switched on.
    pub fn modes(&self) -> Modes {
        self.inner.normaliser.state.modes()
    }

    /// Rows in use since the start or since the screen was cleared: how high the task is when drawn inline. ≥ 1.
    pub fn used_rows(&self) -> u16 {
        self.inner.normaliser.state.used_rows()
    }

    /// The window title, cleaned; empty if none was set.
    pub fn title(&self) -> &str {
        self.inner.normaliser.state.title()
    }

    /// Tells what text and background are in the user's terminal, for programs that ask (OSC 10, 11).
    pub const fn set_outer_colours(&mut self, text: (u8, u8, u8), background: (u8, u8, u8)) {
        self.inner.normaliser.state.set_outer_colours(text, background);
    }

    /// The text of all rows, joined by line feeds, without trailing blanks and blank rows at the end.
    pub fn text(&self) -> String {
        let size = self.size();
        let mut text = String::new();
        for row in 0..size.rows {
            for col in 0..size.cols {
                let cell = self.cell(row, col);
                text.push_str(if cell.text().is_empty() && cell.width > 0 { " " } else { cell.text() });
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text.truncate(text.trim_end_matches('\n').len());
        text
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("size", &self.size()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
