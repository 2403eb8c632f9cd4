//! Erasing, inserting and deleting with the background colour (BCE), and selective erase. vt100 leaves new rows and
//! columns in the default colour; here they get the pen's, as in xterm.

use super::Normaliser;

impl Normaliser {
    /// ICH: `raw` does it, the new cells get the background colour.
    pub(super) fn insert_cells(&mut self, raw: &[u8], count: u16) {
        self.grid.process(raw);
        if self.background && self.grid.position().1 < self.grid.size().cols {
            self.grid.emit(format_args!("\x1b[{count}X"));
        }
    }

    /// DCH, likewise for the cells that come in at the right.
    pub(super) fn delete_cells(&mut self, raw: &[u8], count: u16) {
        self.grid.process(raw);
        let (row, col) = self.grid.position();
        let cols = self.grid.size().cols;
        if self.background && col < cols {
            self.grid.go_to(row, cols - count.min(cols - col));
            self.grid.process(b"\x1b[K");
            self.grid.go_to(row, col);
        }
    }

    /// IL and DL: they also go to the first column, and do nothing outside the margins.
    pub(super) fn shift_lines(&mut self, raw: &[u8], count: u16, insert: bool) {
        let row = self.grid.position().0;
        let margins = self.state.margins;
        if !margins.hold(row) {
            return;
        }
        self.grid.process(raw);
        self.grid.process(b"\r");
        let count = count.min(margins.bottom - row + 1);
        self.charge_rows(count);
        if insert {
            self.paint_rows(row, count);
        } else {
            self.paint_rows(margins.bottom + 1 - count, count);
        }
    }

    /// SU and SD.
    pub(super) fn scroll(&mut self, raw: &[u8], count: u16, up: bool) {
        self.grid.process(raw);
        let margins = self.state.margins;
        let count = count.min(margins.bottom - margins.top + 1);
        self.charge_rows(count);
        self.paint_rows(if up { margins.bottom + 1 - count } else { margins.top }, count);
    }

    /// Erases whole rows with the background colour, if there is one.
    fn paint_rows(&mut self, first: u16, count: u16) {
        if !self.background {
            return;
        }
        let (row, col) = self.grid.position();
        for painted in first..first.saturating_add(count) {
            self.grid.go_to(painted, 0);
            self.grid.process(b"\x1b[2K");
        }
        self.place(row, col);
    }

    /// DECIC, DECDC and the column DECBI and DECFI move: in all rows of the region.
    pub(super) fn shift_columns(&mut self, at: u16, count: u16, insert: bool) {
        let (row, col) = (self.grid.position().0, self.column());
        let margins = self.state.margins;
        if !margins.hold(row) || !margins.hold_col(col) {
            return;
        }
        self.settle_margin();
        for shifted in margins.top..=margins.bottom {
            self.grid.go_to(shifted, at);
            if self.sides {
                if insert {
                    self.insert_between_sides(count);
                } else {
                    self.delete_between_sides(count);
                }
                continue;
            }
            let mut raw = [0; 8];
            let raw = sequence(&mut raw, count, if insert { b'@' } else { b'P' });
            if insert {
                self.insert_cells(raw, count);
            } else {
                self.delete_cells(raw, count);
            }
        }
        self.charge_rows(margins.bottom - margins.top + 1);
        self.grid.go_to(row, col);
    }

    /// DECSED and DECSEL: what is not protected, in the rows of `J` or the columns of `K`.
    pub(super) fn selective_erase(&mut self, part: u16, whole_rows: bool) {
        let size = self.grid.size();
        let (row, col, last) = (self.grid.position().0, self.column(), size.cols - 1);
        match part {
            0 => self.erase_unprotected(row, col, last),
            1 => self.erase_unprotected(row, 0, col),
            2 => self.erase_unprotected(row, 0, last),
            _ => return,
        }
        let others = match part {
            _ if !whole_rows => 0..0,
            0 => row + 1..size.rows,
            1 => 0..row,
            _ => 0..size.rows,
        };
        for other in others {
            self.erase_unprotected(other, 0, last);
        }
        self.grid.go_to(row, col);
    }

    /// Erases the cells of a row between two columns that are not protected; moves the cursor.
    pub(super) fn erase_unprotected(&mut self, row: u16, left: u16, right: u16) {
        self.charge_rows(1);
        let mut col = left;
        while col <= right {
            let kept = self.protected(row, col);
            let end = (col..=right).find(|next| self.protected(row, *next) != kept).unwrap_or(right + 1);
            if !kept {
                self.grid.go_to(row, col);
                self.grid.emit(format_args!("\x1b[{}X", end - col));
            }
            col = end;
        }
    }

    fn protected(&self, row: u16, col: u16) -> bool {
        let cell = self.grid.cell(row, col);
        let cell = match cell {
            Some(half) if half.is_wide_continuation() => {
                col.checked_sub(1).and_then(|c| self.grid.cell(row, c))
            }
            other => other,
        };
        cell.and_then(|cell| self.extras.of(cell.contents())).is_some_and(|extra| extra.flags.protected)
    }
}

/// `CSI count last` in a buffer.
fn sequence(buffer: &mut [u8; 8], count: u16, last: u8) -> &[u8] {
    use std::io::Write;
    let mut rest = buffer.as_mut_slice();
    // at most 2 + 5 + 1 bytes
    let _ = write!(rest, "\x1b[{count}{}", char::from(last));
    let left = rest.len();
    let (written, _) = buffer.split_at(buffer.len() - left);
    written
}
