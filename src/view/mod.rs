//! What one client sees, as a picture: pure drawing of a viewer and a session into cells.

mod details;
mod feed;
mod foot;
mod help;
mod paint;
mod prompt;
mod review;
mod screen;
mod tasks;

use crate::{
    frame::{Extras, Picture},
    keymap::Keymap,
    screen::Screen,
    session::Session,
    task::TaskId,
    transcript::Line,
    viewer::{View, Viewer},
};
use paint::Canvas;
use ratatui::{buffer::Buffer, layout::Rect};
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

/// A picture, and what was missing to draw it fully.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawn {
    /// What the client shows.
    pub picture: Picture,
    /// Ended commands whose last lines were not at hand.
    pub missing: Vec<TaskId>,
}

/// Draws a client's picture.
pub fn draw(scene: &Scene<'_>) -> Drawn {
    let size = scene.viewer.size;
    let buffer = Buffer::empty(Rect::new(0, 0, size.cols, size.rows));
    let mut canvas = Canvas { buffer, extras: Extras::default(), cursor: None };
    let missing = match scene.viewer.view() {
        None => feed::draw(scene, &mut canvas),
        Some(View::Tasks(list)) => {
            tasks::draw(scene, list, &mut canvas);
            vec![]
        }
        Some(View::Details(id)) => {
            details::draw(scene, *id, &mut canvas);
            vec![]
        }
        Some(View::Review(review)) => {
            review::draw(scene, review, &mut canvas);
            vec![]
        }
        Some(View::Help { top }) => {
            help::draw(scene, *top, &mut canvas);
            vec![]
        }
    };
    foot::draw(scene, &mut canvas);
    if let (Some(question), Some(_)) = (&scene.viewer.question, scene.viewer.view()) {
        prompt::ask_over(scene, question, &mut canvas);
    }
    let picture = Picture { buffer: canvas.buffer, extras: canvas.extras, cursor: canvas.cursor };
    Drawn { picture, missing }
}

#[cfg(test)]
mod tests;
