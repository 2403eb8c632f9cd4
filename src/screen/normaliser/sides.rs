//! Left and right margins (DECLRMM, DECSLRM). vt100 has none: while there are any, text, motions and scrolling come
//! here, and cells are moved by drawing them anew. Never entered while the margins are the screen's edges.
//!
//! tmux scrolls side-by-side panes with them. The rules are xterm's and DEC STD 070's.

use super::{
    Normaliser,
    params::Params,
    state::{Margins, Pen},
};
use crate::screen::{clean::char_width, extra::selector};

impl Normaliser {
    /// Whether there are side margins inside the screen.
    pub(super) fn has_sides(&self) -> bool {
        let margins = self.state.margins;
        margins.left > 0 || margins.right + 1 < self.grid.size().cols
    }

    /// DECSET and DECRST 69.
    pub(super) fn allow_sides(&mut self, on: bool) {
        self.state.edit.side_margins = on;
        if !on {
            self.settle_margin();
            let full = Margins::full(self.grid.size());
            self.state.margins = Margins { left: full.left, right: full.right, ..self.state.margins };
        }
    }

    /// DECSLRM.
    pub(super) fn set_sides(&mut self, params: &Params) {
        let cols = self.grid.size().cols;
        let (left, right) = (params.or(0, 1), params.or(1, cols).min(cols));
        if left < right {
            self.settle_margin();
            self.state.margins = Margins { left: left - 1, right: right - 1, ..self.state.margins };
            self.home();
        }
    }

    /// Moves the cursor to where addressing begins.
    pub(super) fn home(&mut self) {
        self.jump();
        let margins = self.state.margins;
        if self.state.edit.origin {
            self.grid.go_to(margins.top, margins.left);
        } else {
            self.grid.go_to(0, 0);
        }
    }

    /// No wrap is pending at the right margin any more: the cursor is on the last column inside.
    pub(super) fn settle_margin(&mut self) {
        if std::mem::take(&mut self.state.margin_wrap) {
            let (row, col) = self.grid.position();
            self.grid.go_to(row, col.saturating_sub(1));
        }
    }

    /// Text between side margins, or beside them.
    pub(super) fn text_between_sides(&mut self, text: &str) {
        let mark = selector(self.extra_number);
        for ch in text.chars() {
            let ch = if ch < ' ' || ch == '\x7f' { ch } else { self.state.charsets.map(ch) };
            let width = char_width(ch).unwrap_or(0);
            let limit = if width > 0 { self.make_room_between_sides(width) } else { u16::MAX };
            let mark = mark.filter(|_| width > 0).map(String::from).unwrap_or_default();
            self.grid.emit(format_args!("{ch}{mark}"));
            let size = self.grid.size();
            if width > 0 && self.grid.position().1 > limit && limit + 1 < size.cols {
                self.state.margin_wrap = true;
            }
            if width > 0 && !self.state.edit.wrap {
                self.settle_margin();
                self.settle_wrap();
            }
        }
    }

    /// Before a character of this width: wraps or stays at the margin, inserts. Tells the last column it may take.
    fn make_room_between_sides(&mut self, width: u16) -> u16 {
        let margins = self.state.margins;
        let limit = self.right_limit();
        let pending = self.state.margin_wrap || self.grid.position().1 > limit;
        let over = pending || self.grid.position().1 + width > limit + 1;
        self.settle_margin();
        if over && self.state.edit.wrap {
            self.line_feed(false);
            let row = self.grid.position().0;
            self.grid.go_to(row, margins.left);
        } else if over {
            let row = self.grid.position().0;
            self.grid.go_to(row, (limit + 1).saturating_sub(width));
        }
        if self.state.edit.insert {
            self.insert_between_sides(width);
        }
        self.right_limit()
    }

    /// The last column the cursor reaches from where it is: the right margin, or from behind it the edge.
    pub(super) fn right_limit(&self) -> u16 {
        let last = self.grid.size().cols - 1;
        if self.column() <= self.state.margins.right { self.state.margins.right } else { last }
    }

    /// The first one.
    pub(super) fn left_limit(&self) -> u16 {
        if self.column() >= self.state.margins.left { self.state.margins.left } else { 0 }
    }

    /// CR.
    pub(super) fn carriage_return(&mut self) {
        self.settle_margin();
        let row = self.grid.position().0;
        let left = if self.state.edit.origin { self.state.margins.left } else { self.left_limit() };
        self.grid.go_to(row, left);
    }

    /// Down a row, or up the region at its bottom; beside the margins nothing scrolls.
    pub(super) fn feed_between_sides(&mut self) {
        let margins = self.state.margins;
        let (row, col) = (self.grid.position().0, self.column());
        self.settle_margin();
        if row != margins.bottom {
            self.grid.go_to((row + 1).min(self.grid.size().rows - 1), col);
        } else if margins.hold_col(col) {
            self.shift_between_sides(margins.top, margins.bottom, 1, true);
            self.grid.go_to(row, col);
        }
    }

