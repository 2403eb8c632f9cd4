//! The table of control and escape sequences: which pass, and who handles the others.

use super::{Normaliser, params::Params, state::Margins};
use crate::screen::{CursorShape, scan::Csi};

impl Normaliser {
    /// Handles a control sequence; false: vt100 may have it after all.
    pub(super) fn csi(&mut self, csi: &Csi<'_>) -> bool {
        let params = Params::parse(csi.params);
        if !matches!(csi.last, b'm' | b'n' | b'c' | b'h' | b'l' | b'p' | b'q' | b't') {
            self.settle_margin();
        }
        match (csi.prefix, csi.intermediates) {
            (0, b"") => return self.plain_csi(csi, &params),
            (b'?', b"") => self.private_csi(csi.last, &params),
            (0, b" ") if csi.last == b'q' => {
                if let Some(shape) = CursorShape::from_number(params.get(0)) {
                    self.state.cursor_shape = shape;
                }
            }
            (b'>' | b'<' | b'=', b"") => self.prefixed_csi(csi.prefix, csi.last, &params),
            (_, intermediates) => self.intermediate_csi(csi.prefix, intermediates, csi.last, &params),
        }
        true
    }

    fn plain_csi(&mut self, csi: &Csi<'_>, params: &Params) -> bool {
        let count = params.or(0, 1);
        if self.sides
            && let Some(done) = self.csi_between_sides(csi.last, params)
        {
            return done;
        }
        match csi.last {
            b'm' => self.sgr(csi.params),
            b'K' | b'X' | b'C' | b'G' | b'`' => return false,
            b'H' | b'f' | b'E' | b'F' | b'A' | b'B' | b'd' => {
                self.jump();
                if matches!(csi.last, b'A' | b'B' | b'd') {
                    self.settle_wrap();
                }
                return false;
            }
            b'D' => {
                let (_, col) = self.grid.position();
                let edit = self.state.edit;
                if col < self.grid.size().cols && !edit.reverse_wrap && !edit.reverse_wrap_any {
                    return false;
                }
                self.back(count);
            }
            b'J' => return self.erase_display(params.get(0)),
            b'L' | b'M' => self.shift_lines(csi.raw, count, csi.last == b'L'),
            b'S' | b'T' => self.scroll(csi.raw, count, csi.last == b'S'),
            b'@' => self.insert_cells(csi.raw, count),
            b'P' => self.delete_cells(csi.raw, count),
            b'r' => self.set_scroll_region(params),
            b'b' => self.repeat(count),
            _ => self.other_csi(csi.last, params),
        }
        true
    }

    fn other_csi(&mut self, last: u8, params: &Params) {
        let count = params.or(0, 1);
        match last {
            b'h' | b'l' => self.set_ansi_modes(params, last == b'h'),
            b's' if self.state.edit.side_margins => self.set_sides(params),
            b's' => self.save_cursor(),
            b'u' => self.restore_cursor(),
            b'I' => self.tab_forward(count),
            b'Z' => self.tab_back(count),
            b'g' if params.get(0) == 0 => self.state.tabs.set(self.column(), false),
            b'g' if params.get(0) == 3 => self.state.tabs.clear(),
            b'a' => self.grid.emit(format_args!("\x1b[{count}C")),
            b'e' => {
                let row = self.grid.position().0.saturating_add(count);
                self.settle_wrap();
                self.grid.emit(format_args!("\x1b[{}d", row.saturating_add(1)));
            }
            b'c' if params.get(0) == 0 => self.device_attributes(),
            b'n' => self.status_report(params.get(0)),
            b't' => self.window_operation(params),
            _ => {}
        }
    }

    fn private_csi(&mut self, last: u8, params: &Params) {
        match last {
            b'h' | b'l' => self.set_dec_modes(params, last == b'h'),
            b'J' => self.selective_erase(params.get(0), true),
            b'K' => self.selective_erase(params.get(0), false),
            b's' => self.put_modes_aside(params),
            b'r' => self.take_modes_back(params),
            b'n' => self.dec_status_report(params),
            b'u' => self.report_kitty(),
            b'm' => self.report_modify_keys(params.get(0)),
            b'W' if params.get(0) == 5 => self.state.tabs = super::state::Tabs::default(),
            _ => {}
        }
    }

    fn prefixed_csi(&mut self, prefix: u8, last: u8, params: &Params) {
        match (prefix, last) {
            (b'>', b'c') if params.get(0) == 0 => self.secondary_attributes(),
            (b'=', b'c') if params.get(0) == 0 => self.tertiary_attributes(),
            (b'>', b'q') if params.get(0) == 0 => self.version(),
            (b'>', b'u') => self.push_kitty(params),
            (b'<', b'u') => self.pop_kitty(params),
            (b'=', b'u') => self.set_kitty(params),
            (b'>', b'm') => self.set_modify_keys(params),
            (b'>', b'n') => self.reset_modify_keys(),
            _ => {}
        }
    }

