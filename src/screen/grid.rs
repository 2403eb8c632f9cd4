//! The virtual screen: `vt100`, behind the few calls the rest needs. The only file that names the crate, so that
//! another emulator could stand here; it never interprets what passes through.
//!
//! vt100 drops U+FFFD; a noncharacter stands in for it in the cells (see [`STAND_IN`]).

use super::{Colour, limits::GRID_SLICE_BYTES};
use crate::task::Size;
use std::{
    fmt::{self, Write},
    num::NonZeroU16,
};

/// Stands in a cell for U+FFFD, which vt100 refuses to draw. Never leaves `screen/`.
pub(super) const STAND_IN: char = '\u{fffe}';

/// A vt100 screen without scrollback.
pub(super) struct Grid {
    parser: vt100::Parser<Hooks>,
    /// The alternate screen was shown once, so vt100 keeps cells for it.
    two: bool,
    scratch: String,
}

/// What vt100 tells us while it parses.
#[derive(Default)]
struct Hooks {
    bell: bool,
    /// Rows that left at the top since the start.
    scrolled: usize,
    /// Swapped with the real screen to draw a stand-in in the middle of a parse.
    pen: Option<Box<vt100::Parser>>,
}

impl Hooks {
    fn draw_stand_in(&mut self, screen: &mut vt100::Screen) {
        let one = NonZeroU16::MIN;
        let pen = self.pen.get_or_insert_with(|| Box::new(vt100::Parser::new(one, one.saturating_add(1), 0)));
        std::mem::swap(pen.screen_mut(), screen);
        pen.process(STAND_IN.encode_utf8(&mut [0; 4]).as_bytes());
        std::mem::swap(pen.screen_mut(), screen);
    }
}

impl vt100::Callbacks for Hooks {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bell = true;
    }
    fn on_scroll(&mut self, _: vt100::capture::RowContents<'_>, _: bool) {
        self.scrolled += 1;
    }
    fn unhandled_char(&mut self, screen: &mut vt100::Screen, _: char) {
        self.draw_stand_in(screen);
    }
    fn unhandled_control(&mut self, screen: &mut vt100::Screen, byte: u8) {
        if byte >= 0x80 {
            self.draw_stand_in(screen);
        }
    }
}

impl Grid {
    pub(super) fn new(size: Size) -> Self {
        let (rows, cols) = non_zero(size);
        let parser = vt100::Parser::new_with_callbacks(rows, cols, 0, Hooks::default());
        Self { parser, two: false, scratch: String::new() }
    }

    /// Feeds bytes. In slices, because vte searches all the rest for ESC again after each invalid byte.
    pub(super) fn process(&mut self, bytes: &[u8]) {
        for slice in bytes.chunks(GRID_SLICE_BYTES) {
            self.parser.process(slice);
        }
    }

    /// Feeds a sequence made here.
    pub(super) fn emit(&mut self, sequence: fmt::Arguments<'_>) {
        self.scratch.clear();
        // writing to a String cannot fail
        let _ = self.scratch.write_fmt(sequence);
        self.parser.process(self.scratch.as_bytes());
    }

    /// Moves the cursor, whatever the origin mode; no wrap is pending then.
    pub(super) fn go_to(&mut self, row: u16, col: u16) {
        self.emit(format_args!("\x1b[{}d\x1b[{}G", row + 1, col + 1));
    }

    /// Shows the alternate or the main screen, as `?47` does in vt100: each has its own cursor and margins.
    pub(super) fn show_alternate(&mut self, on: bool) {
        self.two |= on;
        self.parser.process(if on { b"\x1b[?47h" } else { b"\x1b[?47l" });
    }

    /// Everything as at the start (RIS).
    pub(super) fn reset(&mut self) {
        self.parser.process(b"\x1bc");
        self.two = false;
    }

    /// Looks at both screens, the one that is shown last.
    pub(super) fn both(&mut self, mut look: impl FnMut(&vt100::Screen)) {
        let alternate = self.screen().alternate_screen();
        if self.two {
            self.show_alternate(!alternate);
            look(self.screen());
            self.show_alternate(alternate);
        }
        look(self.screen());
    }