    /// RI, likewise.
    pub(super) fn reverse_between_sides(&mut self) {
        let margins = self.state.margins;
        let (row, col) = (self.grid.position().0, self.column());
        self.settle_margin();
        if row != margins.top {
            self.grid.go_to(row.saturating_sub(1), col);
        } else if margins.hold_col(col) {
            self.shift_between_sides(margins.top, margins.bottom, 1, false);
            self.grid.go_to(row, col);
        }
    }

    /// A control sequence that side margins change: `Some` if it was handled here, with what `csi` shall say.
    pub(super) fn csi_between_sides(&mut self, last: u8, params: &Params) -> Option<bool> {
        if !matches!(last, b'@'..=b'P' | b'S' | b'T' | b'X' | b'Z' | b'`' | b'a' | b'd'..=b'f' | b'r' | b's' | b'u')
        {
            return None;
        }
        self.settle_margin();
        let count = params.or(0, 1);
        let (row, col) = self.grid.position();
        let margins = self.state.margins;
        match last {
            b'H' | b'f' => self.address(params),
            b'G' if self.state.edit.origin => {
                self.grid.go_to(row, margins.left.saturating_add(count - 1).min(margins.right));
            }
            b'C' => self.grid.go_to(row, col.saturating_add(count).min(self.right_limit())),
            b'D' => self.back(count),
            b'E' | b'F' => {
                self.grid.emit(format_args!("\x1b[{count}{}", if last == b'E' { 'B' } else { 'A' }));
                self.carriage_return();
            }
            b'@' => self.insert_between_sides(count),
            b'P' => self.delete_between_sides(count),
            b'L' | b'M' if margins.hold(row) && margins.hold_col(col) => {
                self.shift_between_sides(row, margins.bottom, count, last == b'M');
                self.grid.go_to(row, margins.left);
            }
            b'L' | b'M' => {}
            b'S' | b'T' => {
                self.shift_between_sides(margins.top, margins.bottom, count, last == b'S');
                self.grid.go_to(row, col);
            }
            _ => return None,
        }
        Some(true)
    }

    /// CUP.
    fn address(&mut self, params: &Params) {
        let (row, col) = (params.or(0, 1) - 1, params.or(1, 1) - 1);
        let margins = self.state.margins;
        self.jump();
        if self.state.edit.origin {
            let row = margins.top.saturating_add(row).min(margins.bottom);
            self.grid.go_to(row, margins.left.saturating_add(col).min(margins.right));
        } else {
            let size = self.grid.size();
            self.grid.go_to(row.min(size.rows - 1), col.min(size.cols - 1));
        }
    }

    /// ICH, from the cursor to the right margin.
    pub(super) fn insert_between_sides(&mut self, count: u16) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        if !margins.hold_col(col) {
            return;
        }
        let count = count.min(margins.right - col + 1);
        let pen = Pen::of(self.grid.screen());
        let kept = if col + count <= margins.right {
            self.cells_as_text(row, col, margins.right - count)
        } else {
            String::new()
        };
        self.grid.go_to(row, col + count);
        self.grid.process(kept.as_bytes());
        self.set_pen(pen);
        self.grid.go_to(row, col);
        self.grid.emit(format_args!("\x1b[{count}X"));
    }

    /// DCH, likewise.
    pub(super) fn delete_between_sides(&mut self, count: u16) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        if !margins.hold_col(col) {
            return;
        }
        let count = count.min(margins.right - col + 1);
        let pen = Pen::of(self.grid.screen());
        let kept = if col + count <= margins.right {
            self.cells_as_text(row, col + count, margins.right)
        } else {
            String::new()
        };
        self.grid.process(kept.as_bytes());
        self.set_pen(pen);
        self.grid.go_to(row, margins.right + 1 - count);
        self.grid.emit(format_args!("\x1b[{count}X"));
        self.grid.go_to(row, col);
    }

    /// Moves the cells between the side margins of some rows up or down; leaves the cursor anywhere.
    fn shift_between_sides(&mut self, first: u16, last: u16, count: u16, up: bool) {
        let Margins { left, right, .. } = self.state.margins;
        let pen = Pen::of(self.grid.screen());
        let count = count.min(last - first + 1);
        self.charge_rows(last - first + 1);
        for step in 0..last - first + 1 - count {
            let (from, to) =
                if up { (first + count + step, first + step) } else { (last - count - step, last - step) };
            let text = self.cells_as_text(from, left, right);
            self.grid.go_to(to, left);
            self.grid.process(text.as_bytes());
        }
        self.set_pen(pen);
        let blank = if up { last + 1 - count } else { first };
        for row in blank..blank + count {
            self.grid.go_to(row, left);
            self.grid.emit(format_args!("\x1b[{}X", right - left + 1));
        }
    }
}
