//! Rectangles of the VT420: DECFRA, DECERA, DECSERA, DECCRA. Never acts outside the screen.

use super::{
    Normaliser,
    params::Params,
    state::{Margins, Pen},
};
use std::fmt::Write;

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
        let (offset, rows) = self.origin();
        let (inset, cols) = self.side_origin();
        let top = params.or(from, 1).saturating_add(offset);
        let left = params.or(from + 1, 1).saturating_add(inset);
        let bottom = params.or(from + 2, u16::MAX).saturating_add(offset).min(rows);
        let right = params.or(from + 3, u16::MAX).saturating_add(inset).min(cols);
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

    /// The column 1 counts from, and the last column, likewise.
    fn side_origin(&self) -> (u16, u16) {
        let margins = self.state.margins;
        if self.state.edit.origin { (margins.left, margins.right + 1) } else { (0, self.grid.size().cols) }
    }

    /// Does something in each row of a rectangle, then puts the cursor back.
    fn each_row(&mut self, area: Option<Area>, mut act: impl FnMut(&mut Self, u16, u16, u16)) {
        let Some(area) = area else { return };
        let (row, col) = (self.grid.position().0, self.column());
        self.charge_rows(area.bottom - area.top + 1);
        for painted in area.top..=area.bottom {
            act(self, painted, area.left, area.right);
        }
        self.grid.go_to(row, col);
    }

    /// DECERA.
    pub(super) fn erase_area(&mut self, params: &Params) {
        self.each_row(self.area(params, 0), |this, row, left, right| {
            this.grid.go_to(row, left);
            this.grid.emit(format_args!("\x1b[{}X", right - left + 1));
        });
    }

    /// DECSERA.
    pub(super) fn erase_unprotected_area(&mut self, params: &Params) {
        self.each_row(self.area(params, 0), Self::erase_unprotected);
    }

    /// DECFRA: only printable characters of one byte, whatever modes and margins.
    pub(super) fn fill_area(&mut self, params: &Params) {
        let ch = u8::try_from(params.get(0)).ok().filter(|code| matches!(code, 0x20..=0x7e | 0xa0..=0xff));
        let Some(ch) = ch.map(char::from) else { return };
        let area = self.area(params, 1);
        let (edit, margins) = (std::mem::take(&mut self.state.edit), self.state.margins);
        let full = Margins::full(self.grid.size());
        self.state.margins = Margins { left: full.left, right: full.right, ..margins };
        self.each_row(area, |this, row, left, right| {
            this.grid.go_to(row, left);
            let line = ch.to_string().repeat(usize::from(right - left + 1));
            this.text(line.as_bytes());
        });
        (self.state.edit, self.state.margins) = (edit, margins);
    }

    /// DECCRA: pages are ignored, the copy is cut at the screen's edges.
    pub(super) fn copy_area(&mut self, params: &Params) {
        let Some(area) = self.area(params, 0) else { return };
        let size = self.grid.size();
        let (offset, _) = self.origin();
        let (inset, _) = self.side_origin();
        let top = (params.or(5, 1) - 1).saturating_add(offset);
        let left = (params.or(6, 1) - 1).saturating_add(inset);
        if left >= size.cols {
            return;
        }
        let right = area.right.min(area.left + (size.cols - 1 - left));
        let (row, col) = (self.grid.position().0, self.column());
        let pen = Pen::of(self.grid.screen());
        let copied: Vec<(u16, String)> = (area.top..=area.bottom)
            .zip(top..size.rows)
            .map(|(from, to)| (to, self.cells_as_text(from, area.left, right)))
            .collect();
        self.charge_rows(area.bottom - area.top + 1);
        for (to, text) in &copied {
            self.grid.go_to(*to, left);
            self.grid.process(text.as_bytes());
        }
        self.set_pen(pen);
        self.grid.go_to(row, col);
    }

    /// The cells of a row between two columns as bytes that draw them anew; blank ones are erased, and so are the
    /// halves of wide characters that the columns cut.
    pub(super) fn cells_as_text(&self, row: u16, left: u16, right: u16) -> String {
        let mut text = String::new();
        let mut drawn = left;
        for (col, cell) in (left..=right).filter_map(|col| self.grid.cell(row, col).map(|cell| (col, cell))) {
            if col < drawn {
                continue;
            }
            let pen = Pen::of_cell(cell).parameters();
            let whole = !cell.is_wide() || col < right;
            let shown = cell.has_contents() && !cell.is_wide_continuation() && whole;
            let contents = if shown { cell.contents() } else { "\x1b[X\x1b[C" };
            let _ = write!(text, "\x1b[{pen}m{contents}");
            drawn = col + 1 + u16::from(shown && cell.is_wide());
        }
        text
    }
}
