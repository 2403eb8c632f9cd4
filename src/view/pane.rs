//! Panes beside the main view: a task's name and state, its screen, and the borders between them.

use super::{
    Scene,
    canvas::Canvas,
    feed,
    paint::{BOLD, DIM, cut, state_style},
    screen,
};
use crate::{
    screen::clean,
    session::{Area, Pane},
    task::{TaskId, text},
};

/// Draws all panes; returns the ended commands whose lines are missing.
pub(super) fn draw(scene: &Scene<'_>, canvas: &mut Canvas) -> Vec<TaskId> {
    let layout = scene.session.layout();
    let body = scene.viewer.body();
    let areas = layout.areas(body);
    let active = scene.viewer.pane(layout);
    let mut missing = vec![];
    let mut cursor = None;
    for (pane, area) in &areas {
        canvas.cursor = None;
        match pane {
            Pane::Main => {
                // the main view leaves its last two rows to the rule and the status line
                canvas.within(Area { rows: area.rows + 2, ..*area });
                missing = feed::draw(scene, canvas);
            }
            Pane::Task(id) => {
                canvas.within(*area);
                task(scene, canvas, *id, *pane == active);
            }
        }
        if *pane == active {
            cursor = canvas.cursor;
        }
    }
    canvas.within_all();
    canvas.cursor = cursor;
    if areas.len() > 1 {
        borders(canvas, body, &areas);
    }
    missing
}

fn task(scene: &Scene<'_>, canvas: &mut Canvas, id: TaskId, active: bool) {
    let Some(task) = scene.session.task(id) else { return };
    let state = task.state();
    let time = text::clock(task.duration_ms(scene.now_ms));
    let room = usize::from(canvas.cols()).saturating_sub(time.len() + 10);
    let title = cut(&clean(task.spec.title(), usize::MAX), room);
    let style = if active { BOLD } else { DIM };
    let parts = [
        (format!("{} ", state.mark()), state_style(state)),
        (format!("{id} {title}"), style),
        (format!(" · {time}"), DIM),
    ];
    canvas.line(0, &parts);
    let Some(shown) = scene.screens.get(&id) else { return };
    let rows = canvas.rows().saturating_sub(1);
    for row in 0..rows.min(shown.size().rows) {
        screen::row(canvas, shown, row, row + 1);
    }
    screen::cursor(canvas, shown, 0, 1, rows);
}

/// Lines in all cells that belong to no pane, joined where they meet.
fn borders(canvas: &mut Canvas, body: Area, areas: &[(Pane, Area)]) {
    let cols = usize::from(body.cols);
    let mut taken = vec![false; cols * usize::from(body.rows)];
    for (_, area) in areas {
        for row in area.row..area.row + area.rows {
            let start = usize::from(row) * cols + usize::from(area.col);
            if let Some(cells) = taken.get_mut(start..start + usize::from(area.cols)) {
                cells.fill(true);
            }
        }
    }
    let border = |row: Option<u16>, col: Option<u16>| {
        let at = row.zip(col).filter(|(row, col)| *row < body.rows && *col < body.cols);
        at.is_some_and(|(row, col)| taken.get(usize::from(row) * cols + usize::from(col)) == Some(&false))
    };
    for (row, col) in (0..body.rows).flat_map(|row| (0..body.cols).map(move |col| (row, col))) {
        if !border(Some(row), Some(col)) {
            continue;
        }
        let (up, down) = (border(row.checked_sub(1), Some(col)), border(Some(row + 1), Some(col)));
        let (left, right) = (border(Some(row), col.checked_sub(1)), border(Some(row), Some(col + 1)));
        let line = match (up, down, left, right) {
            (true, true, true, true) => "┼",
            (true, true, true, false) => "┤",
            (true, true, false, true) => "├",
            (true, false, true, true) => "┴",
            (false, true, true, true) => "┬",
            (_, _, false, false) => "│",
            _ => "─",
        };
        canvas.put(row, col, body.cols, &[(line.into(), DIM)]);
    }
}
