//! The list of tasks.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, INVERSE, PLAIN, cut, state_style},
    screen,
};
use crate::{
    action::{Action, Context, SessionAction, TaskAction},
    screen::{clean, width},
    session::Task,
    task::{State, TaskId, text},
    viewer::{Editor, Group, Input, TaskList},
};

/// Terminals at least this high show the selected task's screen below the list.
const PREVIEW_FROM_ROWS: u16 = 18;

/// Draws the list.
pub(super) fn draw(scene: &Scene<'_>, list: &TaskList, canvas: &mut Canvas) {
    let filter = list.filter.text();
    let heading = if filter.is_empty() { " type to filter".to_owned() } else { format!(" filter: {filter}") };
    canvas.line(0, &[("Tasks ".into(), BOLD), (heading, DIM)]);
    let tasks = list.tasks(scene.session);
    let selected = list.selection(scene.session).map(Task::id);
    let foot = canvas.rows().saturating_sub(3);
    let preview = if canvas.rows() >= PREVIEW_FROM_ROWS { foot / 3 } else { 0 };
    let room = usize::from(foot.saturating_sub(1 + preview));
    let rows = rows(&tasks);
    let at = rows.iter().position(|row| matches!(row, Row::Task(task) if Some(task.id()) == selected));
    let skip = (at.unwrap_or(0) + 2).saturating_sub(room);
    for (row, item) in (1..).zip(rows.iter().skip(skip).take(room)) {
        match item {
            Row::Group(group) => canvas.line(row, &[(group.name().into(), DIM)]),
            Row::Task(task) => one(scene, task, canvas, row, Some(task.id()) == selected),
        }
    }
    if tasks.is_empty() {
        let text = if filter.is_empty() {
            "no tasks yet: type a command, or one that ends with &"
        } else {
            "none fits"
        };
        canvas.line(2, &[(format!("  {text}"), DIM)]);
    }
    if let (Some(id), true) = (selected, preview > 0) {
        show_preview(scene, id, canvas, foot - preview, preview);
    }
    let typed = match &list.input {
        Some(Input::Name(name)) => Some(("Name: ".to_owned(), name.text())),
        Some(Input::Reply { task, line, hidden }) => Some(reply(scene, *task, line, *hidden)),
        None => None,
    };
    match typed {
        Some((label, text)) => canvas.line(foot, &[(label, BOLD), (format!("{text}▏"), PLAIN)]),
        None => canvas.line(foot, &[(keys(scene, list.selection(scene.session)), DIM)]),
    }
}

/// A reply as it is shown: nothing of it where the task does not show what is typed either.
fn reply(scene: &Scene<'_>, id: TaskId, line: &Editor, hidden: bool) -> (String, String) {
    let hidden = hidden || scene.session.task(id).is_some_and(Task::wants_password);
    if hidden {
        return (format!("Password for task {id} (not shown): "), String::new());
    }
    (format!("Reply to task {id}: "), line.text())
}

enum Row<'a> {
    Group(Group),
    Task(&'a Task),
}

fn rows<'a>(tasks: &[&'a Task]) -> Vec<Row<'a>> {
    let mut rows = vec![];
    let mut last = None;
    for task in tasks {
        let group = Group::of(task);
        if last != Some(group) {
            rows.push(Row::Group(group));
            last = Some(group);
        }
        rows.push(Row::Task(task));
    }
    rows
}

fn one(scene: &Scene<'_>, task: &Task, canvas: &mut Canvas, row: u16, selected: bool) {
    let state = task.state();
    let unseen = if state.ended() && !task.seen { "*" } else { " " };
    let end = task.outcome().map(|outcome| format!("{} · ", outcome.short())).unwrap_or_default();
    let time = format!("{end}{}", text::clock(task.duration_ms(scene.now_ms)));
    let children = if task.children > 0 {
        format!(" · {} {}", task.children, if task.children == 1 { "child" } else { "children" })
    } else {
        String::new()
    };
    let about = format!("{time}{children}");
    let name = clean(task.spec.title(), usize::MAX);
    let half = usize::from(canvas.cols()).saturating_sub(8) / 2;
    let name = cut(&name, half.min(40));
    let pad = half.min(40).saturating_sub(width(&name));
    let parts = [
        (format!("{:>4}", task.id().to_string()), DIM),
        (unseen.into(), BOLD),
        (format!("{} ", state.mark()), state_style(state)),
        (format!("{name}{}", " ".repeat(pad)), PLAIN),
        (format!(" {about:<20} "), DIM),
        (last_line(scene, task), DIM),
    ];
    canvas.line(row, &parts);
    if selected {
        canvas.tint(row, 0, canvas.cols(), INVERSE);
    }
}

/// The last line a task printed, cleaned.
pub(super) fn last_line(scene: &Scene<'_>, task: &Task) -> String {
    if let Some(result) = &task.result {
        return clean(result, usize::MAX);
    }
    let Some(screen) = scene.screens.get(&task.id()) else { return String::new() };
    let text = screen.text();
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    clean(line.trim(), usize::MAX)
}

fn show_preview(scene: &Scene<'_>, id: crate::task::TaskId, canvas: &mut Canvas, top: u16, rows: u16) {
    let line = "╌".repeat(usize::from(canvas.cols()));
    canvas.line(top, &[(line, DIM)]);
    let Some(task) = scene.screens.get(&id) else { return };
    let used = task.used_rows().min(task.size().rows);
    let shown = used.min(rows.saturating_sub(1));
    for row in 0..shown {
        screen::row(canvas, task, used - shown + row, top + 1 + row);
    }
}

/// The keys that do something for the selected task: few enough for 80 columns.
fn keys(scene: &Scene<'_>, selected: Option<&Task>) -> String {
    let state = selected.map(Task::state);
    let ended = state.is_some_and(State::ended);
    let living = state.is_some() && !ended;
    let waits = state == Some(State::NeedsInput);
    let stops = living || selected.is_some_and(|task| task.children > 0);
    let wanted = [
        (Action::Task(TaskAction::Foreground), if ended { "output" } else { "foreground" }, state.is_some()),
        (Action::Task(TaskAction::Details), "details", state.is_some()),
        (Action::Task(TaskAction::Reply), "reply", waits),
        (Action::Task(TaskAction::Output), "output", living && !waits),
        (Action::Task(TaskAction::Stop), "stop", stops),
        (Action::Task(TaskAction::Continue), "continue", state == Some(State::Paused)),
        (Action::Task(TaskAction::Rerun), "rerun", ended),
        (Action::Task(TaskAction::Rename), "rename", state.is_some() && state != Some(State::Paused)),
        (Action::Task(TaskAction::Remove), "remove", ended && !stops),
        (Action::Session(SessionAction::Close), "back", true),
    ];
    let label = |action| scene.keymap.label(Context::Tasks, action);
    let told = wanted.iter().filter(|(_, _, fits)| *fits);
    let told = told.filter_map(|(action, word, _)| Some(format!("{} {word}", label(*action)?)));
    told.collect::<Vec<_>>().join("  ")
}
