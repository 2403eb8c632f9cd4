//! Aligned columns of plain text. Never colours anything.

use crate::screen::width;

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows under a header, columns as wide as their widest cell and two spaces apart. Cells must be clean.
pub(super) fn render<const COLUMNS: usize>(
    header: [(&str, Align); COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let titles = header.map(|(title, _)| title.to_owned());
    let all = || std::iter::once(&titles).chain(rows);
    let mut widths = [0; COLUMNS];
    for row in all() {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let mut text = String::new();
    for row in all() {
        let mut line = String::new();
        for ((cell, widest), (_, align)) in row.iter().zip(widths).zip(header) {
            let room = " ".repeat(widest.saturating_sub(width(cell)));
            let (before, after) =
                if align == Align::Right { (room, String::new()) } else { (String::new(), room) };
            line += &format!("{before}{cell}{after}  ");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |id: &str, name: &str, size: &str| [id, name, size].map(str::to_owned);
        let header = [("ID", Align::Right), ("NAME", Align::Left), ("SIZE", Align::Right)];
        let text = render(header, &[row("1", "漢字", "7"), row("100", "a", "")]);
        assert_eq!(text, " ID  NAME  SIZE\n  1  漢字     7\n100  a\n");
    }
}
