//! One row of the grid: cells as far as something was written. Never knows its place or the cursor.
//!
//! What was never written is told apart from a space, so that plain text read back from a row is the text,
//! trailing spaces and tabs included.

use crate::transcript::Style;

/// What occupies a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::transcript) enum Fill {
    /// Nothing, or erased.
    Blank,
    /// A character of one column.
    Narrow,
    /// The left half of a character of two columns.
    Wide,
    /// Its right half.
    Right,
    /// Where a tab began over unwritten cells.
    Tab,
    /// The rest of its way.
    TabRest,
}

/// One cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::transcript) struct Cell {
    pub(in crate::transcript) ch: char,
    pub(in crate::transcript) fill: Fill,
    pub(in crate::transcript) style: Style,
}

impl Cell {
    /// An erased cell. Background colours of erased cells are not history.
    pub(in crate::transcript) fn blank() -> Self {
        Self { ch: ' ', fill: Fill::Blank, style: Style::default() }
    }
}

/// One row; cells beyond the last one held are blank.
#[derive(Clone, Default, Debug)]
pub(in crate::transcript) struct Row {
    cells: Vec<Cell>,
    /// The next row continues this one's line.
    pub(in crate::transcript) wrapped: bool,
    /// Zero-width characters by column of the cell they belong to.
    joined: Vec<(usize, String)>,
    /// Entries of the transcript that stand before this row, encoded.
    pub(in crate::transcript) notes: Vec<u8>,
    /// Log offset of what was last written here.
    pub(in crate::transcript) offset: u64,
}

/// Bytes of zero-width characters one cell takes: real clusters have below 40, hostile ones thousands.
const JOINED_BYTES_MAX: usize = 64;

impl Row {
    /// The cells held and what is joined to each.
    pub(in crate::transcript) fn cells(&self) -> impl Iterator<Item = (Cell, &str)> {
        self.cells.iter().enumerate().map(|(col, cell)| (*cell, self.joined_at(col)))
    }

    fn joined_at(&self, col: usize) -> &str {
        let found = self.joined.iter().find(|(at, _)| *at == col);
        found.map_or("", |(_, text)| text)
    }

