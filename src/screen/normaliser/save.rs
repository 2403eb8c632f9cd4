//! Saved cursors, the alternate screen and the three resets. vt100 keeps one saved pen for both screens and its own
//! cursor, margins and origin mode for each; xterm the other way round, so ours count and vt100's are set to match.

use super::{
    Normaliser,
    state::{Charsets, Edit, Margins, Pen, Saved, State},
};
use crate::screen::{Modes, extra::Extra};

impl Normaliser {
    /// DECSC.
    pub(super) fn save_cursor(&mut self) {
        self.settle_margin();
        let (row, col) = self.grid.position();
        let saved = Saved {
            row,
            col,
            pen: Pen::of(self.grid.screen()),
            extra: self.state.extra.clone(),
            charsets: self.state.charsets,
            origin: self.state.edit.origin,
        };
        *self.state.saved.of_mut(self.state.modes.alternate_screen) = Some(saved);
    }

    /// DECRC: without a DECSC before it, home and everything plain.
    pub(super) fn restore_cursor(&mut self) {
        self.jump();
        self.state.margin_wrap = false;
        let saved = self.state.saved.of(self.state.modes.alternate_screen).clone();
        let saved = saved.unwrap_or_else(|| Saved {
            row: 0,
            col: 0,
            pen: Pen::default(),
            extra: Extra::default(),
            charsets: Charsets::default(),
            origin: false,
        });
        self.state.charsets = saved.charsets;
        self.state.extra = saved.extra;
        self.set_origin(saved.origin);
        self.place(saved.row, saved.col);
        self.set_pen(saved.pen);
        self.apply_extra();
    }

    /// Takes a pen, and what follows from it.
    pub(super) fn set_pen(&mut self, pen: Pen) {
        self.grid.emit(format_args!("\x1b[{}m", pen.parameters()));
        self.read_pen();
    }

    /// Reads back from vt100 what follows from its pen.
    pub(super) fn read_pen(&mut self) {
        let screen = self.grid.screen();
        self.background = screen.bgcolor() != vt100::Color::Default;
        let dim = screen.dim();
        self.intensity = super::sgr::Intensity { bold: screen.bold() || self.state.extra.flags.bold, dim };
    }

    /// DECOM, without its homing.
    pub(super) fn set_origin(&mut self, on: bool) {
        self.state.edit.origin = on;
        self.grid.process(if on { b"\x1b[?6h" } else { b"\x1b[?6l" });
    }

    /// The scroll region; leaves the cursor anywhere.
    pub(super) fn set_margins(&mut self, margins: Margins) {
        self.state.margins = margins;
        self.grid.emit(format_args!("\x1b[{};{}r", margins.top + 1, margins.bottom + 1));
    }

    /// Shows the other screen; cursor, pen, margins and origin mode stay.
    pub(super) fn show_alternate(&mut self, on: bool) {
        if self.state.modes.alternate_screen == on {
            return;
        }
        self.jump();
        self.settle_margin();
        let (row, col) = self.grid.position();
        self.grid.show_alternate(on);
        self.state.modes.alternate_screen = on;
        self.set_margins(self.state.margins);
        self.set_origin(self.state.edit.origin);
        let cols = self.grid.size().cols;
        self.place(row, col.min(cols));
        self.keyboard_changed();
    }

    /// The alternate screen as `?1049` has it: cursor saved and restored, cleared on entry.
    pub(super) fn alternate_with_cursor(&mut self, on: bool) {
        if self.state.modes.alternate_screen == on {
            return;
        }
        if on {
            self.save_cursor();
            self.show_alternate(true);
            self.erase_all();
        } else {
            self.show_alternate(false);
            self.restore_cursor();
        }
    }

    /// Clears the screen with the background colour; the cursor stays.
    pub(super) fn erase_all(&mut self) {
        self.grid.process(b"\x1b[2J");
        self.charge_screen();
    }

    /// DECSTR.
    pub(super) fn soft_reset(&mut self) {
        self.settle_margin();
        let (row, _) = self.grid.position();
        let col = self.column();
        self.state.edit = Edit::default();
        self.state.modes = Modes {
            application_cursor: false,
            application_keypad: false,
            newline: false,
            ..self.state.modes
        };
        self.state.cursor_hidden = false;
        self.state.charsets = Charsets::default();
        self.state.extra = Extra::default();
        self.state.ansi_on.clear();
        self.state.saved = super::state::PerScreen::default();
        self.set_pen(Pen::default());
        self.apply_extra();
        self.set_origin(false);
        self.set_margins(Margins::full(self.grid.size()));
        self.grid.go_to(row, col);
    }

    /// RIS.
    pub(super) fn hard_reset(&mut self) {
        self.grid.reset();
        let had_title = !self.state.titles.window.is_empty();
        self.state = State::new(self.grid.size());
        self.extras = crate::screen::extra::Extras::default();
        self.apply_extra();
        self.read_pen();
        self.charge_screen();
        if had_title {
            self.title_changed();
        }
    }

    /// DECALN: the screen full of E, margins and origin mode reset, cursor home.
    pub(super) fn alignment_test(&mut self) {
        self.settle_margin();
        let pen = Pen::of(self.grid.screen());
        let size = self.grid.size();
        self.set_pen(Pen::default());
        self.set_origin(false);
        self.set_margins(Margins::full(size));
        let line = "E".repeat(usize::from(size.cols));
        for row in 0..size.rows {
            self.grid.go_to(row, 0);
            self.grid.process(line.as_bytes());
        }
        self.grid.go_to(0, 0);
        self.set_pen(pen);
        self.state.used.rows = size.rows;
        self.charge_screen();
    }
}
