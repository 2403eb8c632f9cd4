//! What can be done: the prompt's language, aside's commands, every key.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, PLAIN, Row},
};
use crate::{action::Context, keymap::Listed, prompt::COMMANDS};

const LANGUAGE: &[(&str, &str)] = &[
    ("command", "runs in the foreground; cd, export and umask hold for the next one"),
    ("command &", "runs in the background; so does: & command"),
    ("! command", "a shell command, whatever the prompt's default is"),
];

/// Draws the help from a line on.
pub(super) fn draw(scene: &Scene<'_>, top: usize, here: Context, canvas: &mut Canvas) {
    let rows = rows(scene, here);
    let room = usize::from(canvas.rows().saturating_sub(2));
    let top = top.min(rows.len().saturating_sub(room));
    for (row, parts) in (0..).zip(rows.iter().skip(top).take(room)) {
        canvas.line(row, parts);
    }
}

fn rows(scene: &Scene<'_>, here: Context) -> Vec<Row> {
    let listed = scene.keymap.rows();
    let mut rows = vec![];
    if !matches!(here, Context::Prompt | Context::Help) {
        for context in here.chain().iter().filter(|context| **context != Context::Global) {
            let title = if *context == here { "Keys here: " } else { "Keys here too: " };
            rows.push(heading(&format!("{title}{}", context.name())));
            rows.extend(by_action(&listed, *context));
            rows.push(vec![]);
        }
    }
    rows.push(heading("At the prompt"));
    rows.extend(LANGUAGE.iter().map(|(what, does)| pair(what, does)));
    for command in &COMMANDS {
        let alias = command.alias.map_or(String::new(), |alias| format!(" (also /{alias})"));
        let what = format!("/{} {}", command.word, command.argument);
        rows.push(pair(&what, &format!("{}{alias}", command.doc)));
    }
    let mut context = None;
    for listed in listed {
        if context != Some(listed.context) {
            rows.push(vec![]);
            rows.push(heading(&format!("Keys: {}", listed.context)));
            context = Some(listed.context);
        }
        rows.push(pair(&listed.keys, listed.doc));
    }
    rows
}

/// What is bound in a context, an action a row with all its keys, so that a view's fit a screen.
fn by_action(listed: &[Listed], context: Context) -> Vec<Row> {
    let mut actions: Vec<(&Listed, String)> = vec![];
    for row in listed.iter().filter(|row| row.context == context.name()) {
        match actions.iter_mut().find(|(known, _)| known.action == row.action) {
            Some((_, keys)) => *keys += &format!("  {}", row.keys),
            None => actions.push((row, row.keys.clone())),
        }
    }
    actions.into_iter().map(|(row, keys)| pair(&keys, row.doc)).collect()
}

fn heading(text: &str) -> Row {
    vec![(text.to_owned(), BOLD)]
}

fn pair(what: &str, does: &str) -> Row {
    vec![(format!("  {what:<22} "), PLAIN), (does.to_owned(), DIM)]
}
