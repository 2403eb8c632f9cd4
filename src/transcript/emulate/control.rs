//! What each control character and sequence does to the grid (xterm ctlseqs, "VT100 Mode"). Never answers one.

use super::Emulator;
use crate::transcript::{
    gone::Gone,
    grid::{Grid, Modes},
    style::number,
    token::Csi,
};

impl Emulator {
    pub(super) fn control(&mut self, control: u8) {
        let (grid, mut gone) = self.grid_and_gone();
        match control {
            8 => grid.left(1),
            9 => grid.tab(1),
            b'\n' | 0xb | 0xc => grid.line_feed(&mut gone),
            b'\r' => grid.cursor.col = 0,
            0xe => grid.modes.shifted = true,
            0xf => grid.modes.shifted = false,
            _ => {}
        }
    }

    pub(super) fn escape(&mut self, intermediate: u8, last: u8, now_ms: u64) {
        if (intermediate, last) == (0, b'c') {
            self.reset(now_ms);
            return;
        }
        let (grid, mut gone) = self.grid_and_gone();
        match (intermediate, last) {
            (0, b'7') => grid.save(),
            (0, b'8') => grid.restore(),
            (0, b'D') => grid.line_feed(&mut gone),
            (0, b'E') => {
                grid.cursor.col = 0;
                grid.line_feed(&mut gone);
            }
            (0, b'M') => grid.reverse_line_feed(),
            (b'#', b'8') => grid.fill_with_e(),
            (b'(', set) => set_charset(&mut grid.modes, 0, set),
            (b')', set) => set_charset(&mut grid.modes, 1, set),
            _ => {}
        }
    }

    /// RIS: the screen is cleared by the rule for clears, everything else forgotten.
    fn reset(&mut self, now_ms: u64) {
        if self.alternate.is_some() {
            self.leave();
        }
        self.clear(now_ms);
        self.main.soft_reset();
        self.main.move_to(0, 0);
    }

    pub(super) fn csi(&mut self, csi: Csi<'_>, homed: bool, now_ms: u64) {
        match (csi.marker, csi.intermediate, csi.last) {
            (0 | b'?', 0, b'J') => self.erase(&csi, homed, now_ms),
            (b'?', 0, b'h') => self.private_modes(&csi, true),
            (b'?', 0, b'l') => self.private_modes(&csi, false),
            (b'?', 0, b'K') => self.grid().erase_in_row(csi.value(0, 0)),
            (0, b'!', b'p') => self.grid().soft_reset(),
            (0, 0, b'H' | b'f') => {
                let (row, col) = (csi.value(0, 1), csi.value(1, 1));
                self.grid().move_to(row.saturating_sub(1), col.saturating_sub(1));
                self.clears.homed = row <= 1 && col <= 1 && self.main.is_whole();
            }
            (0, 0, last) => {
                let (grid, mut gone) = self.grid_and_gone();
                if !moves(grid, &csi, last) {
                    edits(grid, &csi, last, &mut gone);
                }
            }
            _ => {}
        }
    }

    fn erase(&mut self, csi: &Csi<'_>, homed: bool, now_ms: u64) {
        match csi.value(0, 0) {
            0 if homed => self.clear(now_ms),
            0 => self.grid().erase_in_screen(false),
            1 => self.grid().erase_in_screen(true),
            2 => self.clear(now_ms),
            // 3 erases the terminal's history; ours is the log
            _ => {}
        }
        self.clears.homed = homed;
    }

    fn private_modes(&mut self, csi: &Csi<'_>, on: bool) {
        for mode in csi.parameters.split(|byte| *byte == b';').map(number) {
            let offset = self.grid().offset;
            match mode {
                6 => {
                    let grid = self.grid();
                    grid.modes.origin = on;
                    grid.move_to(0, 0);
                }
                7 => self.grid().modes.wrap = on,
                47 | 1047 if on => self.enter(offset),
                1049 if on => {
                    self.grid().save();
                    self.enter(offset);
                }
                47 | 1047 => self.leave(),
                1049 => {
                    let was_there = self.alternate.is_some();
                    self.leave();
                    if was_there {
                        self.main.restore();
                    }
                }
                1048 if on => self.grid().save(),
                1048 => self.grid().restore(),
                _ => {}
            }
        }
    }
}

/// Cursor moves; whether it was one.
fn moves(grid: &mut Grid, csi: &Csi<'_>, last: u8) -> bool {
    let count = csi.value(0, 1).max(1);
    match last {
        b'A' => grid.up(count),
        b'B' | b'e' => grid.down(count),
        b'C' | b'a' => grid.right(count),
        b'D' => grid.left(count),
        b'E' => {
            grid.down(count);
            grid.cursor.col = 0;
        }
        b'F' => {
            grid.up(count);
            grid.cursor.col = 0;
        }
        b'G' | b'`' => grid.move_to_col(count - 1),
        b'd' => grid.move_to_row(count - 1),
        b'I' => grid.tab(count),
        b'Z' => grid.back_tab(count),
        b's' => grid.save(),
        b'u' => grid.restore(),
        _ => return false,
    }
    true
}

fn edits(grid: &mut Grid, csi: &Csi<'_>, last: u8, gone: &mut Option<&mut Gone>) {
    let count = csi.value(0, 1).max(1);
    match last {
        b'm' => grid.style.apply(csi.parameters),
        b'K' => grid.erase_in_row(csi.value(0, 0)),
        b'@' => grid.insert_cells(count),
        b'P' => grid.delete_cells(count),
        b'X' => grid.erase_cells(count),
        b'L' => grid.insert_lines(count),
        b'M' => grid.delete_lines(count),
        b'S' => grid.scroll_up(count, false, gone),
        b'T' => grid.scroll_down(count),
        b'b' => grid.repeat(count, gone),
        b'r' => {
            let bottom = csi.value(1, 0).checked_sub(1).unwrap_or(usize::MAX);
            grid.set_region(csi.value(0, 1).max(1) - 1, bottom);
        }
        b'h' | b'l' => {
            for mode in csi.parameters.split(|byte| *byte == b';').map(number) {
                match mode {
                    4 => grid.modes.insert = last == b'h',
                    20 => grid.modes.newline = last == b'h',
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn set_charset(modes: &mut Modes, slot: usize, set: u8) {
    if let Some(drawing) = modes.drawing.get_mut(slot) {
        *drawing = set == b'0';
    }
}

impl Csi<'_> {
    /// The parameter at `index`, or `missing` where it is absent or empty.
    fn value(&self, index: usize, missing: usize) -> usize {
        let group = self.parameters.split(|byte| *byte == b';').nth(index).unwrap_or_default();
        if group.is_empty() { missing } else { usize::from(number(group)) }
    }
}
