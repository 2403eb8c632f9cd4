//! Putting text into cells: one width table, no control characters, nothing outside its row.

pub(super) use super::canvas::Canvas;
use crate::{
    screen::{Attributes, Colour, width},
    task::State,
    transcript,
};
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation as _;

/// Text in one style.
pub(super) type Part = (String, Style);

/// A row of parts.
pub(super) type Row = Vec<Part>;

pub(super) const PLAIN: Style = Style::new();
pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(super) const INVERSE: Style = Style::new().add_modifier(Modifier::REVERSED);

/// The colour of a state; its mark says the same without colour.
pub(super) const fn state_style(state: State) -> Style {
    match state {
        State::Completed => Style::new().fg(Color::Green),
        State::Failed | State::Killed | State::Lost | State::Unknown => Style::new().fg(Color::Red),
        State::NeedsInput | State::Paused => Style::new().fg(Color::Yellow),
        State::Running => Style::new().fg(Color::Cyan),
        State::Stopped => DIM,
    }
}

pub(super) const fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Default => Color::Reset,
        Colour::Index(index) => Color::Indexed(index),
        Colour::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

pub(super) fn modifiers(attributes: Attributes) -> Modifier {
    const TABLE: [(Attributes, Modifier); 8] = [
        (Attributes::BOLD, Modifier::BOLD),
        (Attributes::DIM, Modifier::DIM),
        (Attributes::ITALIC, Modifier::ITALIC),
        (Attributes::UNDERLINE, Modifier::UNDERLINED),
        (Attributes::INVERSE, Modifier::REVERSED),
        (Attributes::STRIKE, Modifier::CROSSED_OUT),
        (Attributes::BLINK, Modifier::SLOW_BLINK),
        (Attributes::CONCEAL, Modifier::HIDDEN),
    ];
    TABLE.iter().filter(|(have, _)| attributes.has(*have)).map(|(_, modifier)| *modifier).collect()
}

/// The rows a transcript line takes at a width; at least one.
pub(super) fn wrap(line: &transcript::Line, cols: u16) -> Vec<Row> {
    let cols = usize::from(cols.max(1));
    let mut rows = vec![Row::new()];
    let mut used = 0;
    for span in &line.spans {
        let style = span_style(span);
        let mut text = String::new();
        for grapheme in span.text.graphemes(true) {
            let columns = width(grapheme);
            if used + columns > cols {
                push(&mut rows, &mut text, style);
                rows.push(Row::new());
                used = 0;
            }
            used += columns;
            text.push_str(grapheme);
        }
        push(&mut rows, &mut text, style);
    }
    rows
}

/// The one row of a transcript line cut off at both sides: `cols` columns from column `left` on.
pub(super) fn chop(line: &transcript::Line, left: usize, cols: u16) -> Row {
    let (mut row, mut column) = (Row::new(), 0);
    let end = left.saturating_add(usize::from(cols));
    for span in &line.spans {
        let mut text = String::new();
        for grapheme in span.text.graphemes(true) {
            let (start, after) = (column, column + width(grapheme));
            if after > end {
                column = end;
                break;
            }
            column = after;
            match start < left {
                true => (left..after).for_each(|_| text.push(' ')), // half of a wide one
                false => text.push_str(grapheme),
            }
        }
        if !text.is_empty() {
            row.push((text, span_style(span)));
        }
        if column >= end {
            break;
        }
    }
    row
}

fn span_style(span: &transcript::Span) -> Style {
    Style::new()
        .fg(colour(span.style.fg))
        .bg(colour(span.style.bg))
        .add_modifier(modifiers(span.style.attributes))
}

fn push(rows: &mut [Row], text: &mut String, style: Style) {
    if let Some(row) = rows.last_mut().filter(|_| !text.is_empty()) {
        row.push((std::mem::take(text), style));
    }
}

/// Rows of plain text at a width.
pub(super) fn wrap_text(text: &str, cols: u16, style: Style) -> Vec<Row> {
    let cols = usize::from(cols.max(1));
    let mut rows = vec![];
    for line in text.split('\n') {
        let (mut row, mut used) = (String::new(), 0);
        for grapheme in line.graphemes(true) {
            let columns = width(grapheme);
            if used + columns > cols {
                rows.push(vec![(std::mem::take(&mut row), style)]);
                used = 0;
            }
            used += columns;
            row.push_str(grapheme);
        }
        rows.push(vec![(row, style)]);
    }
    rows
}

/// The start of a text that fits, with `…` where it was cut.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for grapheme in text.graphemes(true) {
        if width(&cut) + width(grapheme) + 1 > columns {
            break;
        }
        cut.push_str(grapheme);
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Line, Span};

    #[test]
    fn a_line_is_cut_off_at_both_sides_and_half_a_wide_character_is_a_space() {
        let span = |text: &str| Span { text: text.into(), style: transcript::Style::default() };
        let line = Line {
            spans: vec![span("ab界"), span("cd界e")],
            kind: transcript::Kind::default(),
            cut_bytes: 0,
        };
        let check = |left, cols, expected: &str| {
            let text: String = chop(&line, left, cols).into_iter().map(|(text, _)| text).collect();
            assert_eq!(text, expected, "{cols} columns from {left}");
        };
        check(0, 4, "ab界");
        check(0, 3, "ab");
        check(1, 6, "b界cd");
        check(3, 3, " cd");
        check(4, 80, "cd界e");
        check(9, 80, "");
    }
}
