//! The main view: the transcript of the session with the running command drawn inline at its end, and the
//! prompt below it. Built from the end upwards, only as far as it is seen.

use super::{
    Scene, Tail,
    paint::{BOLD, Canvas, DIM, PLAIN, Row, state_style, wrap, wrap_text},
    prompt, screen,
};
use crate::{
    screen::{Screen, clean},
    session::{self, Entry, Moved, Task},
    task::{State, TaskId, text},
    transcript::Kind,
};
use ratatui::style::{Color, Style};

/// One row of the main view.
enum Item<'a> {
    Text(Row),
    Live { screen: &'a Screen, row: u16 },
}

/// Draws the main view and the prompt; returns the ended commands whose lines are missing.
pub(super) fn draw(scene: &Scene<'_>, canvas: &mut Canvas) -> Vec<TaskId> {
    let prompt_rows = prompt::rows(scene, canvas.cols());
    let body = canvas.rows().saturating_sub(2 + prompt_rows);
    if let Some(full) = full_screen(scene) {
        for row in 0..body.min(full.size().rows) {
            screen::row(canvas, full, row, row);
        }
        screen::cursor(canvas, full, 0, 0, body);
        prompt::draw(scene, canvas, body);
        return vec![];
    }
    let wanted = usize::from(body) + scene.viewer.scroll;
    let mut missing = vec![];
    let mut items = collect(scene, canvas.cols(), wanted, &mut missing);
    let scroll = scene.viewer.scroll.min(items.len().saturating_sub(usize::from(body)));
    items.drain(..scroll);
    items.truncate(usize::from(body));
    items.reverse();
    let height = u16::try_from(items.len()).unwrap_or(body).min(body);
    for (row, item) in (0..).zip(&items) {
        match item {
            Item::Text(parts) => canvas.line(row, parts),
            Item::Live { screen, row: from } => screen::row(canvas, screen, *from, row),
        }
    }
    place_cursor(scene, canvas, &items);
    prompt::draw(scene, canvas, height);
    missing
}

/// The foreground task's screen when it is on the alternate one.
fn full_screen<'a>(scene: &Scene<'a>) -> Option<&'a Screen> {
    let front = scene.session.foreground()?;
    let screen = scene.screens.get(&front.id())?;
    screen.modes().alternate_screen.then_some(*screen)
}

fn place_cursor(scene: &Scene<'_>, canvas: &mut Canvas, items: &[Item<'_>]) {
    let Some(front) = scene.session.foreground() else { return };
    let live = (0..).zip(items).filter_map(|(at, item): (u16, _)| match item {
        Item::Live { screen, row } => Some((at, *screen, *row)),
        Item::Text(_) => None,
    });
    let own = scene.screens.get(&front.id());
    let mine: Vec<_> =
        live.filter(|(_, screen, _)| own.is_some_and(|own| std::ptr::eq(*own, *screen))).collect();
    if let Some((top, screen, first)) = mine.first() {
        let rows = u16::try_from(mine.len()).unwrap_or(u16::MAX);
        screen::cursor(canvas, screen, *first, *top, rows);
    }
}

/// Rows from the end upwards, newest first, at least `wanted` of them if there are so many.
fn collect<'a>(scene: &Scene<'a>, cols: u16, wanted: usize, missing: &mut Vec<TaskId>) -> Vec<Item<'a>> {
    let mut items = vec![];
    for entry in scene.session.feed().iter().rev() {
        let rows = match entry {
            Entry::Command { task, left } => {
                command(scene, *task, *left, cols, wanted - items.len(), missing)
            }
            Entry::Moved { task, moved } => text_items(moved_rows(scene, *task, *moved, cols)),
            Entry::Notices(tasks) => text_items(notices(scene, tasks, cols)),
            Entry::Said(said) => text_items(wrap_text(&clean(said, usize::MAX), cols, DIM)),
            Entry::Back { completed, failed, stopped } => {
                text_items(wrap_text(&back(*completed, *failed, *stopped), cols, BOLD))
            }
        };
        items.extend(rows.into_iter().rev());
        if items.len() >= wanted {
            break;
        }
    }
    items
}

fn text_items<'a>(rows: Vec<Row>) -> Vec<Item<'a>> {
    rows.into_iter().map(Item::Text).collect()
}

/// A command, what it printed, and how it went. At most about `wanted` rows of output, the last ones.
fn command<'a>(
    scene: &Scene<'a>,
    id: TaskId,
    left: bool,
    cols: u16,
    wanted: usize,
    missing: &mut Vec<TaskId>,
) -> Vec<Item<'a>> {
    let Some(task) = scene.session.task(id) else { return vec![] };
    let mut items = text_items(echo(&task.spec.command, cols));
    if left {
        return items;
    }
    let front = scene.session.front() == Some(id);
    match (task.outcome(), scene.tails.get(&id)) {
        (None, _) if front => items.extend(live(scene, id)),
        (None, _) => {}
        (Some(_), Some(tail)) => {
            let output = output(task, tail, cols, wanted);
            items.extend(text_items(output));
            items.push(Item::Text(result(task)));
        }
        (Some(_), None) => {
            missing.push(id);
            items.extend(live(scene, id));
            items.push(Item::Text(result(task)));
        }
    }
    items
}

/// The screen of a task as far as it is used.
fn live<'a>(scene: &Scene<'a>, id: TaskId) -> Vec<Item<'a>> {
    let Some(screen) = scene.screens.get(&id) else { return vec![] };
    let touched = screen.used_rows();
    // A line feed at the end of the output has begun a row that nobody has written to yet.
    let begun = scene.session.task(id).is_some_and(|task| task.outcome().is_some());
    let rows = if begun { text_rows(screen) } else { touched };
    (0..rows).map(|row| Item::Live { screen, row }).collect()
}

