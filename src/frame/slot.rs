//! One row of a buffer, cell by cell, as it will look on the terminal: resolved styles, widths, covered columns.
//!
//! Never writes. Two slots are equal exactly if the terminal shows the same for both, so the diff compares slots, not cells.

use super::{
    colour::pair,
    extra::{Extra, Extras},
    pen::Look,
};
use crate::protocol::client::Terminal;
use ratatui::{
    buffer::{Cell, CellDiffOption},
    style::Modifier,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What starts in a column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Slot<'a> {
    /// The characters, as the buffer has them; may hold what must not be sent.
    pub(super) text: &'a str,
    /// How they look.
    pub(super) look: Look<'a>,
    /// Columns taken; 0 for a column covered by a wide character on its left.
    pub(super) width: usize,
}

impl Slot<'_> {
    /// Whether erasing draws it: a blank in the terminal's own colours.
    pub(super) fn is_erased(&self) -> bool {
        self.text == " " && self.look == Look::default()
    }
}

/// The slots of a row, one per column.
#[derive(Default)]
pub(super) struct Slots<'a>(Vec<Slot<'a>>);

impl<'a> Slots<'a> {
    /// Forgets what it held and takes a row of cells.
    pub(super) fn fill(&mut self, cells: &'a [Cell], extras: &'a Extras, terminal: &Terminal) {
        self.0.clear();
        let mut cells = cells.iter();
        while let Some(cell) = cells.next() {
            let (symbol, extra) = extras.split(cell.symbol());
            let wanted = columns(symbol, cell);
            let width = wanted.min(1 + cells.len());
            let text = if width < wanted || is_blank(symbol) { " " } else { symbol };
            let width = if text == " " { 1 } else { width };
            let look = look(cell, extra, terminal, text == " ");
            self.0.push(Slot { text, look, width });
            for _ in 1..width {
                cells.next();
                self.0.push(Slot { text: "", look, width: 0 });
            }
        }
    }

    /// The slot of a column.
    pub(super) fn get(&self, col: usize) -> Option<&Slot<'a>> {
        self.0.get(col)
    }

    /// Number of columns.
    pub(super) fn cols(&self) -> usize {
        self.0.len()
    }

    /// The column from which on everything is erased.
    pub(super) fn erased_from(&self) -> usize {
        self.0.iter().rposition(|slot| !slot.is_erased()).map_or(0, |last| last + 1)
    }
}

fn is_blank(symbol: &str) -> bool {
    symbol == " " || symbol.is_empty() || symbol.width() == 0 || symbol.starts_with(|c: char| c.is_control())
}

/// Columns a symbol takes where tables disagree: a task's cell is as wide as its first character (vt100 counts characters), a
/// grapheme of our own text as wide as the grapheme. The smaller of both sums fits either, but the first character is shown.
fn columns(symbol: &str, cell: &Cell) -> usize {
    if let CellDiffOption::ForcedWidth(width) = cell.diff_option {
        return usize::from(width.get());
    }
    if symbol.len() == 1 {
        return 1;
    }
    let first = symbol.chars().next().and_then(UnicodeWidthChar::width).unwrap_or(0);
    let characters: usize = symbol.chars().filter_map(UnicodeWidthChar::width).sum();
    characters.min(symbol.width()).max(first).max(1)
}

/// Attributes that show on a blank.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

fn look<'a>(cell: &Cell, extra: Option<&'a Extra>, terminal: &Terminal, blank: bool) -> Look<'a> {
    let mut modifier = cell.modifier;
    let (mut fg, bg) = pair(cell.fg, cell.bg, terminal.colours);
    if blank && extra.is_none() && !modifier.intersects(SEEN_ON_BLANK) {
        (modifier, fg) = (Modifier::empty(), super::colour::Paint::Default);
    }
    Look::new(fg, bg, modifier).with_extra(extra, cell.underline_color, terminal)
}
