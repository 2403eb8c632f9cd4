//! What one client sees, as a picture: pure drawing of a viewer and a session into cells.

mod canvas;
mod details;
mod feed;
mod foot;
mod help;
mod menu;
mod paint;
mod pane;
mod prompt;
mod review;
mod screen;
mod selected;
mod tasks;

pub use canvas::Canvas;
pub use selected::text as selected_text;

use crate::{
    keymap::Keymap,
    screen::Screen,
    session::Session,
    task::TaskId,
    transcript::Line,
    viewer::{View, Viewer},
};
use std::collections::BTreeMap;

/// Everything a picture is made of.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Whose picture.
    pub viewer: &'a Viewer,
    /// The truth.
    pub session: &'a Session,
    /// Screens of tasks, where there is one in memory.
    pub screens: &'a BTreeMap<TaskId, &'a Screen>,
    /// Last lines of ended commands.
    pub tails: &'a BTreeMap<TaskId, Tail>,
    /// Git branch of the session's directory.
    pub branch: Option<&'a str>,
    /// The user's home, shown as `~`.
    pub home: Option<&'a str>,
    /// What is bound, for hints.
    pub keymap: &'a Keymap,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

/// The last lines a command printed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tail {
    /// The lines.
    pub lines: Vec<Line>,
    /// How many there are in all.
    pub total: u64,
}

/// Draws a client's picture. Returns the ended commands whose last lines were not at hand.
pub fn draw(scene: &Scene<'_>, canvas: &mut Canvas) -> Vec<TaskId> {
    canvas.begin(scene.viewer.size);
    let missing = match scene.viewer.view() {
        None => pane::draw(scene, canvas),
        Some(View::Tasks(list)) => {
            tasks::draw(scene, list, canvas);
            vec![]
        }
        Some(View::Details(id)) => {
            details::draw(scene, *id, canvas);
            vec![]
        }
        Some(View::Review(review)) => {
            review::draw(scene, review, canvas);
            vec![]
        }
        Some(View::Help { top, here }) => {
            help::draw(scene, *top, *here, canvas);
            vec![]
        }
    };
    foot::draw(scene, canvas);
    if let (Some(question), Some(_)) = (&scene.viewer.question, scene.viewer.view()) {
        prompt::ask_over(scene, question, canvas);
    }
    if let Some(selection) = scene.viewer.selecting.selection() {
        selected::draw(canvas, selection);
    }
    canvas.finish();
    missing
}

#[cfg(test)]
mod tests;
