//! Rectangles of the VT420: DECFRA, DECERA, DECSERA, DECCRA. Never acts outside the screen.

use super::{Normaliser, params::Params, state::Pen};

/// A rectangle of cells, from 0, all sides inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Area {
    top: u16,
    left: u16,
    bottom: u16,
    right: u16,
}

impl Normaliser {
    /// The rectangle in parameters `from` on; relative to the margins in origin mode.
    fn area(&self, params: &Params, from: usize) -> Option<Area> {
        let size = self.grid.size();
        let (offset, rows) = self.origin();
        let top = params.or(from, 1).saturating_add(offset);
        let left = params.or(from + 1, 1);
        let bottom = params.or(from + 2, u16::MAX).saturating_add(offset).min(rows);
        let right = params.or(from + 3, u16::MAX).min(size.cols);
        (top <= bottom && left <= right).then(|| Area {
            top: top - 1,
            left: left - 1,
            bottom: bottom - 1,
            right: right - 1,
        })
    }

    /// The row 1 counts from, and the last row, as origin mode has them.
    pub(super) fn origin(&self) -> (u16, u16) {
        let margins = self.state.margins;
        if self.state.edit.origin { (margins.top, margins.bottom + 1) } else { (0, self.grid.size().rows) }
    }

    /// Does something in each row of a rectangle, then puts the cursor back.
    fn each_row(&mut self, params: &Params, from: usize, mut act: impl FnMut(&mut Self, u16, u16, u16)) {
        let Some(area) = self.area(params, from) else { return };
        let (row, col) = (self.grid.position().0, self.column());
        self.charge_rows(area.bottom - area.top + 1);
        for painted in area.top..=area.bottom {
            act(self, painted, area.left, area.right);
        }
        self.grid.go_to(row, col);
    }

    /// DECERA.
    pub(super) fn erase_area(&mut self, params: &Params) {
        self.each_row(params, 0, |this, row, left, right| {
            this.grid.go_to(row, left);
            this.grid.emit(format_args!("\x1b[{}X", right - left + 1));
        });
    }

    /// DECSERA.
    pub(super) fn erase_unprotected_area(&mut self, params: &Params) {
        self.each_row(params, 0, Self::erase_unprotected);
    }

    /// DECFRA: only printable characters of one byte.
    pub(super) fn fill_area(&mut self, params: &Params) {
        let ch = u8::try_from(params.get(0)).ok().filter(|code| matches!(code, 0x20..=0x7e | 0xa0..=0xff));
        let Some(ch) = ch.map(char::from) else { return };
        let edit = std::mem::take(&mut self.state.edit);
        self.each_row(params, 1, |this, row, left, right| {
            this.grid.go_to(row, left);
            let line = ch.to_string().repeat(usize::from(right - left + 1));
            this.text(line.as_bytes());
        });
        self.state.edit = edit;
    }

    /// DECCRA: pages are ignored, the copy is cut at the screen's edges.
    pub(super) fn copy_area(&mut self, params: &Params) {
        let Some(area) = self.area(params, 0) else { return };
        let size = self.grid.size();
        let (offset, _) = self.origin();
        let top = params.or(5, 1) - 1 + offset;
        let left = params.or(6, 1) - 1;
        let (row, col) = (self.grid.position().0, self.column());
        let pen = Pen::of(self.grid.screen());
        let copied: Vec<(u16, String)> = (area.top..=area.bottom)
            .zip(top..size.rows)
            .map(|(from, to)| (to, self.row_as_text(from, area, size.cols.saturating_sub(left))))
            .collect();
        self.charge_rows(area.bottom - area.top + 1);
        for (to, text) in copied.iter().filter(|_| left < size.cols) {
            self.grid.go_to(*to, left);
            self.grid.process(text.as_bytes());
        }
        self.set_pen(pen);
        self.grid.go_to(row, col);
    }

    /// At most `room` cells of a row as bytes that draw them anew; blank cells are erased, not drawn.
    fn row_as_text(&self, row: u16, area: Area, room: u16) -> String {
        let mut text = String::new();
        let mut left = room;
        for cell in (area.left..=area.right).filter_map(|col| self.grid.cell(row, col)) {
            let width = 1 + u16::from(cell.is_wide());
            if cell.is_wide_continuation() {
                continue;
            }
            let Some(rest) = left.checked_sub(width) else { break };
            left = rest;
            let pen = Pen::of_cell(cell).parameters();
            let contents = if cell.has_contents() { cell.contents() } else { "\x1b[X\x1b[C" };
            text.push_str(&format!("\x1b[{pen}m{contents}"));
        }
        text
    }
}
