//! The part of a stream that is more than plain text, acted out on a grid: what it ends up showing becomes
//! history. Never decides when that is needed; `mod.rs` does.
//!
//! Three rules make history of a screen. A row that leaves the top is final. A cleared screen is kept when it had stood
//! for a second and differs from the one kept before, so that a dev server's clear erases nothing and a redraw
//! loop cannot flood. A stay on the alternate screen is one entry with the last picture.

mod control;

use super::limits::{CLEAR_KEPT_AFTER_MS, NOTES_BYTES_MAX};
use super::{
    Style,
    gone::{self, Gone},
    grid::{Cursor, Grid, Row},
    token::Token,
};
use crate::{screen::clean, task::Size};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Columns of a title that are kept.
const TITLE_COLS: usize = 120;

/// The screens of a stream and the lines that left them.
#[derive(Debug)]
pub(super) struct Emulator {
    main: Grid,
    alternate: Option<Box<Stay>>,
    gone: Gone,
    size: Size,
    clears: Clears,
}

/// A stay on the alternate screen.
#[derive(Debug)]
struct Stay {
    grid: Grid,
    title: String,
    /// The last picture that was cleared, encoded: shown when the program blanked the screen before it left.
    cleared: Option<Vec<u8>>,
    since: u64,
}

/// What decides whether a cleared screen is kept.
#[derive(Default, Debug)]
struct Clears {
    /// When the first byte after the last clear came.
    since_ms: Option<u64>,
    /// Hash of the text of the screen kept last.
    kept: Option<u64>,
    /// The cursor was just sent home, so that erasing below it clears the screen.
    homed: bool,
}

impl Emulator {
    pub(super) fn new(size: Size) -> Self {
        Self {
            main: Grid::new(size),
            alternate: None,
            gone: Gone::default(),
            size,
            clears: Clears::default(),
        }
    }

    /// Begins on a blank screen: plain text that was never emulated follows.
    pub(super) fn begin(&mut self, style: Style) {
        self.main.style = style;
    }

    /// The style text is written in.
    pub(super) fn style(&self) -> Style {
        self.main.style
    }

    /// Notes that something was printed, for the age of the screen.
    pub(super) fn touch(&mut self, now_ms: u64) {
        self.clears.since_ms.get_or_insert(now_ms);
    }

    /// Acts out one token that begins at `offset` of the log.
    pub(super) fn act(&mut self, token: &Token<'_>, offset: u64, now_ms: u64) {
        self.touch(now_ms);
        self.grid().offset = offset;
        let homed = std::mem::take(&mut self.clears.homed);
        match *token {
            Token::Text(text) => {
                let (grid, mut gone) = self.grid_and_gone();
                grid.print(text, &mut gone);
            }
            Token::Control(control) => self.control(control),
            Token::Escape(intermediate, last) => self.escape(intermediate, last, now_ms),
            Token::Csi(csi) => {
                self.clears.homed = homed && csi.last == b'm';
                self.csi(csi, homed, now_ms);
            }
            Token::Osc(contents) => self.osc(contents),
            Token::Ignored(_) | Token::Skipped => self.clears.homed = homed,
        }
    }

    fn osc(&mut self, contents: &[u8]) {
        let title = contents.strip_prefix(b"0;").or_else(|| contents.strip_prefix(b"2;"));
        if let (Some(title), Some(stay)) = (title, &mut self.alternate) {
            let title = clean(&String::from_utf8_lossy(title), TITLE_COLS);
            // programs reset the title as they leave
            if !title.is_empty() {
                stay.title = title;
            }
        }
    }

    /// Whether plain text could follow as on a fresh line of the main screen.
    pub(super) fn at_fresh_line(&self) -> bool {
        self.alternate.is_none() && self.main.at_fresh_line()
    }

    /// Makes history of everything on the screens; a blank screen is left. A line that has begun ends.
    pub(super) fn flush(&mut self) {
        let mut gone = std::mem::take(&mut self.gone);
        self.tell(&mut gone);
        self.gone = gone;
        self.main.forget_rows();
    }

    /// The rows that are lines, what stands between them, and a stay that goes on.
    fn tell(&self, gone: &mut Gone) {
        let used = self.main.used();
        for (index, row) in self.main.rows().enumerate() {
            if index < used { gone.row(row) } else { gone.note(&row.notes) }
        }
        (self.main.held()..used).for_each(|_| gone.end_line(self.main.offset));
        if gone.within_line() {
            gone.end_line(self.main.offset);
        }
        if let Some(note) = self.open_stay() {
            gone.note(&note);
        }
    }

    /// Lines that became final since the last call, encoded, and their number.
    pub(super) fn take_gone(&mut self) -> (Vec<u8>, u64) {
        self.gone.take()
    }

    /// Bytes of final lines that wait to be taken.
    pub(super) fn waiting(&self) -> usize {
        self.gone.len()
    }

    /// The lines still on the screen, encoded as if they left it now, and their number.
    pub(super) fn open(&self) -> (Vec<u8>, u64) {
        let mut open = self.gone.rest();
        self.tell(&mut open);
        open.take()
    }

