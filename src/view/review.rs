//! A task's output as lines: heading, lines, where we are, keys.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, INVERSE, PLAIN, Row, chop, cut, state_style, wrap},
};
use crate::{
    limits::SIEVE_LINES_MAX,
    screen::{clean, width},
    task::text,
    transcript::{Line, Pattern},
    viewer::{Ask, Review, Search},
};
use jiff::{Timestamp, tz::TimeZone};
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
    let gutter = gutter(review, number);
    let columns = u16::try_from(width(&gutter)).unwrap_or(cols);
    let room = cols.saturating_sub(columns).max(1);
    let rows = if review.chop { vec![chop(line, review.left, room)] } else { wrap(line, room) };
    let beside = |nth: usize| if nth == 0 { gutter.clone() } else { " ".repeat(columns.into()) };
    let beside =
        |nth: usize, row: Row| if columns == 0 { row } else { [vec![(beside(nth), DIM)], row].concat() };
    rows.into_iter().enumerate().map(|(nth, row)| (number, beside(nth, row))).collect()
}

/// What stands left of a line: its number where a filter leaves lines out, and when it was printed.
fn gutter(review: &Review, place: u64) -> String {
    let mut gutter = String::new();
    if review.filter.is_some() {
        let last = review.numbers.last().copied().unwrap_or_default() + 1;
        let columns = last.to_string().len();
        gutter.push_str(&format!("{:>columns$} ", review.number(place) + 1));
    }
    if review.times {
        let stamp = review.stamp(place).and_then(|ms| i64::try_from(ms).ok());
        let stamp = stamp.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let clock =
            stamp.map(|stamp| stamp.to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string());
        gutter.push_str(&format!("{:>8} ", clock.unwrap_or_default()));
    }
    gutter
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
            Ask::Place => "to line, N% or time: ",
            Ask::Filter => "only lines with: ",
            Ask::File => match review.selected() {
                Some(_) => "save the selected lines to: ",
                None => "save everything to: ",
            },
        };
        let found = review.search.as_ref().filter(|_| review.asks == Ask::Pattern).map(told);
        let found = found.map(|found| format!("  {found}")).unwrap_or_default();
        canvas.line(row, &[(asks.into(), BOLD), (format!("{}▏", input.text()), PLAIN), (found, DIM)]);
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
    if let Some(filter) = &review.filter {
        at.push_str(&format!(" · only /{}", cut(&clean(&filter.pattern, usize::MAX), 30)));
        if filter.context > 0 {
            at.push_str(&format!(" ±{}", filter.context));
        }
        if review.total >= SIEVE_LINES_MAX as u64 {
            at.push_str(" · more match than a filter keeps");
        }
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
            (None, false) => format!(" · /{} {}", cut(&clean(sought, usize::MAX), 40), told(search)),
        });
    }
    let keys =
        "g top  G end  F follow  / search  n next  & filter  : go to  t times  v select  s save  ? all";
    canvas.line(row, &[(at.clone(), DIM)]);
    let from = u16::try_from(width(&at) + 2).unwrap_or(u16::MAX);
    canvas.right(row, from, &[(keys.into(), DIM)]);
}

/// Where a search has come to, in words.
fn told(search: &Search) -> String {
    if search.goes_on() {
        return "searching… Esc gives up".into();
    }
    if search.missing {
        return "not found".into();
    }
    let Some(counted) = search.counted else { return String::new() };
    let full = counted.of >= SIEVE_LINES_MAX as u64;
    let more = if counted.going_on || full { "+" } else { "" };
    format!("{} of {}{more}", text::count(counted.nth), text::count(counted.of))
}
