//! A new size. The main screen reflows when its width changes, by its own logical lines (emulation.md §7, R2); the
//! alternate one is cut or padded, its program paints it anew. Never replays bytes at a width they were not for.

use super::{
    Normaliser,
    state::{Margins, Pen},
};
use crate::{screen::grid::Grid, task::Size};

impl Normaliser {
    /// Takes a new size; the scroll region is the whole screen then, as in xterm.
    pub(in crate::screen) fn resize(&mut self, size: Size) {
        let size = Size::new(size.rows, size.cols);
        let old = self.grid.size();
        if size == old {
            return;
        }
        self.settle_margin();
        if size.cols == old.cols {
            self.resize_height(size);
        } else {
            self.reflow(size);
        }
        for alternate in [false, true] {
            if let Some(saved) = self.state.saved.of_mut(alternate) {
                saved.row = saved.row.min(size.rows - 1);
                let pending = saved.col >= old.cols && size.cols == old.cols;
                saved.col = saved.col.min(size.cols - u16::from(!pending));
            }
        }
        self.at_edge = false;
        self.state.margin_wrap = false;
    }

    fn resize_height(&mut self, size: Size) {
        let pen = Pen::of(self.grid.screen());
        let pending = self.grid.position().1;
        let before = self.cursor_rows();
        self.grid.set_size(size);
        let moved: Vec<u16> =
            before.iter().zip(self.cursor_rows()).map(|(old, new)| old.saturating_sub(new)).collect();
        let shown = self.state.modes.alternate_screen;
        for (screen, rows) in [shown, !shown].into_iter().zip(moved.iter().rev()) {
            if let Some(saved) = self.state.saved.of_mut(screen) {
                saved.row = saved.row.saturating_sub(*rows);
            }
        }
        if !shown {
            let up = moved.last().copied().unwrap_or(0);
            self.state.used.rows = self.state.used.rows.saturating_sub(up).clamp(1, size.rows);
        }
        self.state.margins = Margins::full(size);
        let row = self.grid.position().0;
        self.resume((row, pending), pen);
    }

    /// Rows of the cursors of the hidden and the shown screen, as far as there are two.
    fn cursor_rows(&mut self) -> Vec<u16> {
        let mut rows = Vec::new();
        self.grid.both(|screen| rows.push(screen.cursor_position().0));
        rows
    }

    fn reflow(&mut self, size: Size) {
        let pen = Pen::of(self.grid.screen());
        let shown = self.state.modes.alternate_screen;
        self.grid.show_main();
        let before = self.grid.position();
        let lines = Lines::of(&self.grid, before);
        let alternate = self.grid.alternate_at_size(size);
        let mut grid = Grid::new(size);
        let (cursor, used) = lines.pour(&mut grid);
        self.state.used.rows = used;
        self.state.margins = Margins::full(size);
        if let Some(saved) = self.state.saved.of_mut(false)
            && (saved.row, saved.col) == before
        {
            (saved.row, saved.col) = cursor;
        }
        let cursor = match alternate {
            None => cursor,
            Some((cells, position)) => {
                grid.show_alternate(true);
                grid.process(cells.as_bytes());
                if shown { position } else { cursor }
            }
        };
        if !shown {
            grid.show_main();
        }
        self.grid = grid;
        self.resume(cursor, pen);
    }
}

/// A screen as logical lines: rows joined where text was wrapped.
struct Lines {
    lines: Vec<Line>,
    /// Line of the cursor, and its column in that line.
    cursor: (usize, usize),
}

/// One logical line: what draws its cells, one entry a cell, and the pen of the blank cells behind them.
#[derive(Default)]
struct Line {
    cells: Vec<Drawn>,
    behind: Pen,
}

struct Drawn {
    pen: Pen,
    text: String,
    cols: usize,
}