    /// Whether nothing is to be seen here.
    pub(in crate::transcript) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.fill == Fill::Blank)
    }

    /// Number of cells held.
    pub(in crate::transcript) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Empties the row for another use, keeping its memory.
    pub(in crate::transcript) fn clear(&mut self) {
        self.cells.clear();
        self.joined.clear();
        self.notes.clear();
        (self.wrapped, self.offset) = (false, 0);
    }

    /// Writes one cell; what it cuts in two goes blank.
    pub(in crate::transcript) fn put(&mut self, col: usize, cell: Cell) {
        if col < self.cells.len() {
            self.unlink(col);
            if let Some(place) = self.cells.get_mut(col) {
                *place = cell;
            }
        } else {
            self.cells.resize(col, Cell::blank());
            self.cells.push(cell);
        }
    }

    /// Joins a zero-width character to the character at or left of `col`.
    pub(in crate::transcript) fn join(&mut self, col: usize, ch: char) {
        let right = self.cells.get(col).is_some_and(|cell| cell.fill == Fill::Right);
        let col = if right { col.saturating_sub(1) } else { col };
        if self.cells.get(col).is_none_or(|cell| !matches!(cell.fill, Fill::Narrow | Fill::Wide)) {
            return;
        }
        match self.joined.iter_mut().find(|(at, _)| *at == col) {
            Some((_, text)) if text.len() < JOINED_BYTES_MAX => text.push(ch),
            Some(_) => {}
            None => self.joined.push((col, ch.to_string())),
        }
    }

    /// A tab from `col` to `to` over cells nothing was written to.
    pub(in crate::transcript) fn tab(&mut self, col: usize, to: usize) {
        if col >= self.cells.len() && col < to {
            self.cells.resize(col, Cell::blank());
            self.cells.push(Cell { fill: Fill::Tab, ..Cell::blank() });
            self.cells.resize(to, Cell { fill: Fill::TabRest, ..Cell::blank() });
        }
    }

    /// Erases `from..to`.
    pub(in crate::transcript) fn erase(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        self.unlink(from);
        if to >= self.cells.len() {
            self.cells.truncate(from);
            self.joined.retain(|(at, _)| *at < from);
            return;
        }
        self.unlink(to.saturating_sub(1));
        self.cells.iter_mut().take(to).skip(from).for_each(|cell| *cell = Cell::blank());
        self.joined.retain(|(at, _)| !(from..to).contains(at));
    }

    /// Shifts what stands from `col` on to the right by `count`, dropping what passes `cols`.
    pub(in crate::transcript) fn insert(&mut self, col: usize, count: usize, cols: usize) {
        let count = count.min(cols.saturating_sub(col));
        if col >= self.cells.len() {
            return;
        }
        self.split_before(col);
        self.cells.splice(col..col, std::iter::repeat_n(Cell::blank(), count));
        self.joined.iter_mut().filter(|(at, _)| *at >= col).for_each(|(at, _)| *at += count);
        self.cut(cols);
    }

    /// Removes `count` cells at `col`; what follows moves left.
    pub(in crate::transcript) fn delete(&mut self, col: usize, count: usize) {
        let end = col.saturating_add(count).min(self.cells.len());
        if col >= end {
            return;
        }
        self.split_before(col);
        self.split_before(end);
        self.cells.drain(col..end);
        self.joined.retain(|(at, _)| !(col..end).contains(at));
        self.joined.iter_mut().filter(|(at, _)| *at >= end).for_each(|(at, _)| *at -= end - col);
    }

    /// Drops what stands from `cols` on.
    pub(in crate::transcript) fn cut(&mut self, cols: usize) {
        if cols < self.cells.len() {
            self.split_before(cols);
            self.cells.truncate(cols);
            self.joined.retain(|(at, _)| *at < cols);
        }
    }

    /// Appends the cells of another row, as a line wrapped over two rows is one.
    pub(in crate::transcript) fn append(&mut self, other: &Self) {
        let start = self.cells.len();
        self.cells.extend_from_slice(&other.cells);
        self.joined.extend(other.joined.iter().map(|(at, text)| (at + start, text.clone())));
        self.notes.extend_from_slice(&other.notes);
        (self.wrapped, self.offset) = (other.wrapped, self.offset.max(other.offset));
    }

    /// Takes the cells from `col` on into a row of their own.
    pub(in crate::transcript) fn split_off(&mut self, col: usize) -> Self {
        let col = col.min(self.cells.len());
        let cells = self.cells.split_off(col);
        let (stay, go) = std::mem::take(&mut self.joined).into_iter().partition(|(at, _)| *at < col);
        self.joined = stay;
        let go: Vec<(usize, String)> = go;
        let joined = go.into_iter().map(|(at, text)| (at - col, text)).collect();
        Self { cells, joined, wrapped: self.wrapped, notes: Vec::new(), offset: self.offset }
    }

    /// Whether the cell at `col` is the left half of a wide character.
    pub(in crate::transcript) fn is_wide(&self, col: usize) -> bool {
        self.cells.get(col).is_some_and(|cell| cell.fill == Fill::Wide)
    }

    /// Blanks the other half of a wide character that is about to lose the half at `col`, and what is joined.
    fn unlink(&mut self, col: usize) {
        let other = match self.cells.get(col).map(|cell| cell.fill) {
            Some(Fill::Wide) => col + 1,
            Some(Fill::Right) => col.saturating_sub(1),
            _ => col,
        };
        if let Some(cell) = self.cells.get_mut(other).filter(|_| other != col) {
            *cell = Cell::blank();
        }
        if !self.joined.is_empty() {
            self.joined.retain(|(at, _)| *at != col && *at != other);
        }
    }

    /// Blanks a wide character that lies across the border left of `col`.
    fn split_before(&mut self, col: usize) {
        if self.cells.get(col).is_some_and(|cell| cell.fill == Fill::Right) {
            self.unlink(col);
            if let Some(cell) = self.cells.get_mut(col) {
                *cell = Cell::blank();
            }
        }
    }
}
