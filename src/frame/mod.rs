//! The picture for one client, and the fewest bytes that turn the picture before it into this one.
//!
//! Pure. Never emits a byte that is not ours: from a cell come printable characters only, colours are brought down to what the
//! terminal shows, and what is written for a cell takes exactly the columns the cell has, in every terminal.
//! After mosh: a picture is a value, and `apply(encode(a, b), a) == b` (a property test with vt100 as the applier).

mod colour;
mod extra;
mod pen;
mod slot;
mod writer;

pub use extra::{Extra, Extras, Underline};

use crate::{protocol::client::Terminal, screen::CursorShape};
use ratatui::buffer::{Buffer, Cell};
use slot::Slots;
use writer::Writer;

/// What a client's terminal shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The cells. A cell whose symbol is wider than one column covers the cells after it, whatever they hold;
    /// `CellDiffOption::ForcedWidth` overrides the width of a symbol.
    pub buffer: Buffer,
    /// What cells of the buffer carry beyond ratatui's styles; empty unless needed.
    pub extras: Extras,
    /// The text cursor, unless hidden.
    pub cursor: Option<Cursor>,
}

/// Where the text cursor stands, rows and columns from 0, and how it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor {
    /// Row from 0.
    pub row: u16,
    /// Column from 0.
    pub col: u16,
    /// How it looks.
    pub shape: CursorShape,
}

/// The bytes that make `terminal` show `next` when it shows `previous`; nothing known about it if `None`.
///
/// Empty if nothing changed. Relies on the modes a client sets (raw, autowrap on, no margins, SGR reset) and leaves SGR reset.
pub fn encode(previous: Option<&Picture>, next: &Picture, terminal: &Terminal) -> Vec<u8> {
    encode_rows(previous, next, |_| false, terminal)
}

/// Like [`encode`], where some rows are known to be the `same` in both, whatever `previous` holds there.
pub fn encode_rows(
    previous: Option<&Picture>,
    next: &Picture,
    same: impl Fn(u16) -> bool,
    terminal: &Terminal,
) -> Vec<u8> {
    let base = previous.filter(|picture| picture.buffer.area.as_size() == next.buffer.area.as_size());
    let mut writer = Writer::new(terminal, base.map(|picture| picture.cursor));
    if base.is_none() {
        writer.clear();
    }
    let cols = usize::from(next.buffer.area.width).max(1);
    let blank = vec![Cell::EMPTY; cols];
    let none = Extras::default();
    let (mut before, mut after) = (Slots::default(), Slots::default());
    let mut rows_before = base.map(|picture| picture.buffer.content.chunks(cols));
    let extras_before = base.map_or(&none, |picture| &picture.extras);
    let same_extras = *extras_before == next.extras;
    for (row, cells) in (0u16..).zip(next.buffer.content.chunks(cols)) {
        let cells_before = rows_before.as_mut().and_then(Iterator::next).unwrap_or(&blank);
        if base.is_some() && same(row) || same_extras && cells_before == cells {
            continue;
        }
        before.fill(cells_before, extras_before, terminal);
        after.fill(cells, &next.extras, terminal);
        writer.row(row, &before, &after);
    }
    writer.finish(next.cursor)
}

#[cfg(test)]
mod tests;
