//! The screen of a task: bytes in, cells and effects out. Never does I/O, reads no clock, never panics outward.
//!
//! `bytes → normaliser → vt100 → cells`.

mod cell;
mod clean;
mod effect;
mod grid;
mod limits;
mod mode;
mod snapshot;

pub use cell::{Attributes, Cell, Colour, Underline};
pub use clean::{clean, width};
pub use effect::{BlockedKind, Effect, Mark, ProgramState, ProgramStatus, Progress};
pub use mode::{Cursor, CursorShape, Modes, MouseEncoding, MouseMode};
pub use snapshot::{Snapshot, SnapshotCell, SnapshotRow};

use crate::task::Size;
use grid::Grid;
use std::{borrow::Cow, panic::AssertUnwindSafe};

/// The virtual screen of one task: a pure value.
pub struct Screen {
    grid: Grid,
    used: u16,
    modes: Modes,
    title: String,
}

impl Screen {
    /// A blank screen.
    pub fn new(size: Size) -> Self {
        Self { grid: Grid::new(size), used: 1, modes: Modes::default(), title: String::new() }
    }

    /// Takes in bytes of the task's output; `offset` is the log offset of the first one.
    pub fn process(&mut self, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) {
        let grid = &mut self.grid;
        if std::panic::catch_unwind(AssertUnwindSafe(|| grid.process(bytes))).is_err() {
            self.grid = Grid::new(self.size());
            effects.push(Effect::Fault { offset: offset + bytes.len() as u64 });
        }
        if self.grid.take_bell() {
            effects.push(Effect::Bell);
        }
        self.used = self.used.max(self.grid.position().0 + 1);
    }

    /// Changes the size.
    pub fn resize(&mut self, size: Size) {
        self.grid.set_size(size);
    }

    /// Rows and columns.
    pub fn size(&self) -> Size {
        self.grid.size()
    }

    /// The cell at `row`, `col`; a blank one outside the screen.
    pub fn cell(&self, row: u16, col: u16) -> Cell<'_> {
        let Some(cell) = self.grid.cell(row, col) else { return Cell { width: 1, ..Cell::default() } };
        let width = if cell.is_wide_continuation() {
            0
        } else if cell.is_wide() {
            2
        } else {
            1
        };
        let attributes = Attributes::NONE
            .and_if(cell.bold(), Attributes::BOLD)
            .and_if(cell.dim(), Attributes::DIM)
            .and_if(cell.italic(), Attributes::ITALIC)
            .and_if(cell.underline(), Attributes::UNDERLINE)
            .and_if(cell.inverse(), Attributes::INVERSE);
        Cell {
            text: Cow::Borrowed(cell.contents()),
            width,
            fg: grid::colour(cell.fgcolor()),
            bg: grid::colour(cell.bgcolor()),
            attributes,
            underline: if cell.underline() { Underline::Single } else { Underline::None },
            underline_colour: Colour::Default,
            link: None,
        }
    }

    /// Whether the text of a row goes on in the next one.
    pub fn row_wrapped(&self, row: u16) -> bool {
        self.grid.screen().row_wrapped(row)
    }

    /// The cursor.
    pub fn cursor(&self) -> Cursor {
        let (row, col) = self.grid.position();
        let last = self.size().cols - 1;
        Cursor {
            row,
            col: col.min(last),
            visible: !self.grid.screen().hide_cursor(),
            shape: CursorShape::Default,
            wrap_pending: col > last,
        }
    }

    /// What is switched on.
    pub fn modes(&self) -> Modes {
        let screen = self.grid.screen();
        Modes {
            alternate_screen: screen.alternate_screen(),
            application_cursor: screen.application_cursor(),
            application_keypad: screen.application_keypad(),
            bracketed_paste: screen.bracketed_paste(),
            ..self.modes
        }
    }

    /// Rows in use since the start or since the screen was cleared: how high the task is when drawn inline. ≥ 1.
    pub fn used_rows(&self) -> u16 {
        self.used
    }

    /// The window title, cleaned; empty if none was set.
    pub fn title(&self) -> &str {
        &self.title
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
mod tests {
    use super::*;

    #[test]
    fn a_screen_shows_what_was_printed() {
        let mut screen = Screen::new(Size::new(3, 20));
        let mut effects = Vec::new();
        screen.process(0, b"one\r\n\x1b[1;31mtwo\x07", &mut effects);
        assert_eq!(screen.text(), "one\ntwo");
        assert_eq!(effects, [Effect::Bell]);
        let cell = screen.cell(1, 0);
        assert_eq!((cell.text(), cell.fg, cell.width), ("t", Colour::Index(1), 1));
        assert!(cell.attributes.has(Attributes::BOLD));
    }
}
