//! Where a client is among the panes: which one has its keys, and how large they are on its terminal.

use super::{Intent, Viewer, World};
use crate::{
    action::PaneAction,
    protocol::client::{Mouse, MouseAction},
    session::{Area, Axis, Layout, Pane, Session, Side, Task},
    task::{Size, TaskId},
};

/// What a client wants of the panes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrange {
    /// A pane beside this one, for the task in the foreground if that is where the user is, else for a shell.
    Split(Pane, Axis),
    /// A pane beside this one for a shell.
    Shell(Pane),
    /// A pane beside this one for a task that runs.
    Open(Pane, TaskId),
    /// Closes a pane; its task runs on.
    Close(Pane),
    /// Changes places.
    Swap(Pane, Pane),
    /// Moves a border.
    Resize(Pane, Side),
    /// Fills everything with one, or no longer.
    Zoom(Pane),
    /// The same room for all.
    Even,
}

impl Viewer {
    /// The room that panes share: all but the rule and the status line.
    pub const fn body(&self) -> Area {
        Area { row: 0, col: 0, rows: self.size.rows.saturating_sub(2), cols: self.size.cols }
    }

    /// The pane that has this client's keys.
    pub fn pane(&self, layout: &Layout) -> Pane {
        let there = |pane: &Pane| layout.has(*pane);
        layout.zoomed().or_else(|| Some(self.pane).filter(there)).unwrap_or_default()
    }

    /// The size a task's terminal has in a pane: without the prompt's line, or the line with its name.
    pub fn size_in(&self, layout: &Layout, pane: Pane) -> Size {
        let area = layout.area(pane, self.body());
        Size::new(area.rows.saturating_sub(1), area.cols)
    }

    /// The task in the pane that has this client's keys.
    pub fn task_in_pane<'a>(&self, session: &'a Session) -> Option<&'a Task> {
        match self.pane(session.layout()) {
            Pane::Main => session.foreground(),
            Pane::Task(id) => session.task(id),
        }
    }

    /// Goes to a pane.
    pub fn focus(&mut self, pane: Pane) {
        if self.pane != pane {
            self.pane_before = std::mem::replace(&mut self.pane, pane);
        }
    }

    pub(super) fn pane_act(&mut self, action: PaneAction, world: &World<'_>) -> Vec<Intent> {
        let layout = world.session.layout();
        let here = self.pane(layout);
        let arrange = match action {
            PaneAction::SplitRight => Arrange::Split(here, Axis::Across),
            PaneAction::SplitDown => Arrange::Split(here, Axis::Down),
            PaneAction::NewShell => Arrange::Shell(here),
            PaneAction::FocusLeft => return self.go_to_side(Side::Left, layout),
            PaneAction::FocusRight => return self.go_to_side(Side::Right, layout),
            PaneAction::FocusUp => return self.go_to_side(Side::Up, layout),
            PaneAction::FocusDown => return self.go_to_side(Side::Down, layout),
            PaneAction::FocusNext => return self.go_to_pane(layout.after(here), layout),
            PaneAction::FocusLast => return self.go_to_pane(self.pane_before, layout),
            PaneAction::SwapNext => Arrange::Swap(here, layout.after(here)),
            PaneAction::ResizeLeft => Arrange::Resize(here, Side::Left),
            PaneAction::ResizeRight => Arrange::Resize(here, Side::Right),
            PaneAction::ResizeUp => Arrange::Resize(here, Side::Up),
            PaneAction::ResizeDown => Arrange::Resize(here, Side::Down),
            PaneAction::Zoom => Arrange::Zoom(here),
            PaneAction::Even => Arrange::Even,
            PaneAction::ClosePane => Arrange::Close(here),
        };
        self.views.clear();
        vec![Intent::Arrange(arrange)]
    }

    fn go_to_side(&mut self, side: Side, layout: &Layout) -> Vec<Intent> {
        let here = self.pane(layout);
        let pane = layout.beside(here, side, self.body()).unwrap_or(here);
        self.go_to_pane(pane, layout)
    }

    /// A pane that fills everything gives way to the one gone to.
    fn go_to_pane(&mut self, pane: Pane, layout: &Layout) -> Vec<Intent> {
        if !layout.has(pane) {
            return vec![];
        }
        self.views.clear();
        self.scroll = 0;
        self.focus(pane);
        layout.zoomed().map(|zoomed| Intent::Arrange(Arrange::Zoom(zoomed))).into_iter().collect()
    }

    /// A mouse event in a pane's own rows and columns; a click elsewhere goes to that pane first. `None`: it is for nobody.
    pub(super) fn mouse_in_pane(&mut self, mouse: Mouse, layout: &Layout) -> Option<Mouse> {
        let areas = layout.areas(self.body());
        let (pane, area) = *areas.iter().find(|(_, area)| area.has(mouse.row, mouse.col))?;
        if pane != self.pane(layout) {
            if matches!(mouse.action, MouseAction::Down(_)) {
                self.focus(pane);
            }
            return None;
        }
        let top = area.row + u16::from(pane != Pane::Main);
        let row = mouse.row.checked_sub(top)?;
        Some(Mouse { row, col: mouse.col - area.col, ..mouse })
    }
}