    fn intermediate_csi(&mut self, prefix: u8, intermediates: &[u8], last: u8, params: &Params) {
        let count = params.or(0, 1);
        match (prefix, intermediates, last) {
            (0, b"!", b'p') => self.soft_reset(),
            (0, b"\"", b'p') => {
                self.soft_reset();
                self.state.level = params.get(0).clamp(61, 64);
            }
            (0, b"\"", b'q') => self.protect(params.get(0) == 1),
            (0, b"$", b'p') => self.report_ansi_mode(params.get(0)),
            (b'?', b"$", b'p') => self.report_dec_mode(params.get(0)),
            (0, b"$", b'z') => self.erase_area(params),
            (0, b"$", b'{') => self.erase_unprotected_area(params),
            (0, b"$", b'x') => self.fill_area(params),
            (0, b"$", b'v') => self.copy_area(params),
            (0, b"'", b'}') => self.shift_columns(self.column(), count, true),
            (0, b"'", b'~') => self.shift_columns(self.column(), count, false),
            _ => {}
        }
    }

    /// ED, as vt100 does it; a cleared screen is as little used as a new one.
    fn erase_display(&mut self, part: u16) -> bool {
        self.charge_screen();
        let (row, col) = self.grid.position();
        let whole = part == 2 || part == 0 && (row, col) == (0, 0);
        if whole && !self.state.modes.alternate_screen {
            self.state.used.rows = row + 1;
        }
        // 3 is the scrollback, which the screen does not have
        part == 3
    }

    /// DECSTBM; goes home, as VT420s do.
    fn set_scroll_region(&mut self, params: &Params) {
        let rows = self.grid.size().rows;
        let (top, bottom) = (params.or(0, 1), params.or(1, rows).min(rows));
        if top < bottom {
            self.jump();
            self.set_margins(Margins { top: top - 1, bottom: bottom - 1, ..self.state.margins });
            self.home();
        }
    }

    /// DECSCA, SPA, EPA.
    fn protect(&mut self, on: bool) {
        self.state.extra.flags.protected = on;
        self.apply_extra();
    }

    /// An escape sequence that is no control sequence.
    pub(super) fn escape(&mut self, intermediates: &[u8], last: u8) {
        self.at_edge = false;
        if !matches!(last, b'=' | b'>') && intermediates.is_empty() {
            self.settle_margin();
        }
        match (intermediates, last) {
            (b"", _) => self.plain_escape(last),
            (b"(", _) => self.state.charsets.designate(0, last),
            (b")", _) => self.state.charsets.designate(1, last),
            (b"*", _) => self.state.charsets.designate(2, last),
            (b"+", _) => self.state.charsets.designate(3, last),
            (b"#", b'8') => self.alignment_test(),
            _ => {}
        }
    }

    fn plain_escape(&mut self, last: u8) {
        match last {
            b'D' => self.line_feed(false),
            b'E' => self.line_feed(true),
            b'M' => {
                self.note_used();
                self.reverse_index();
            }
            b'H' => self.state.tabs.set(self.column(), true),
            b'7' => self.save_cursor(),
            b'8' => self.restore_cursor(),
            b'=' => self.state.modes.application_keypad = true,
            b'>' => self.state.modes.application_keypad = false,
            b'c' => self.hard_reset(),
            b'Z' => self.device_attributes(),
            b'6' => self.back_index(),
            b'9' => self.forward_index(),
            b'V' => self.protect(true),
            b'W' => self.protect(false),
            b'N' => self.state.charsets.shift_once(2),
            b'O' => self.state.charsets.shift_once(3),
            b'n' => self.state.charsets.lock(2),
            b'o' => self.state.charsets.lock(3),
            _ => {}
        }
    }

    /// DECBI: left, or at the left margin a column in there.
    fn back_index(&mut self) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        if col == margins.left && margins.hold(row) {
            self.shift_columns(col, 1, true);
        } else {
            self.grid.go_to(row, col.saturating_sub(1));
        }
    }

    /// DECFI: right, or at the right margin a column out at the left one.
    fn forward_index(&mut self) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        if col == margins.right && margins.hold(row) {
            self.shift_columns(margins.left, 1, false);
        } else {
            self.grid.go_to(row, (col + 1).min(self.grid.size().cols - 1));
        }
    }
}
