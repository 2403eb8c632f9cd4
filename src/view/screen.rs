//! A task's cells in a client's picture.

use super::paint::{Canvas, colour, modifiers};
use crate::{
    frame::{Extra, Underline},
    screen::{self, Attributes, Colour, Screen},
};
use ratatui::style::Style;

/// Draws one row of a task's screen into a row of the picture.
pub(super) fn row(canvas: &mut Canvas, screen: &Screen, from: u16, to: u16) {
    let modes = screen.modes();
    let end = if modes.reverse_video { screen.size().cols } else { screen.row_end(from) };
    let end = end.min(canvas.cols());
    if canvas.keep(to, 0..canvas.cols(), screen.row_version(from)) {
        return;
    }
    for col in 0..end {
        let cell = screen.cell(from, col);
        if cell.width == 0 || (cell.width == 2 && col + 1 >= canvas.cols()) {
            continue;
        }
        let mark = extra(&cell).and_then(|extra| canvas.extras.mark(extra));
        let Some(target) = canvas.cell_of_piece(to, col) else { continue };
        let text = cell.text();
        match mark {
            Some(mark) => {
                let blank = if text.is_empty() { " " } else { text };
                target.set_symbol(&format!("{blank}{mark}"));
            }
            None if text.is_empty() => {}
            None => {
                target.set_symbol(text);
            }
        }
        let mut style =
            Style::new().fg(colour(cell.fg)).bg(colour(cell.bg)).add_modifier(modifiers(cell.attributes));
        if modes.reverse_video {
            style = style.add_modifier(ratatui::style::Modifier::REVERSED);
        }
        if cell.underline_colour != Colour::Default {
            style = style.underline_color(colour(cell.underline_colour));
        }
        target.set_style(style);
    }
}

fn extra(cell: &screen::Cell<'_>) -> Option<Extra> {
    let underline = match cell.underline {
        screen::Underline::None | screen::Underline::Single => Underline::Single,
        screen::Underline::Double => Underline::Double,
        screen::Underline::Curly => Underline::Curly,
        screen::Underline::Dotted => Underline::Dotted,
        screen::Underline::Dashed => Underline::Dashed,
    };
    let overline = cell.attributes.has(Attributes::OVERLINE);
    let link = cell.link.map(str::to_owned);
    let extra = Extra { underline, overline, link };
    (extra != Extra::default()).then_some(extra)
}

/// Shows the text cursor where the task has it, if that row is drawn; `first` is the screen's row at `top`.
pub(super) fn cursor(canvas: &mut Canvas, screen: &Screen, first: u16, top: u16, rows: u16) {
    let cursor = screen.cursor();
    let within = cursor.row >= first && cursor.row - first < rows && cursor.col < canvas.cols();
    if cursor.visible && within {
        canvas.set_cursor(top + cursor.row - first, cursor.col, cursor.shape);
    }
}
