//! One task: what is known of it, why, and its screen.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, PLAIN, state_style, wrap_text},
    screen,
};
use crate::{
    action::{Action, Context, SessionAction, TaskAction},
    screen::clean,
    session::Task,
    task::{State, TaskId, text},
};
use jiff::{Timestamp, tz::TimeZone};

/// Draws the details of a task.
pub(super) fn draw(scene: &Scene<'_>, id: TaskId, canvas: &mut Canvas) {
    let Some(task) = scene.session.task(id) else {
        canvas.line(0, &[(format!("task {id} was removed"), DIM)]);
        return;
    };
    let state = task.state();
    let title = clean(task.spec.title(), usize::MAX);
    canvas.line(
        0,
        &[
            (format!("Task {id} "), BOLD),
            (format!("{} {state} ", state.mark()), state_style(state)),
            (title, BOLD),
        ],
    );
    let foot = canvas.rows().saturating_sub(3);
    let mut row = 1;
    for (name, value) in facts(scene, task) {
        for part in wrap_text(&value, canvas.cols().saturating_sub(12).max(1), PLAIN) {
            if row >= foot {
                break;
            }
            canvas.put(row, 1, 12, &[(name.to_owned(), DIM)]);
            canvas.put(row, 12, canvas.cols(), &part);
            row += 1;
        }
    }
    show_screen(scene, id, canvas, row, foot);
    canvas.line(foot, &[(keys(scene, task), DIM)]);
}

fn facts(scene: &Scene<'_>, task: &Task) -> Vec<(&'static str, String)> {
    let mut facts = vec![("command", clean(&task.spec.command.replace('\n', " ⏎ "), usize::MAX))];
    facts.push(("directory", clean(&task.spec.cwd.to_string(), usize::MAX)));
    if let Some(why) = task.why() {
        facts.push(("why", clean(&why, usize::MAX)));
    }
    let time = text::duration(task.duration_ms(scene.now_ms));
    let ended = task.outcome().map(|outcome| format!(", ended {}", clock(outcome.ended_at)));
    facts
        .push(("time", format!("{time}, started {}{}", clock(task.started_at()), ended.unwrap_or_default())));
    if let Some(pid) = task.pid() {
        facts.push(("pid", pid.to_string()));
    }
    let size = text::bytes(task.output_bytes);
    facts.push((
        "output",
        format!("{}, {size} · aside output {}", text::plural(task.output_lines, "line"), task.id()),
    ));
    if task.children > 0 {
        let children = text::count(task.children.into());
        facts.push(("children", format!("{children} still running · /stop {} ends them", task.id())));
    }
    if let Some(grant) = &task.spec.agent {
        facts.push(("agent", clean(&grant.words(), usize::MAX)));
    }
    facts.push(("asked by", clean(&task.spec.asked_by, 60)));
    facts
}

/// `14:05:09`, or with the day when that is not today's.
fn clock(ms: u64) -> String {
    let stamp = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    stamp.map_or_else(String::new, |stamp| {
        stamp.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    })
}

fn show_screen(scene: &Scene<'_>, id: TaskId, canvas: &mut Canvas, top: u16, foot: u16) {
    if top + 2 >= foot {
        return;
    }
    let line = "╌".repeat(usize::from(canvas.cols()));
    canvas.line(top, &[(line, DIM)]);
    let Some(task) = scene.screens.get(&id) else { return };
    let used = task.used_rows().min(task.size().rows);
    let shown = used.min(foot - top - 1);
    for row in 0..shown {
        screen::row(canvas, task, used - shown + row, top + 1 + row);
    }
}

fn keys(scene: &Scene<'_>, task: &Task) -> String {
    let ended = task.state().ended();
    let wanted = [
        (Action::Task(TaskAction::Foreground), "foreground", !ended),
        (Action::Task(TaskAction::Reply), "reply", task.state() == State::NeedsInput),
        (Action::Task(TaskAction::Output), "output", true),
        (Action::Task(TaskAction::Stop), "stop", !ended || task.children > 0),
        (Action::Task(TaskAction::Rerun), "rerun", ended),
        (Action::Task(TaskAction::Remove), "remove", ended),
        (Action::Session(SessionAction::Close), "back", true),
    ];
    let label = |action| scene.keymap.label(Context::Details, action);
    let told = wanted.iter().filter(|(_, _, fits)| *fits);
    let told = told.filter_map(|(action, word, _)| Some(format!("{} {word}", label(*action)?)));
    told.collect::<Vec<_>>().join("  ")
}
