//! What can be done: the prompt's language, aside's commands, every key.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, PLAIN, Row},
};
use crate::prompt::COMMANDS;

const LANGUAGE: &[(&str, &str)] = &[
    ("command", "runs in the foreground; cd, export and umask hold for the next one"),
    ("command &", "runs in the background; so does: & command"),
    ("! command", "a shell command, whatever the prompt's default is"),
];

/// Draws the help from a line on.
pub(super) fn draw(scene: &Scene<'_>, top: usize, canvas: &mut Canvas) {
    let rows = rows(scene);
    let room = usize::from(canvas.rows().saturating_sub(2));
    let top = top.min(rows.len().saturating_sub(room));
    for (row, parts) in (0..).zip(rows.iter().skip(top).take(room)) {
        canvas.line(row, parts);
    }
}

fn rows(scene: &Scene<'_>) -> Vec<Row> {
    let mut rows = vec![heading("At the prompt")];
    rows.extend(LANGUAGE.iter().map(|(what, does)| pair(what, does)));
    for command in &COMMANDS {
        let alias = command.alias.map_or(String::new(), |alias| format!(" (also /{alias})"));
        let what = format!("/{} {}", command.word, command.argument);
        rows.push(pair(&what, &format!("{}{alias}", command.doc)));
    }
    let mut context = None;
    for listed in scene.keymap.rows() {
        if context != Some(listed.context) {
            rows.push(vec![]);
            rows.push(heading(&format!("Keys: {}", listed.context)));
            context = Some(listed.context);
        }
        rows.push(pair(&listed.keys, listed.doc));
    }
    rows
}

fn heading(text: &str) -> Row {
    vec![(text.to_owned(), BOLD)]
}

fn pair(what: &str, does: &str) -> Row {
    vec![(format!("  {what:<22} "), PLAIN), (does.to_owned(), DIM)]
}
