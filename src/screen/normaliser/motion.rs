//! Moving the cursor where vt100 would move it differently from xterm. Never changes a cell, but for the rows that
//! scroll in with a background colour.

use super::{Normaliser, state::Pen};

impl Normaliser {
    /// Puts the cursor anywhere; a column behind the last one makes a wrap pending.
    pub(super) fn place(&mut self, row: u16, col: u16) {
        let size = self.grid.size();
        let row = row.min(size.rows - 1);
        if col < size.cols {
            self.grid.go_to(row, col);
            return;
        }
        // only drawing in the last column gets the cursor behind it: draw what is there once more
        let last = size.cols - 1;
        let wide = self.grid.cell(row, last).is_some_and(vt100::Cell::is_wide_continuation);
        let col = last - u16::from(wide);
        let Some(cell) = self.grid.cell(row, col) else { return };
        let (cell_pen, text) = (Pen::of_cell(cell).parameters(), cell.contents().to_owned());
        let pen = Pen::of(self.grid.screen()).parameters();
        self.grid.go_to(row, col);
        if text.is_empty() {
            self.grid.emit(format_args!("\x1b[{cell_pen}m \x1b7\x08\x1b[X\x1b8\x1b[{pen}m"));
        } else {
            self.grid.emit(format_args!("\x1b[{cell_pen}m{text}\x1b[{pen}m"));
        }
    }

    /// BS and CUB: `count` columns to the left, over the margin with reverse wrap.
    pub(super) fn back(&mut self, count: u16) {
        let size = self.grid.size();
        let (mut row, mut col) = (self.grid.position().0, self.column());
        let mut first = self.left_limit();
        let edit = self.state.edit;
        let reverse = (edit.reverse_wrap || edit.reverse_wrap_any) && edit.wrap;
        let mut left = count;
        if self.grid.position().1 >= size.cols || self.state.margin_wrap {
            left -= u16::from(reverse); // leaving the pending wrap is a step of its own
        }
        self.state.margin_wrap = false;
        if !reverse {
            self.grid.go_to(row, col.saturating_sub(left).max(first));
            return;
        }
        while left > 0 {
            let step = left.min(col - first);
            col -= step;
            left -= step;
            if left == 0 {
                break;
            }
            let Some(above) = self.row_before(row) else { break };
            (row, col) = (above, self.state.margins.right);
            first = self.state.margins.left;
            left -= 1;
        }
        self.grid.go_to(row, col);
    }

    /// The row a reverse wrap at the left margin leads to.
    fn row_before(&self, row: u16) -> Option<u16> {
        let margins = self.state.margins;
        let rows = self.grid.size().rows;
        let (top, bottom) = if margins.hold(row) { (margins.top, margins.bottom) } else { (0, rows - 1) };
        if self.state.edit.reverse_wrap_any {
            return Some(if row == top { bottom } else { row - 1 });
        }
        row.checked_sub(1).filter(|above| row != top && self.grid.screen().row_wrapped(*above))
    }

    /// HT and CHT: to the next tab stops.
    pub(super) fn tab_forward(&mut self, count: u16) {
        self.settle_margin();
        let last = self.right_limit();
        let mut col = self.column();
        for _ in 0..count.min(last) {
            col = (col + 1..last).find(|col| self.state.tabs.at(*col)).unwrap_or(last);
        }
        self.grid.emit(format_args!("\x1b[{}G", col + 1));
    }

    /// CBT: back to earlier tab stops.
    pub(super) fn tab_back(&mut self, count: u16) {
        let last = self.grid.size().cols - 1;
        let mut col = self.grid.position().1.min(last);
        for _ in 0..count.min(last) {
            col = (1..col).rev().find(|col| self.state.tabs.at(*col)).unwrap_or(0);
        }
        self.grid.emit(format_args!("\x1b[{}G", col + 1));
    }

    /// LF, VT, FF, IND (and NEL with `carriage`): a row scrolled in has the background colour.
    pub(super) fn line_feed(&mut self, carriage: bool) {
        if self.has_sides() {
            self.feed_between_sides();
            if carriage {
                self.carriage_return();
            }
            return;
        }
        let row = self.grid.position().0;
        self.grid.process(if carriage { b"\r\n" } else { b"\n" });
        if self.background && row == self.state.margins.bottom {
            self.grid.process(b"\x1b[2K");
        }
        self.state.used.jumped = false;
    }

    /// RI.
    pub(super) fn reverse_index(&mut self) {
        if self.has_sides() {
            return self.reverse_between_sides();
        }
        let row = self.grid.position().0;
        self.grid.process(b"\x1bM");
        if self.background && row == self.state.margins.top {
            self.grid.process(b"\x1b[2K");
        }
    }

    /// The column the cursor is shown in.
    pub(super) fn column(&self) -> u16 {
        let col = self.grid.position().1 - u16::from(self.state.margin_wrap);
        col.min(self.grid.size().cols - 1)
    }
}
