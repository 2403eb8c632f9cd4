//! Cursor moves and erasures of the grid. Never scrolls anything into history.

use super::{Cursor, Grid, Row};

impl Grid {
    /// To a position counted from the top, or from the region's top under DECOM.
    pub(in crate::transcript) fn move_to(&mut self, row: usize, col: usize) {
        let (base, limit) =
            if self.modes.origin { (self.top, self.bottom) } else { (0, self.height.saturating_sub(1)) };
        self.cursor =
            Cursor { row: base.saturating_add(row).min(limit), col: col.min(self.cols.saturating_sub(1)) };
    }

    /// To a row, the column unchanged, a pending wrap too, as on the live screen (VPA).
    pub(in crate::transcript) fn move_to_row(&mut self, row: usize) {
        let col = self.cursor.col;
        self.move_to(row, 0);
        self.cursor.col = col;
    }

    /// To a column of this row.
    pub(in crate::transcript) fn move_to_col(&mut self, col: usize) {
        self.cursor.col = col.min(self.cols.saturating_sub(1));
    }

    /// Up, stopping at the top margin when it starts below it.
    pub(in crate::transcript) fn up(&mut self, count: usize) {
        let limit = if self.cursor.row >= self.top { self.top } else { 0 };
        self.cursor.row = self.cursor.row.saturating_sub(count).max(limit);
    }

    /// Down, stopping at the bottom margin when it starts above it.
    pub(in crate::transcript) fn down(&mut self, count: usize) {
        let limit = if self.cursor.row <= self.bottom { self.bottom } else { self.height - 1 };
        self.cursor.row = self.cursor.row.saturating_add(count).min(limit);
    }

    /// Left; from the pending wrap the first step stays in the last column's left, as in xterm.
    pub(in crate::transcript) fn left(&mut self, count: usize) {
        let col = self.cursor.col.min(self.cols.saturating_sub(1));
        self.cursor.col = col.saturating_sub(count);
    }

    /// Right, to the last column at most.
    pub(in crate::transcript) fn right(&mut self, count: usize) {
        self.move_to_col(self.cursor.col.saturating_add(count));
    }

    /// To the next tab stop, every 8 columns; nothing moves at the pending wrap.
    pub(in crate::transcript) fn tab(&mut self, count: usize) {
        let last = self.cols.saturating_sub(1);
        let offset = self.offset;
        for _ in 0..count.min(self.cols) {
            let from = self.cursor.col;
            let to = ((from / 8 + 1) * 8).min(last);
            if from >= to {
                return;
            }
            let row = self.row_mut();
            row.tab(from, to);
            row.offset = offset;
            self.cursor.col = to;
        }
    }

    /// To the previous tab stop.
    pub(in crate::transcript) fn back_tab(&mut self, count: usize) {
        for _ in 0..count.min(self.cols) {
            self.cursor.col = self.cursor.col.saturating_sub(1) / 8 * 8;
        }
    }

    /// EL: 0 to the end, 1 to the start, 2 all of the row.
    pub(in crate::transcript) fn erase_in_row(&mut self, what: usize) {
        let (col, cols) = (self.cursor.col, self.cols);
        let (from, to) = match what {
            0 => (col, cols),
            1 => (0, col.saturating_add(1)),
            2 => (0, cols),
            _ => return,
        };
        let offset = self.offset;
        let row = self.row_mut();
        row.erase(from, to);
        row.offset = offset;
        if to >= cols && from < cols {
            row.wrapped = false;
        }
    }

    /// ED 0 and 1: below or above the cursor, its own row's part included. The whole screen is the emulator's.
    pub(in crate::transcript) fn erase_in_screen(&mut self, above: bool) {
        self.erase_in_row(usize::from(above));
        let at = self.cursor.row;
        let (skip, take) = if above { (0, at) } else { (at + 1, usize::MAX) };
        for row in self.rows.iter_mut().skip(skip).take(take) {
            row.erase(0, usize::MAX);
            row.wrapped = false;
        }
        if above {
            return;
        }
        // nothing continues below any more
        if let Some(row) = at.checked_sub(1).and_then(|above| self.rows.get_mut(above)) {
            row.wrapped &= self.cursor.col > 0;
        }
    }

    /// ECH.
    pub(in crate::transcript) fn erase_cells(&mut self, count: usize) {
        let col = self.cursor.col;
        let to = col.saturating_add(count).min(self.cols);
        self.row_mut().erase(col, to);
    }

    /// ICH.
    pub(in crate::transcript) fn insert_cells(&mut self, count: usize) {
        let (col, cols) = (self.cursor.col, self.cols);
        self.row_mut().insert(col, count, cols);
    }

    /// DCH.
    pub(in crate::transcript) fn delete_cells(&mut self, count: usize) {
        let col = self.cursor.col;
        let row = self.row_mut();
        row.delete(col, count);
        row.wrapped = false;
    }

    /// IL.
    pub(in crate::transcript) fn insert_lines(&mut self, count: usize) {
        if (self.top..=self.bottom).contains(&self.cursor.row) {
            let (at, bottom) = (self.cursor.row, self.bottom);
            self.insert_rows(at, bottom, count);
            self.cursor.col = 0;
        }
    }

    /// DL.
    pub(in crate::transcript) fn delete_lines(&mut self, count: usize) {
        if !(self.top..=self.bottom).contains(&self.cursor.row) {
            return;
        }
        let (at, bottom) = (self.cursor.row, self.bottom);
        self.fill_to(bottom);
        let mut notes = Vec::new();
        for _ in 0..count.min(bottom - at + 1) {
            if let Some(mut row) = self.rows.remove(at) {
                notes.append(&mut row.notes);
                row.clear();
                self.rows.insert(bottom, row);
            }
        }
        self.cursor.col = 0;
        self.row_mut().notes.splice(0..0, notes);
    }

    /// Blank rows at `at`; what passes `bottom` is lost, its notes excepted.
    pub(super) fn insert_rows(&mut self, at: usize, bottom: usize, count: usize) {
        self.fill_to(bottom);
        for _ in 0..count.min(bottom + 1 - at) {
            let mut row = self.rows.remove(bottom).unwrap_or_default();
            let notes = std::mem::take(&mut row.notes);
            row.clear();
            self.rows.insert(at, row);
            if let Some(last) = self.rows.get_mut(bottom).filter(|_| !notes.is_empty()) {
                last.notes.extend(notes);
            }
        }
    }

    /// Blanks every row and hands their notes over, in order.
    pub(in crate::transcript) fn erase_all(&mut self) -> Vec<u8> {
        let mut notes = Vec::new();
        for row in &mut self.rows {
            notes.append(&mut row.notes);
            row.clear();
        }
        notes
    }

    /// DECALN.
    pub(in crate::transcript) fn fill_with_e(&mut self) {
        let cell =
            super::Cell { ch: 'E', fill: super::Fill::Narrow, style: crate::transcript::Style::default() };
        let mut full = Row::default();
        (0..self.cols).for_each(|col| full.put(col, cell));
        let height = self.height;
        self.fill_to(height - 1);
        self.rows.iter_mut().for_each(|row| {
            let notes = std::mem::take(&mut row.notes);
            *row = full.clone();
            row.notes = notes;
        });
        self.cursor = Cursor::default();
    }
}
