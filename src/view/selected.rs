//! What a selection covers of a picture: which cells, and their text.

use super::canvas::Canvas;
use super::paint::INVERSE;
use crate::{
    frame::Extras,
    screen::width,
    viewer::{Selection, Unit},
};
use ratatui::buffer::Buffer;
use std::ops::Range;

/// Characters that end a word besides blanks: what shells and compilers put around paths and names.
const AROUND_WORDS: &str = "\"'`()[]{}<>|,;│─";

/// Shows what is selected.
pub(super) fn draw(canvas: &mut Canvas, selection: Selection) {
    let ranges = ranges(&canvas.picture().buffer, selection);
    for (row, cols) in ranges {
        canvas.tint(row, cols.start, cols.end, INVERSE);
    }
}

/// The text of the cells selected: rows without the blanks at their ends, joined by line feeds.
pub fn text(buffer: &Buffer, selection: Selection) -> String {
    let rows = ranges(buffer, selection);
    let lines = rows.into_iter().map(|(row, cols)| {
        let mut line = String::new();
        let mut covered = 0;
        for col in cols {
            let symbol = symbol(buffer, row, col);
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = width(symbol).saturating_sub(1);
            line.extend(symbol.chars().filter(|c| !Extras::is_mark(*c)));
        }
        line.truncate(line.trim_end().len());
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The columns selected of each row.
fn ranges(buffer: &Buffer, selection: Selection) -> Vec<(u16, Range<u16>)> {
    let (cols, rows) = (buffer.area.width, buffer.area.height);
    let (first, last) = (selection.anchor.min(selection.head), selection.anchor.max(selection.head));
    let (start, end) = match selection.unit {
        Unit::Cell => (first.col, last.col + 1),
        Unit::Word => (word(buffer, first.row, first.col).start, word(buffer, last.row, last.col).end),
        Unit::Row => (0, cols),
    };
    let range = |row: u16| {
        let from = if row == first.row { start } else { 0 };
        let to = if row == last.row { end } else { cols };
        (row, from..to.min(cols))
    };
    (first.row..=last.row).filter(|row| *row < rows).map(range).collect()
}

/// The columns of the word at a place; of that cell alone if there is none.
fn word(buffer: &Buffer, row: u16, col: u16) -> Range<u16> {
    let is_word = |col: u16| {
        let symbol = symbol(buffer, row, col);
        !symbol.trim().is_empty() && !symbol.contains(|c| AROUND_WORDS.contains(c))
    };
    if !is_word(col) {
        return col..col + 1;
    }
    let start = (0..col).rev().take_while(|col| is_word(*col)).last().unwrap_or(col);
    let end = (col..buffer.area.width).take_while(|col| is_word(*col)).last().unwrap_or(col);
    start..end + 1
}

fn symbol(buffer: &Buffer, row: u16, col: u16) -> &str {
    buffer.cell((col, row)).map_or(" ", ratatui::buffer::Cell::symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::Place;

    #[test]
    fn cells_words_and_rows_come_as_their_text() {
        let buffer = Buffer::with_lines(["see (src/a.rs:12) 界x  ", "second line         ", "third"]);
        let place = |row, col| Place { row, col };
        let check = |anchor, head, unit, expected: &str| {
            assert_eq!(text(&buffer, Selection { anchor, head, unit }), expected);
            assert_eq!(text(&buffer, Selection { anchor: head, head: anchor, unit }), expected, "backwards");
        };
        check(place(0, 0), place(0, 2), Unit::Cell, "see");
        check(place(0, 18), place(1, 5), Unit::Cell, "界x\nsecond");
        check(place(0, 7), place(0, 7), Unit::Word, "src/a.rs:12");
        check(place(0, 7), place(1, 1), Unit::Word, "src/a.rs:12) 界x\nsecond");
        check(place(1, 3), place(2, 3), Unit::Row, "second line\nthird");
        check(place(0, 4), place(0, 4), Unit::Word, "(");
        check(place(2, 0), place(40, 90), Unit::Cell, "third");
    }
}