fn text_rows(screen: &Screen) -> u16 {
    let text = screen.text();
    if text.is_empty() { 0 } else { u16::try_from(text.lines().count()).unwrap_or(0) }
}

/// What the user typed.
fn echo(command: &str, cols: u16) -> Vec<Row> {
    let lines = command.split('\n').map(|line| clean(line, usize::MAX));
    let text = lines.collect::<Vec<_>>().join("\n  ");
    let mut rows = wrap_text(&format!("❯ {text}"), cols, BOLD);
    if let Some((first, _)) = rows.first_mut().and_then(|row| row.first_mut()) {
        let rest = first.split_off("❯".len());
        if let Some(row) = rows.first_mut() {
            *row = vec![("❯".into(), Style::new().fg(Color::Magenta)), (rest, BOLD)];
        }
    }
    rows
}

fn output(task: &Task, tail: &Tail, cols: u16, wanted: usize) -> Vec<Row> {
    let mut blocks: Vec<Vec<Row>> = vec![];
    let mut rows = 0;
    for line in tail.lines.iter().rev().filter(|line| !matches!(line.kind, Kind::Folded { .. })) {
        let block = wrap(line, cols);
        rows += block.len();
        blocks.push(block);
        if rows >= wanted {
            break;
        }
    }
    let mut output: Vec<Row> = vec![];
    let earlier = tail.total.saturating_sub(tail.lines.len() as u64);
    if earlier > 0 && rows < wanted {
        let text = format!("… {} · /output {}", text::plural(earlier, "earlier line"), task.id());
        output.push(vec![(text, DIM)]);
    }
    output.extend(blocks.into_iter().rev().flatten());
    output
}

/// `✓ 0.1s`, `✗ exit 1 · 3.2s`.
fn result(task: &Task) -> Row {
    let state = task.state();
    let time = text::duration(task.duration_ms(0));
    let mut row = vec![(state.mark().to_owned(), state_style(state))];
    let words = match (state, task.outcome()) {
        (State::Completed, _) | (_, None) => format!(" {time}"),
        (_, Some(outcome)) => {
            let why = match &outcome.end {
                crate::task::End::NotStarted(reason) => clean(reason, usize::MAX),
                _ => outcome.short(),
            };
            let who = outcome.stopped_by.as_ref().map_or(String::new(), |who| format!(" · stopped by {who}"));
            format!(" {why}{who} · {time}")
        }
    };
    row.push((words, DIM));
    if task.children > 0 {
        let word = if task.children == 1 { "child" } else { "children" };
        row.push((format!(" · {} {word} running · /stop {} ends them", task.children, task.id()), DIM));
    }
    row
}

fn moved_rows(scene: &Scene<'_>, id: TaskId, moved: Moved, cols: u16) -> Vec<Row> {
    let command = scene.session.task(id).map_or("", |task| task.spec.command.as_str());
    let mut rows = vec![];
    if moved == Moved::Started {
        rows.extend(echo(&format!("{command} &"), cols));
    }
    let text = match moved {
        Moved::Started | Moved::Key => {
            format!("↳ running in background as task {id} · output: aside output {id}")
        }
        Moved::Pane => format!("↳ has a pane of its own as task {id}"),
        Moved::Verb => {
            let command = clean(command, 60);
            format!("↳ \"{command}\" running in background as task {id} · output: aside output {id}")
        }
        Moved::Timeout { after_ms } => format!(
            "↳ Command did not complete within {} and was moved to the background as task {id}",
            limit(after_ms)
        ),
    };
    let changes = matches!(moved, Moved::Key | Moved::Timeout { .. })
        && command
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| matches!(word, "cd" | "pushd" | "export"));
    let text = if changes { format!("{text} · its cd and export will not apply here") } else { text };
    rows.extend(wrap_text(&format!("  {text}"), cols, DIM));
    rows
}

/// `120s`, `1.5s`.
fn limit(ms: u64) -> String {
    if ms.is_multiple_of(1000) {
        format!("{}s", ms / 1000)
    } else {
        format!("{}.{}s", ms / 1000, ms % 1000 / 100)
    }
}

fn notices(scene: &Scene<'_>, ids: &[TaskId], cols: u16) -> Vec<Row> {
    let tasks: Vec<&Task> = ids.iter().filter_map(|id| scene.session.task(*id)).collect();
    let mut rows = vec![];
    for notice in session::block(&tasks, usize::from(cols.saturating_sub(2))) {
        let style = notice.state.map_or(DIM, state_style);
        let mark = if notice.state.is_some() { "● " } else { "  " };
        let mut parts = wrap_text(&notice.text, cols.saturating_sub(2).max(1), PLAIN).into_iter();
        if let Some(first) = parts.next() {
            rows.push([vec![(mark.to_owned(), style)], first].concat());
        }
        rows.extend(parts.map(|part| [vec![("  ".to_owned(), PLAIN)], part].concat()));
        for bullet in notice.bullets {
            rows.extend(wrap_text(&format!("  • {bullet}"), cols, DIM));
        }
    }
    rows
}

fn back(completed: u32, failed: u32, stopped: u32) -> String {
    let parts = [(completed, "completed"), (failed, "failed"), (stopped, "stopped")];
    let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    format!("While you were away: {}", told.collect::<Vec<_>>().join(", "))
}
