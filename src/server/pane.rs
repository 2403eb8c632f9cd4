//! Panes: what clients want of them, and the sizes of the terminals they show.

use super::{ClientId, Effect, Now, Server, shell};
use crate::{
    log::Octets,
    protocol::client::Place,
    session::{Axis, Moved, Pane, Refusal},
    task::TaskId,
    viewer::Arrange,
};

impl Server {
    /// The task in the pane that has a client's keys.
    pub(super) fn typed_to(&self, client: ClientId) -> Option<TaskId> {
        let (viewer, _) = self.viewers.get(&client)?;
        viewer.task_in_pane(&self.session).map(crate::session::Task::id)
    }

    /// Does what a client wants of the panes.
    pub(super) fn arrange(
        &mut self,
        now: Now,
        client: ClientId,
        arrange: Arrange,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        match arrange {
            Arrange::Split(Pane::Main, axis) if self.session.front().is_some() => {
                self.give_pane(client, axis, effects)?;
            }
            Arrange::Split(beside, axis) => self.shell_in_pane(now, client, beside, axis, effects)?,
            Arrange::Shell(beside) => self.shell_in_pane(now, client, beside, Axis::Across, effects)?,
            Arrange::Open(beside, id) => self.open_pane(client, beside, id, effects)?,
            Arrange::Close(Pane::Main) if self.session.front().is_some() => {
                self.background(Moved::Key, effects)?;
            }
            Arrange::Close(Pane::Main) => return Err(Refusal("the prompt's pane stays".into())),
            Arrange::Close(pane) => self.with_session(effects, |session, changes| {
                session.arrange(|layout| layout.close(pane), changes);
            }),
            Arrange::Swap(one, other) => self.with_session(effects, |session, changes| {
                session.arrange(|layout| layout.swap(one, other), changes);
            }),
            Arrange::Resize(pane, side) => self.with_session(effects, |session, changes| {
                session.arrange(|layout| layout.resize(pane, side), changes);
            }),
            Arrange::Zoom(pane) => self.with_session(effects, |session, changes| {
                session.arrange(|layout| layout.zoom(pane), changes);
            }),
            Arrange::Even => self.with_session(effects, |session, changes| {
                session.arrange(crate::session::Layout::even, changes);
            }),
        }
        self.fit(client, effects);
        self.touch_all();
        Ok(())
    }

    /// The task in the foreground goes on in a pane beside; the prompt is free.
    fn give_pane(&mut self, client: ClientId, axis: Axis, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        self.allow_background()?;
        let Some(id) = self.session.front() else { return Ok(()) };
        self.split(client, Pane::Main, axis, id, effects)?;
        self.with_session(effects, |session, changes| session.background(Moved::Pane, changes))?;
        Ok(())
    }

    /// A task that runs in the background is shown in a pane beside.
    fn open_pane(
        &mut self,
        client: ClientId,
        beside: Pane,
        id: TaskId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let task = self.session.require(id)?;
        if task.state().ended() {
            let state = task.state();
            return Err(Refusal(format!(
                "task {id} has ended ({state}); /output {id} shows what it printed"
            )));
        }
        if self.session.front() == Some(id) {
            self.give_pane(client, Axis::Across, effects)?;
        } else if !self.session.layout().has(Pane::Task(id)) {
            self.split(client, beside, Axis::Across, id, effects)?;
        }
        self.focus(client, Pane::Task(id));
        Ok(())
    }

    fn shell_in_pane(
        &mut self,
        now: Now,
        client: ClientId,
        beside: Pane,
        axis: Axis,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let place: Place = self.session.place().cloned().unwrap_or_default();
        let shell = shell::variable(&place, "SHELL").unwrap_or_else(|| "/bin/sh".into());
        let next = self.session.next_id();
        self.split(client, beside, axis, next, effects)?;
        let argv = vec![Octets::from(shell.as_str())];
        self.order(now, client, argv, shell, place, Some(Moved::Pane), effects);
        self.focus(client, Pane::Task(next));
        Ok(())
    }

    fn split(
        &mut self,
        client: ClientId,
        beside: Pane,
        axis: Axis,
        id: TaskId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let Some((viewer, _)) = self.viewers.get(&client) else { return Ok(()) };
        let whole = viewer.body();
        let done = self.with_session(effects, |session, changes| {
            session.arrange(|layout| layout.split(beside, axis, Pane::Task(id), whole), changes)
        });
        if done { Ok(()) } else { Err(Refusal("there is no room for another pane here".into())) }
    }

    fn focus(&mut self, client: ClientId, pane: Pane) {
        if let Some((viewer, _)) = self.viewers.get_mut(&client) {
            viewer.focus(pane);
        }
    }

    /// Gives the terminals of all panes the sizes they have on the client that looks at them now.
    pub(super) fn fit(&mut self, client: ClientId, effects: &mut Vec<Effect>) {
        let Some((viewer, _)) = self.viewers.get(&client) else { return };
        let layout = self.session.layout();
        let front = self.session.front().map(|id| (id, Pane::Main));
        let shown = layout.tasks().map(|id| (id, Pane::Task(id)));
        let sizes: Vec<_> = shown.chain(front).map(|(id, pane)| (id, viewer.size_in(layout, pane))).collect();
        for (id, size) in sizes {
            self.resize_task(id, size, effects);
        }
    }
}