impl Lines {
    /// The lines of the screen that is shown, down to the last one with the cursor or something in it.
    fn of(grid: &Grid, cursor: (u16, u16)) -> Self {
        let size = grid.size();
        let blank = |row: u16| (0..size.cols).all(|col| grid.cell(row, col).is_none_or(is_blank));
        let last =
            (cursor.0..size.rows).rev().find(|row| *row == cursor.0 || !blank(*row)).unwrap_or(cursor.0);
        let mut lines = Vec::new();
        let mut line = Line::default();
        let (mut cols, mut found) = (0, (0, 0));
        for row in 0..=last {
            if row == cursor.0 {
                found = (lines.len(), cols + usize::from(cursor.1));
            }
            line.take_row(grid, row);
            let wrapped = grid.row_wrapped(row) && row < last;
            let filler = wrapped && line.cells.pop_if(|cell| cell.text.is_empty()).is_some();
            cols += usize::from(size.cols - u16::from(filler));
            if !wrapped {
                line.trim();
                lines.push(std::mem::take(&mut line));
                cols = 0;
            }
        }
        Self { lines, cursor: found }
    }

    /// Draws the lines on a blank grid; tells where the cursor is then, and how many rows are used.
    fn pour(&self, grid: &mut Grid) -> ((u16, u16), u16) {
        let cols = grid.size().cols;
        let mut cursor = (0, 0);
        let mut scrolled_at = 0;
        for (number, line) in self.lines.iter().enumerate() {
            if number > 0 {
                grid.process(b"\x1b[m\r\n");
            }
            let wanted = (number == self.cursor.0).then_some(self.cursor.1);
            if let Some((row, col, scrolled)) = line.pour(grid, wanted) {
                (cursor, scrolled_at) = ((row, col.min(cols)), scrolled);
            }
        }
        let up = grid.scrolled() - scrolled_at;
        let row = usize::from(cursor.0).saturating_sub(up);
        let used = grid.position().0.saturating_add(1).min(grid.size().rows);
        ((u16::try_from(row).unwrap_or(0), cursor.1), used)
    }
}

impl Line {
    fn take_row(&mut self, grid: &Grid, row: u16) {
        for cell in (0..grid.size().cols).filter_map(|col| grid.cell(row, col)) {
            if cell.is_wide_continuation() {
                continue;
            }
            let (pen, text) = if cell.has_contents() {
                (Pen::of_cell(cell), cell.contents())
            } else {
                (Pen::of_cell(cell).background(), "")
            };
            self.cells.push(Drawn { pen, text: text.to_owned(), cols: 1 + usize::from(cell.is_wide()) });
        }
    }

    /// Blank cells at the end are not drawn but erased, so that they never wrap.
    fn trim(&mut self) {
        self.behind =
            self.cells.last().filter(|cell| cell.text.is_empty()).map_or_else(Pen::default, |cell| cell.pen);
        let end = self.cells.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
        self.cells.truncate(end);
    }

    /// Draws the line where the cursor is. Tells where column `wanted` went and how far had been scrolled then.
    fn pour(&self, grid: &mut Grid, wanted: Option<usize>) -> Option<(u16, u16, usize)> {
        let width = grid.size().cols;
        let mut place = None;
        let mut col = 0;
        let mut pen = Pen::default();
        for cell in &self.cells {
            if pen != cell.pen {
                pen = cell.pen;
                grid.emit(format_args!("\x1b[{}m", pen.parameters()));
            }
            if cell.text.contains('\u{fe0f}') && grid.position().1 + 1 == width {
                // made wide in the last column it would break vt100
                grid.process(b"\r\n");
            }
            grid.process(if cell.text.is_empty() { b" " } else { cell.text.as_bytes() });
            col += cell.cols;
            if place.is_none() && wanted.is_some_and(|wanted| wanted < col) {
                let (row, end) = grid.position();
                let start = end.saturating_sub(u16::try_from(cell.cols).unwrap_or(1));
                place = Some((row, start, grid.scrolled()));
            }
        }
        self.paint_behind(grid);
        let (row, end) = grid.position();
        place.or_else(|| {
            let beyond = u16::try_from(wanted?.saturating_sub(col)).unwrap_or(u16::MAX);
            let stays = if end < width { end.saturating_add(beyond).min(width - 1) } else { end };
            Some((row, stays, grid.scrolled()))
        })
    }

    fn paint_behind(&self, grid: &mut Grid) {
        if self.behind != Pen::default() && grid.position().1 < grid.size().cols {
            grid.emit(format_args!("\x1b[{}m\x1b[K", self.behind.parameters()));
        }
    }
}

/// Nothing drawn, nothing painted.
fn is_blank(cell: &vt100::Cell) -> bool {
    !cell.has_contents() && cell.bgcolor() == vt100::Color::Default && !cell.is_wide_continuation()
}
