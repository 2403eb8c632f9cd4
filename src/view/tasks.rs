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
    task::text,
    viewer::{Group, TaskList},
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
    match &list.rename {
        Some(name) => canvas.line(foot, &[("Name: ".into(), BOLD), (format!("{}▏", name.text()), PLAIN)]),
        None => canvas.line(foot, &[(keys(scene), DIM)]),
    }
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

fn keys(scene: &Scene<'_>) -> String {
    let wanted = [
        (Action::Task(TaskAction::Foreground), "foreground"),
        (Action::Task(TaskAction::Details), "details"),
        (Action::Task(TaskAction::Output), "output"),
        (Action::Task(TaskAction::Stop), "stop"),
        (Action::Task(TaskAction::Rerun), "rerun"),
        (Action::Task(TaskAction::Rename), "rename"),
        (Action::Task(TaskAction::Remove), "remove"),
        (Action::Session(SessionAction::Close), "back"),
    ];
    let label = |action| scene.keymap.label(Context::Tasks, action);
    let told = wanted.iter().filter_map(|(action, word)| Some(format!("{} {word}", label(*action)?)));
    told.collect::<Vec<_>>().join("  ")
}
