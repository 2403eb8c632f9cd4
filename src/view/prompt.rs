//! The prompt's line or lines: what is being typed, or what runs and how to send it to the background.

use super::{
    Scene, menu,
    paint::{BOLD, Canvas, DIM, PLAIN, cut, state_style, wrap_text},
};
use crate::{
    action::{Action, Context, TaskAction},
    screen::{CursorShape, clean, width},
    session::{Phase, Task},
    task::{State, text},
    viewer::Question,
};
use ratatui::style::{Color, Style};

/// Columns of the prompt's sign.
const SIGN: u16 = 2;

/// Rows the prompt takes: one, or as many as a multi-line text needs, up to half the terminal.
pub(super) fn rows(scene: &Scene<'_>, cols: u16) -> u16 {
    if scene.session.foreground().is_some() || scene.viewer.question.is_some() {
        return 1;
    }
    let most = (scene.viewer.size.rows / 2).max(1);
    u16::try_from(wrapped(scene, cols).len()).unwrap_or(most).clamp(1, most)
}

/// The text's lines cut to the width, with the line and the character each piece starts at.
fn wrapped(scene: &Scene<'_>, cols: u16) -> Vec<(usize, usize, String)> {
    let room = cols.saturating_sub(SIGN + 1).max(1);
    let mut pieces = vec![];
    for (number, line) in scene.viewer.prompt.lines().iter().enumerate() {
        let shown = line.replace('\t', " ");
        let mut at = 0;
        for row in wrap_text(&shown, room, PLAIN) {
            let text: String = row.into_iter().map(|(text, _)| text).collect();
            let characters = text.chars().count();
            pieces.push((number, at, text));
            at += characters;
        }
    }
    pieces
}

/// Draws the prompt from a row on.
pub(super) fn draw(scene: &Scene<'_>, canvas: &mut Canvas, top: u16) {
    if let Some(question) = &scene.viewer.question {
        ask(scene, question, canvas, top);
    } else if let Some(task) = scene.session.foreground() {
        running(scene, task, canvas, top);
    } else {
        edit(scene, canvas, top);
        menu::draw(scene, canvas, top, top + rows(scene, canvas.cols()));
    }
}

fn edit(scene: &Scene<'_>, canvas: &mut Canvas, top: u16) {
    let pieces = wrapped(scene, canvas.cols());
    let (line, column) = scene.viewer.prompt.cursor();
    let here = pieces.iter().rposition(|(number, start, _)| *number == line && *start <= column).unwrap_or(0);
    let rows = usize::from(rows(scene, canvas.cols()));
    let skip = (here + 1).saturating_sub(rows);
    for (at, (_, start, text)) in pieces.iter().enumerate().skip(skip).take(rows) {
        let row = top + u16::try_from(at - skip).unwrap_or(0);
        let sign = if at == 0 { "❯ " } else { "  " };
        let col = canvas.put(row, 0, SIGN, &[(sign.into(), Style::new().fg(Color::Magenta))]).max(SIGN);
        canvas.put(row, col, canvas.cols(), &[(text.clone(), PLAIN)]);
        if at == here && scene.viewer.scroll == 0 {
            let before: String = text.chars().take(column - start).collect();
            let col = SIGN + u16::try_from(width(&before)).unwrap_or(0);
            canvas.set_cursor(row, col.min(canvas.cols().saturating_sub(1)), CursorShape::default());
            if let Some(rest) = scene.viewer.suggestion() {
                canvas.put(row, col, canvas.cols(), &[(clean(rest, usize::MAX), DIM)]);
            }
        }
    }
}

/// `▶ npm test · 12s · ^B background`.
fn running(scene: &Scene<'_>, task: &Task, canvas: &mut Canvas, row: u16) {
    let state = task.state();
    let paused = matches!(task.phase, Phase::Running { paused: true, .. });
    let time = text::clock(task.duration_ms(scene.now_ms));
    let key = |context, action| scene.keymap.label(context, Action::Task(action));
    let hints: Vec<String> = if paused {
        let go = key(Context::Paused, TaskAction::Continue).map(|key| format!("{key} continue"));
        let away = key(Context::Paused, TaskAction::Background).map(|key| format!("{key} background"));
        go.into_iter().chain(away).collect()
    } else {
        key(Context::Task, TaskAction::Background)
            .map(|key| format!("{key} background"))
            .into_iter()
            .collect()
    };
    let mark = if paused { State::Paused.mark() } else { "▶" };
    let word = if paused { " · paused" } else { "" };
    let tail =
        format!("{word} · {time}{}", hints.iter().map(|hint| format!(" · {hint}")).collect::<String>());
    let room = usize::from(canvas.cols()).saturating_sub(width(&tail) + 3);
    let title = cut(&clean(task.spec.title(), usize::MAX), room);
    let parts = [(format!("{mark} "), state_style(state)), (title, BOLD), (tail, DIM)];
    canvas.line(row, &parts);
}

/// Asks in a view that has no prompt: over its last row of keys.
pub(super) fn ask_over(scene: &Scene<'_>, question: &Question, canvas: &mut Canvas) {
    let row = canvas.rows().saturating_sub(3);
    let blank = " ".repeat(usize::from(canvas.cols()));
    canvas.line(row, &[(blank, PLAIN)]);
    ask(scene, question, canvas, row);
}

fn ask(scene: &Scene<'_>, question: &Question, canvas: &mut Canvas, row: u16) {
    let title = |id| scene.session.task(id).map_or_else(String::new, |task| clean(task.spec.title(), 40));
    let (text, keys) = match question {
        Question::Quit { running } => {
            let tasks = text::plural(*running as u64, "task");
            (format!("{tasks} running. "), "[y] leave  [s] stop all  [n] stay")
        }
        Question::Remove(id) => {
            (format!("Forget task {id} ({}) and delete its output? ", title(*id)), "[y] yes  [n] no")
        }
        Question::Stop(id) => (format!("Stop task {id} ({})? ", title(*id)), "[y] yes  [n] no"),
    };
    let col =
        canvas.put(row, 0, canvas.cols(), &[("? ".into(), Style::new().fg(Color::Yellow)), (text, BOLD)]);
    canvas.put(row, col, canvas.cols(), &[(keys.into(), PLAIN)]);
    canvas.cursor = None;
}