    /// The cells of the main and, if it was ever shown, the alternate screen, as bytes that draw them.
    pub(super) fn contents(&self) -> (String, Option<String>) {
        let one = NonZeroU16::MIN;
        let mut copy = vt100::Parser::new(one, one.saturating_add(1), 0);
        *copy.screen_mut() = self.screen().clone();
        let alternate = self.two.then(|| {
            copy.process(b"\x1b[?47h");
            copy.screen().contents_formatted()
        });
        copy.process(b"\x1b[?47l");
        (copy.screen().contents_formatted(), alternate)
    }

    /// A grid with such cells, one of its screens shown. Cursor and pen are anywhere.
    pub(super) fn of_contents(size: Size, main: &str, alternate: Option<&str>, shown: bool) -> Self {
        let mut grid = Self::new(size);
        grid.process(main.as_bytes());
        if let Some(alternate) = alternate {
            grid.show_alternate(true);
            grid.process(alternate.as_bytes());
        }
        grid.show_alternate(shown);
        grid
    }

    /// Whether the bell rang since the last call.
    pub(super) fn take_bell(&mut self) -> bool {
        std::mem::take(&mut self.parser.callbacks_mut().bell)
    }

    pub(super) fn size(&self) -> Size {
        let (rows, cols) = self.parser.screen().size();
        Size { rows: rows.get(), cols: cols.get() }
    }

    /// Row and column of the cursor; a column equal to the width means that a wrap is pending.
    pub(super) fn position(&self) -> (u16, u16) {
        self.parser.screen().cursor_position()
    }

    pub(super) fn cell(&self, row: u16, col: u16) -> Option<&vt100::Cell> {
        self.parser.screen().cell(row, col)
    }

    /// Whether the text of a row goes on in the next one. vt100 does not know it of a row whose last column stayed
    /// blank because a wide character did not fit there; a line that ended just there looks the same.
    pub(super) fn row_wrapped(&self, row: u16) -> bool {
        let last = self.size().cols - 1;
        let wide_next = self.cell(row + 1, 0).is_some_and(vt100::Cell::is_wide);
        let blank =
            |col: u16| self.cell(row, col).is_some_and(|c| !c.has_contents() && !c.is_wide_continuation());
        self.screen().row_wrapped(row) || wide_next && blank(last) && !blank(last - 1)
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// How many rows have left at the top since the start.
    pub(super) fn scrolled(&self) -> usize {
        self.parser.callbacks().scrolled
    }

    /// Shows the main screen, if there is another one.
    pub(super) fn show_main(&mut self) {
        if self.two {
            self.show_alternate(false);
        }
    }

    /// Changes the size as vt100 does: rows are cut or padded, nothing reflows. Rows are added at the bottom.
    pub(super) fn set_size(&mut self, size: Size) {
        let (rows, cols) = non_zero(size);
        let alternate = self.screen().alternate_screen();
        self.show_main();
        // else vt100 puts blank rows on top for lines it never kept
        self.parser.screen_mut().clear_scrollback();
        if alternate {
            self.show_alternate(true);
        }
        self.parser.set_size(rows, cols);
    }

    /// The alternate screen cut or padded to a size: bytes that draw it, and its cursor. `None` if it was never
    /// shown. Spoils the main screen.
    pub(super) fn alternate_at_size(&mut self, size: Size) -> Option<(String, (u16, u16))> {
        if !self.two {
            return None;
        }
        self.show_alternate(true);
        self.set_size(size);
        Some((self.screen().contents_formatted(), self.position()))
    }
}

impl From<vt100::Color> for Colour {
    fn from(colour: vt100::Color) -> Self {
        match colour {
            vt100::Color::Default => Self::Default,
            vt100::Color::Idx(index) => Self::Index(index),
            vt100::Color::Rgb(r, g, b) => Self::Rgb(r, g, b),
        }
    }
}

fn non_zero(size: Size) -> (NonZeroU16, NonZeroU16) {
    let size = Size::new(size.rows, size.cols);
    let of = |side| NonZeroU16::new(side).unwrap_or(NonZeroU16::MIN);
    (of(size.rows), of(size.cols))
}
