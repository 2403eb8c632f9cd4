//! The two rows at the bottom: a rule, which carries aside's word to this user, and the status line.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, PLAIN, Part, cut, state_style},
};
use crate::{
    action::{Action, Context, SessionAction, TaskAction},
    limits::STATUS_TASKS_MAX,
    screen::{clean, width},
    task::State,
    viewer::View,
};
use ratatui::style::{Color, Style};

/// Draws rule and status line.
pub(super) fn draw(scene: &Scene<'_>, canvas: &mut Canvas) {
    let rows = canvas.rows();
    if rows < 3 {
        return;
    }
    rule(scene, canvas, rows - 2);
    status(scene, canvas, rows - 1);
}

fn rule(scene: &Scene<'_>, canvas: &mut Canvas, row: u16) {
    let line = "─".repeat(usize::from(canvas.cols()));
    canvas.line(row, &[(line, DIM)]);
    if let Some(message) = &scene.viewer.message {
        let text =
            format!(" {} ", cut(&clean(message, usize::MAX), usize::from(canvas.cols()).saturating_sub(6)));
        canvas.put(row, 2, canvas.cols(), &[(text, Style::new().fg(Color::Yellow))]);
    }
}

fn status(scene: &Scene<'_>, canvas: &mut Canvas, row: u16) {
    let hint = hint(scene);
    let room = usize::from(canvas.cols()).saturating_sub(width(&hint) + 4);
    let mut parts: Vec<Part> = vec![(" ".into(), PLAIN)];
    parts.push((place(scene, room / 2), BOLD));
    for part in [counts(scene), ends(scene)] {
        if !part.is_empty() {
            parts.push((" │ ".into(), DIM));
            parts.extend(part);
        }
    }
    let used: usize = parts.iter().map(|(text, _)| width(text)).sum();
    let end = canvas.put(row, 0, canvas.cols(), &parts);
    if !hint.is_empty() && used + width(&hint) + 3 <= usize::from(canvas.cols()) {
        canvas.put(row, end, canvas.cols(), &[(" │ ".into(), DIM), (hint, DIM)]);
    }
}

/// `~/shop main`: directory and branch.
fn place(scene: &Scene<'_>, room: usize) -> String {
    let cwd = scene
        .session
        .place()
        .map_or_else(String::new, |place| String::from_utf8_lossy(&place.cwd).into_owned());
    let short = match scene.home.and_then(|home| cwd.strip_prefix(home)) {
        Some("") => "~".to_owned(),
        Some(rest) if rest.starts_with('/') => format!("~{rest}"),
        _ => cwd,
    };
    let short = clean(&short, usize::MAX);
    let branch = scene.branch.map_or(String::new(), |branch| format!(" {branch}"));
    let room = room.max(12).saturating_sub(width(&branch));
    if width(&short) <= room {
        return format!("{short}{branch}");
    }
    // The end of a path tells more than its start.
    let tail: String = short.chars().rev().take(room.saturating_sub(1)).collect();
    format!("…{}{branch}", tail.chars().rev().collect::<String>())
}

fn counts(scene: &Scene<'_>) -> Vec<Part> {
    let front = scene.session.front();
    let count = |state| {
        let same = scene.session.living().filter(|task| task.state() == state);
        same.filter(|task| Some(task.id()) != front).count()
    };
    let words = [(State::Running, "running"), (State::NeedsInput, "needs input"), (State::Paused, "paused")];
    let mut parts = vec![];
    for (state, word) in words {
        let count = count(state);
        if count > 0 {
            let gap = if parts.is_empty() { "" } else { "  " };
            parts.push((format!("{gap}{}", state.mark()), state_style(state)));
            parts.push((format!(" {count} {word}"), PLAIN));
        }
    }
    parts
}

/// The newest ends not seen yet, at most three, then how many more.
fn ends(scene: &Scene<'_>) -> Vec<Part> {
    let unseen: Vec<_> = scene.session.unseen().collect();
    let mut parts = vec![];
    for task in unseen.iter().take(STATUS_TASKS_MAX) {
        let state = task.state();
        let gap = if parts.is_empty() { "" } else { "  " };
        let code = task.outcome().and_then(crate::task::Outcome::exit_code).filter(|code| *code != 0);
        let code = code.map_or(String::new(), |code| format!("({code})"));
        parts.push((format!("{gap}{}", state.mark()), state_style(state)));
        parts.push((format!(" {}{code}", cut(&clean(task.spec.title(), usize::MAX), 16)), PLAIN));
    }
    if unseen.len() > STATUS_TASKS_MAX {
        parts.push((format!("  +{}", unseen.len() - STATUS_TASKS_MAX), PLAIN));
    }
    parts
}

/// The keys worth knowing here.
fn hint(scene: &Scene<'_>) -> String {
    let pending = scene.viewer.chord.pending();
    if !pending.is_empty() {
        let keys: Vec<String> = pending.iter().map(|key| key.label()).collect();
        return format!("{} …", keys.join(" "));
    }
    let label = |context, action| scene.keymap.label(context, action);
    let words: &[(Context, Action, &str)] = match scene.viewer.view() {
        None if scene.viewer.task_in_pane(scene.session).is_some() => {
            &[(Context::Task, Action::Task(TaskAction::Background), "background")]
        }
        None if scene.viewer.scroll > 0 => {
            &[(Context::Scroll, Action::Session(SessionAction::Close), "back to the end")]
        }
        None => &[
            (Context::Prompt, Action::Session(SessionAction::Help), "help"),
            (Context::Prompt, Action::Session(SessionAction::Tasks), "tasks"),
        ],
        Some(View::Tasks(_)) => &[(Context::Tasks, Action::Session(SessionAction::Close), "back")],
        Some(View::Details(_)) => &[(Context::Details, Action::Session(SessionAction::Close), "back")],
        Some(View::Review(_)) => &[(Context::Review, Action::Session(SessionAction::Close), "back")],
        Some(View::Help { .. }) => &[(Context::Help, Action::Session(SessionAction::Close), "back")],
    };
    let told = words
        .iter()
        .filter_map(|(context, action, word)| Some(format!("{} {word}", label(*context, *action)?)));
    told.collect::<Vec<_>>().join("  ")
}
