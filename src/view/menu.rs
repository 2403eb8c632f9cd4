//! The list to choose from at the prompt: below it where there is room, else above.

use super::{
    Scene,
    paint::{BOLD, Canvas, DIM, INVERSE, PLAIN, cut},
};
use crate::{screen::clean, viewer::Menu};

/// Rows of the list.
const ROWS_MAX: usize = 10;

/// Draws the list beside a prompt that takes the rows from `top` to `below`.
pub(super) fn draw(scene: &Scene<'_>, canvas: &mut Canvas, top: u16, below: u16) {
    let Some(menu) = &scene.viewer.menu else { return };
    let foot = canvas.rows().saturating_sub(2);
    let (room_below, room_above) = (foot.saturating_sub(below), top);
    let room = usize::from(room_below.max(room_above)).min(ROWS_MAX + 1);
    let shown = menu.items.len().min(room.saturating_sub(1));
    let rows = u16::try_from(shown + 1).unwrap_or(room_below);
    let first = if rows <= room_below { below } else { top.saturating_sub(rows) };
    let skip = (menu.selected + 1).saturating_sub(shown);
    let columns = usize::from(canvas.cols());
    for (row, (at, item)) in (first..).zip(menu.items.iter().enumerate().skip(skip).take(shown)) {
        let text = cut(&clean(&item.replace('\n', " ⏎ "), usize::MAX), columns.saturating_sub(3));
        let style = if at == menu.selected { INVERSE } else { PLAIN };
        canvas.line(row, &[(" ".repeat(columns), PLAIN)]);
        canvas.line(row, &[("  ".into(), PLAIN), (text, style)]);
    }
    let last = first + u16::try_from(shown).unwrap_or(0);
    canvas.line(last, &[(" ".repeat(columns), PLAIN)]);
    canvas.line(last, &[(format!("  {} · ", count(menu)), BOLD), (keys(menu).into(), DIM)]);
}

fn count(menu: &Menu) -> String {
    match menu.items.len() {
        0 => "nothing in the history is like this".into(),
        all => format!("{} of {all}", menu.selected + 1),
    }
}

const fn keys(menu: &Menu) -> &'static str {
    if menu.is_history() {
        "Enter run  Tab edit  ↑↓ choose  Esc give up"
    } else {
        "Enter take  Tab next  Esc give up"
    }
}