    /// A new size of the terminal.
    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.main.resize(size, &mut self.gone);
        if let Some(stay) = &mut self.alternate {
            stay.grid.crop(size);
        }
    }

    fn grid(&mut self) -> &mut Grid {
        match &mut self.alternate {
            Some(stay) => &mut stay.grid,
            None => &mut self.main,
        }
    }

    /// The grid in use, and where its rows go.
    fn grid_and_gone(&mut self) -> (&mut Grid, Option<&mut Gone>) {
        match &mut self.alternate {
            Some(stay) => (&mut stay.grid, None),
            None => (&mut self.main, Some(&mut self.gone)),
        }
    }

    /// Everything on the screen is erased (ED 2, ED 0 from home, RIS).
    fn clear(&mut self, now_ms: u64) {
        if let Some(stay) = &mut self.alternate {
            if !stay.grid.is_blank() {
                stay.cleared = Some(picture(stay));
            }
            stay.grid.erase_all();
            return;
        }
        if self.main.is_blank() {
            self.clears.since_ms = Some(now_ms);
            return;
        }
        let stood = now_ms.saturating_sub(self.clears.since_ms.unwrap_or(now_ms));
        let text = hash_of(self.main.rows());
        let keep = stood >= CLEAR_KEPT_AFTER_MS && self.clears.kept != Some(text);
        if keep {
            self.clears.kept = Some(text);
            let used = self.main.used();
            self.main.rows().take(used).for_each(|row| self.gone.row(row));
        }
        // a line whose head has left the screen stays history, cleared tail or not
        if self.gone.within_line() {
            self.gone.end_line(self.main.offset);
        }
        let notes = self.main.erase_all();
        if !keep {
            self.gone.note(&notes);
        }
        self.clears.since_ms = None;
    }

    fn enter(&mut self, offset: u64) {
        if self.alternate.is_some() {
            return;
        }
        let mut grid = Grid::new(self.size);
        grid.style = self.main.style;
        grid.cursor =
            Cursor { col: self.main.cursor.col.min(usize::from(self.size.cols) - 1), ..self.main.cursor };
        grid.offset = offset;
        self.alternate = Some(Box::new(Stay { grid, title: String::new(), cleared: None, since: offset }));
    }

    fn leave(&mut self) {
        let Some(note) = self.open_stay() else {
            self.alternate = None;
            return;
        };
        self.alternate = None;
        let notes = &mut self.main.row_mut().notes;
        notes.extend_from_slice(&note);
        if notes.len() > NOTES_BYTES_MAX {
            // a loop of full-screen programs in one row: bounded, and before the rows above it rather than lost
            let notes = std::mem::take(notes);
            if self.gone.within_line() {
                self.gone.end_line(self.main.offset);
            }
            self.gone.note(&notes);
        }
    }

    /// The stay as it would be told now; nothing if nothing was ever shown.
    fn open_stay(&self) -> Option<Vec<u8>> {
        let stay = self.alternate.as_ref()?;
        if stay.grid.is_blank() { stay.cleared.clone() } else { Some(picture(stay)) }
    }
}

fn picture(stay: &Stay) -> Vec<u8> {
    let filled = stay.grid.rows().enumerate().filter(|(_, row)| !row.is_blank()).map(|(at, _)| at + 1);
    let used = filled.last().unwrap_or(0);
    gone::fold(&stay.title, stay.grid.rows().take(used), stay.since)
}

fn hash_of<'a>(rows: impl Iterator<Item = &'a Row>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in rows.filter(|row| !row.is_blank()) {
        row.cells().for_each(|(cell, joined)| (cell.ch, joined).hash(&mut hasher));
        hasher.write_u8(b'\n');
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::token::Lexer;
    use proptest::prelude::*;
    use std::num::NonZeroU16;

    fn rows_of(size: Size, bytes: &[u8]) -> Vec<String> {
        let (mut emulator, mut lexer, mut at) = (Emulator::new(size), Lexer::default(), 0);
        while let Some((token, length)) = lexer.next(&bytes[at..]) {
            emulator.act(&token, at as u64, 0);
            at += length;
        }
        let text = |row: &Row| -> String {
            row.cells()
                .filter(|(cell, _)| cell.fill != crate::transcript::grid::Fill::Right)
                .map(|(cell, _)| cell.ch)
                .collect()
        };
        let mut rows: Vec<String> = emulator.main.rows().map(|row| text(row).trim_end().to_owned()).collect();
        rows.resize(usize::from(size.rows), String::new());
        rows
    }

    proptest! {
        #[test]
        fn the_grid_shows_what_a_terminal_shows(
            pieces in proptest::collection::vec(prop_oneof![
                6 => "[a-z漢 ]{1,12}",
                3 => Just("\r\n".to_owned()),
                1 => Just("\r".to_owned()),
                1 => Just("\n".to_owned()),
                4 => "\x1b\\[[0-9]{0,2}[ABCGPXEFSTd]",
                // inserting within a wide character is nobody's to agree on
                1 => "\r\x1b\\[[0-9]{0,2}@",
                1 => "\x1b\\[C\x1b\\[[0-9]{0,2}D",
                // xterm and the normaliser go to the first column, vt100 alone does not
                1 => "\x1b\\[[0-9]{0,2}[LM]\r",
                2 => "\x1b\\[[0-9];[0-9]{1,2}H",
                1 => "\x1b\\[[012]?K|\x1b\\[[01]?J|\x1bM",
            ], 0..60),
            rows in 2u16..8,
            cols in 4u16..30,
        ) {
            let bytes = pieces.concat().into_bytes();
            let (height, width) = (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(cols).unwrap());
            let mut terminal = vt100::Parser::new(height, width, 0);
            terminal.process(&bytes);
            let expected: Vec<String> = terminal.screen().rows(0, cols).map(|row| row.trim_end().to_owned()).collect();
            prop_assert_eq!(rows_of(Size::new(rows, cols), &bytes), expected);
        }
    }
}
