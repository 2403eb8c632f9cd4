//! A task's output as lines: heading, lines, where we are, keys.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, INVERSE, PLAIN, Row, chop, cut, state_style, wrap},
};
use crate::{
    screen::{clean, width},
    task::text,
    transcript::{Line, Pattern},
    viewer::{Ask, Review},
};
use ratatui::style::{Color, Style};

/// How a match looks.
const MATCH: Style = Style::new().fg(Color::Black).bg(Color::Yellow);

/// Draws a review.
pub(super) fn draw(scene: &Scene<'_>, review: &Review, canvas: &mut Canvas) {
    heading(scene, review, canvas);
    let foot = canvas.rows().saturating_sub(3);
    let room = usize::from(foot.saturating_sub(1));
    let pattern = review.search.as_ref().filter(|search| search.error.is_none());
    let pattern = pattern.and_then(|search| Pattern::new(&search.pattern).ok());
    let at_end = review.follow || review.top + review.rows >= review.total;
    let rows =
        if at_end { last_rows(review, canvas.cols(), room) } else { first_rows(review, canvas.cols(), room) };
    for (row, (line, parts)) in (1..).zip(&rows) {
        canvas.line(row, parts);
        if let Some(pattern) = &pattern {
            highlight(canvas, row, parts, pattern);
        }
        if review.search.as_ref().is_some_and(|search| search.line == Some(*line)) {
            canvas.tint(row, 0, canvas.cols(), Style::new().bg(Color::DarkGray));
            if let Some(pattern) = &pattern {
                highlight(canvas, row, parts, pattern);
            }
        }
    }
    if let Some((first, count)) = review.selected() {
        for (row, (line, _)) in (1..).zip(&rows) {
            if (first..first + count).contains(line) {
                canvas.tint(row, 0, canvas.cols(), INVERSE);
            }
        }
    }
    if review.total == 0 && review.complete {
        canvas.line(2, &[("  (it has printed nothing)".into(), DIM)]);
    }
    status(review, canvas, foot);
}

fn heading(scene: &Scene<'_>, review: &Review, canvas: &mut Canvas) {
    let Some(task) = scene.session.task(review.task) else { return };
    let state = task.state();
    let parts = [
        (format!("Output of task {} ", review.task), BOLD),
        (format!("{} {state} ", state.mark()), state_style(state)),
        (clean(task.spec.title(), usize::MAX), BOLD),
    ];
    canvas.line(0, &parts);
}

/// Rows from the first line shown on.
fn first_rows(review: &Review, cols: u16, room: usize) -> Vec<(u64, Row)> {
    let rows = review.shown().flat_map(|(number, line)| numbered(review, number, line, cols));
    rows.take(room).collect()
}

/// Rows up to the last line there is.
fn last_rows(review: &Review, cols: u16, room: usize) -> Vec<(u64, Row)> {
    let mut rows: Vec<(u64, Row)> = vec![];
    for (number, line) in (review.first..).zip(&review.lines).collect::<Vec<_>>().into_iter().rev() {
        rows.extend(numbered(review, number, line, cols).into_iter().rev());
        if rows.len() >= room {
            break;
        }
    }
    rows.truncate(room);
    rows.reverse();
    rows
}

fn numbered(review: &Review, number: u64, line: &Line, cols: u16) -> Vec<(u64, Row)> {
    let rows = if review.chop { vec![chop(line, review.left, cols)] } else { wrap(line, cols) };
    rows.into_iter().map(|row| (number, row)).collect()
}

fn highlight(canvas: &mut Canvas, row: u16, parts: &Row, pattern: &Pattern) {
    let text: String = parts.iter().map(|(text, _)| text.as_str()).collect();
    for found in pattern.ranges(&text) {
        let column = |at: usize| u16::try_from(text.get(..at).map_or(0, width)).unwrap_or(u16::MAX);
        canvas.tint(row, column(found.start), column(found.end), MATCH);
    }
}

fn status(review: &Review, canvas: &mut Canvas, row: u16) {
    if let Some(input) = &review.input {
        let asks = match review.asks {
            Ask::Pattern => "/",
            Ask::Place => "to line or N%: ",
        };
        canvas.line(row, &[(asks.into(), BOLD), (format!("{}▏", input.text()), PLAIN)]);
        return;
    }
    let last = (review.top + review.rows).min(review.total);
    let percent = (last * 100).checked_div(review.total).unwrap_or(100);
    let mut at = format!(
        "line {}–{} of {} ({percent}%)",
        text::count(review.top + 1),
        text::count(last),
        text::count(review.total)
    );
    if review.total == 0 {
        at = "nothing yet".into();
    }
    if !review.complete {
        at.push_str(" · still reading");
    }
    if review.follow {
        at.push_str(" · following");
    }
    if review.chop {
        at.push_str(&format!(" · column {}", text::count(review.left as u64 + 1)));
    }
    if let Some((_, count)) = review.selected() {
        at = format!("{} selected · y copies · Esc gives up", text::plural(count, "line"));
    }
    if let Some(refusal) = &review.refusal {
        at.push_str(&format!(" · {}", cut(&clean(refusal, usize::MAX), 40)));
    } else if let Some(search) = &review.search {
        let sought = if search.is_for_problems() { "errors and warnings" } else { &search.pattern };
        at.push_str(&match (&search.error, search.missing) {
            (Some(error), _) => format!(" · not a pattern: {}", cut(&clean(error, usize::MAX), 40)),
            (None, true) => format!(" · not found: {}", cut(&clean(sought, usize::MAX), 40)),
            (None, false) => format!(" · /{}", cut(&clean(sought, usize::MAX), 40)),
        });
    }
    let keys = "g top  G end  F follow  / search  n next  : go to  e error  v select  ? all";
    canvas.line(row, &[(at.clone(), DIM)]);
    let from = u16::try_from(width(&at) + 2).unwrap_or(u16::MAX);
    canvas.right(row, from, &[(keys.into(), DIM)]);
}
