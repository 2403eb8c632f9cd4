//! The truth about a session: its tasks, how they ended, what was told and seen, what the main view shows.
//! Knows no viewer, draws nothing, does no I/O: whatever changes is said as an [`Effect`], and every
//! change that must outlive the server is a [`Record`] of the journal, from which it can be rebuilt.

mod agent;
mod effect;
mod feed;
mod ladder;
mod layout;
mod notice;
mod record;
mod restore;
mod said;
mod status;
mod task;

pub use agent::Report;
pub use effect::{Effect, Target};
pub use feed::{Entry, Feed};
pub use layout::{Area, Axis, Layout, Pane, Side};
pub use notice::{Block, Notice, block, bullets, header};
pub use record::{Found, Moved, Record, compact};
pub use said::{Attention, Said};
pub use status::{Source, Status};
pub use task::{Evidence, Phase, Reads, Stopping, Task};

use crate::{
    agent::Grant,
    log::Octets,
    protocol::client::Place,
    screen,
    task::{End, Outcome, Size, Spec, State, TaskId},
};
use std::collections::BTreeMap;

/// A session. Every method that changes it says what must be done about it in `effects`.
#[derive(Debug, Default)]
pub struct Session {
    tasks: BTreeMap<TaskId, Task>,
    next_id: u32,
    feed: Feed,
    foreground: Option<TaskId>,
    layout: Layout,
    /// Directory, environment and umask of the next command; `None` until a first client came.
    place: Option<Place>,
    /// What ended since the last client left; `None` while one is there.
    away: Option<Vec<TaskId>>,
}

/// Variables a new client refreshes in the session: they name sockets that die with a login.
const REFRESHED: [&str; 4] = ["SSH_AUTH_SOCK", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"];

/// What to start.
#[derive(Clone, PartialEq, Debug)]
pub struct Order {
    /// What is executed.
    pub argv: Vec<Octets>,
    /// What the user typed.
    pub command: String,
    /// A name instead of it.
    pub name: Option<String>,
    /// Where, and with what environment.
    pub place: Place,
    /// Size of its terminal.
    pub size: Size,
    /// `None`: in the foreground.
    pub background: Option<Moved>,
    /// Who asks: `you`, or a client's name.
    pub who: String,
    /// What an agent is granted.
    pub agent: Option<Box<Grant>>,
}

/// Why something asked of the session is not done: one sentence.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Session {
    /// All tasks, by id.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.values()
    }

    /// One task.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// One task, or the sentence that there is none.
    ///
    /// # Errors
    /// When there is no such task.
    pub fn require(&self, id: TaskId) -> Result<&Task, Refusal> {
        self.task(id).ok_or_else(|| Refusal(format!("no task {id}; /tasks lists them")))
    }

    /// What the main view shows.
    pub const fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The task in the foreground.
    pub fn foreground(&self) -> Option<&Task> {
        self.foreground.and_then(|id| self.tasks.get(&id))
    }

    /// Its number.
    pub fn front(&self) -> Option<TaskId> {
        self.foreground().map(Task::id)
    }

    /// The panes that share the main view.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Whether somebody who looks at the main view sees a task.
    pub fn shows(&self, id: TaskId) -> bool {
        self.front() == Some(id) || self.layout.has(Pane::Task(id))
    }

    /// Changes the panes.
    pub fn arrange<T>(&mut self, change: impl FnOnce(&mut Layout) -> T, effects: &mut Vec<Effect>) -> T {
        let mut layout = self.layout.clone();
        let result = change(&mut layout);
        if layout != self.layout {
            self.record(Record::Layout(layout), effects);
        }
        result
    }

    /// The number the next task will have.
    pub fn next_id(&self) -> TaskId {
        TaskId(self.next_id.max(1))
    }

    /// Where the next command runs.
    pub const fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Tasks not ended.
    pub fn living(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.tasks.values().filter(|task| !task.state().ended())
    }

    /// Ended background tasks the user has not seen yet, newest first.
    pub fn unseen(&self) -> impl Iterator<Item = &Task> {
        let told = self.feed.notices().filter_map(|id| self.tasks.get(&id));
        told.filter(|task| task.state().ended() && !task.seen)
    }

    /// A client with this place has come: the first one's holds for the session, a later one refreshes only
    /// what names sockets that die with a login.
    pub fn meet(&mut self, place: Place, effects: &mut Vec<Effect>) {
        let Some(own) = &mut self.place else { return self.set_place(place, effects) };
        let name = |entry: &[u8]| entry.split(|byte| *byte == b'=').next().map(<[u8]>::to_vec);
        let fresh = |entry: &&serde_bytes::ByteBuf| {
            REFRESHED.iter().any(|variable| name(entry).as_deref() == Some(variable.as_bytes()))
        };
        for entry in place.environment.iter().filter(fresh) {
            own.environment.retain(|old| name(old) != name(entry));
            own.environment.push(entry.clone());
        }
        effects.push(Effect::SavePlace(own.clone()));
    }

    /// Takes a new place for the next command.
    pub fn set_place(&mut self, place: Place, effects: &mut Vec<Effect>) {
        effects.push(Effect::SavePlace(place.clone()));
        self.place = Some(place);
    }

    /// Starts a task; its id is never used again.
    pub fn order(&mut self, order: Order, now_ms: u64, effects: &mut Vec<Effect>) -> TaskId {
        let id = self.next_id();
        self.next_id = id.0 + 1;
        let spec = Spec {
            id,
            argv: order.argv,
            command: order.command,
            name: order.name,
            cwd: Octets::from(order.place.cwd.to_vec()),
            size: order.size,
            foreground: order.background.is_none(),
            asked_by: order.who,
            created_at: now_ms,
            agent: order.agent,
        };
        let mut task = Task::new(spec.clone());
        task.was_background = order.background.is_some();
        self.tasks.insert(id, task);
        match order.background {
            None => {
                self.foreground = Some(id);
                self.record(Record::Command { task: id }, effects);
            }
            Some(moved) => self.record(Record::Moved { task: id, moved }, effects),
        }
        effects.push(Effect::Spawn { spec: Box::new(spec), place: Box::new(order.place) });
        id
    }

    /// The program of a task runs.
    pub fn started(&mut self, id: TaskId, pid: u32, started_at: u64) {
        if let Some(task) = self.tasks.get_mut(&id)
            && task.outcome().is_none()
        {
            task.phase = Phase::Running { pid, started_at, paused: false, evidence: None };
        }
    }

    /// Job control stopped or continued a task.
    pub fn paused(&mut self, id: TaskId, now_paused: bool) {
        if let Some(Task { phase: Phase::Running { paused, .. }, .. }) = self.tasks.get_mut(&id) {
            *paused = now_paused;
        }
    }

    /// A probe saw this.
    pub fn probed(&mut self, id: TaskId, seen: Evidence, children: u32) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        task.children = children;
        task.said.looked(seen.group);
        if let Phase::Running { evidence, .. } = &mut task.phase {
            *evidence = Some(seen);
        }
    }

    /// A task printed or was typed to: what was seen of it before does not hold any more.
    pub fn stirred(&mut self, id: TaskId) {
        if let Some(Task { phase: Phase::Running { evidence, .. }, said, .. }) = self.tasks.get_mut(&id) {
            *evidence = None;
            said.went_on();
        }
    }

    /// A task's program said something to its terminal.
    pub fn heard(&mut self, id: TaskId, said: &screen::Effect) {
        let watched = self.shows(id);
        if let Some(task) = self.tasks.get_mut(&id) {
            task.said.hear(said, watched);
            if let screen::Effect::ProgramStatus(status) = said {
                task.hear_report(status.state, &status.message);
            }
        }
    }

    /// What a task's program had said before this server was there.
    pub fn recall(&mut self, id: TaskId, said: Said) {
        let watched = self.foreground == Some(id);
        if let Some(task) = self.tasks.get_mut(&id) {
            task.said = said;
            if watched {
                task.said.attended();
            }
        }
    }

    /// The user typed to a task: whatever it wanted to be looked at for has been seen.
    pub fn typed(&mut self, id: TaskId) {
        self.stirred(id);
        if let Some(task) = self.tasks.get_mut(&id) {
            task.said.attended();
        }
    }

    /// More was printed.
    pub fn printed(&mut self, id: TaskId, bytes: u64, lines: u64) {
        if let Some(task) = self.tasks.get_mut(&id) {
            task.output_bytes = task.output_bytes.max(bytes);
            task.output_lines = task.output_lines.max(lines);
        }
    }

    /// A task is over; told at once, and once.
    pub fn ended(&mut self, id: TaskId, outcome: Outcome, result: Option<String>, effects: &mut Vec<Effect>) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        if task.outcome().is_some() {
            return;
        }
        let started_at = match task.phase {
            Phase::Running { started_at, .. } => Some(started_at),
            _ => None,
        };
        task.phase = Phase::Ended { started_at, outcome };
        task.result.clone_from(&result);
        task.stopping = None;
        let background = self.foreground != Some(id);
        task.seen = !background;
        if !background {
            self.foreground = None;
        }
        self.keep_report(id, effects);
        self.record(Record::Ended { task: id, background, result }, effects);
        self.arrange(|layout| layout.close(Pane::Task(id)), effects);
    }

    /// Sends the foreground task to the background.
    ///
    /// # Errors
    /// When there is none.
    pub fn background(&mut self, moved: Moved, effects: &mut Vec<Effect>) -> Result<TaskId, Refusal> {
        let id = self.foreground.take().ok_or_else(|| Refusal("nothing runs in the foreground".into()))?;
        if let Some(task) = self.tasks.get_mut(&id) {
            task.was_background = true;
        }
        self.record(Record::Moved { task: id, moved }, effects);
        Ok(id)
    }

    /// Brings a task to the foreground; one that was there goes to the background.
    ///
    /// # Errors
    /// When there is no such task or it has ended.
    pub fn bring(&mut self, id: TaskId, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        let task = self.require(id)?;
        if task.state().ended() {
            return Err(Refusal(format!(
                "task {id} has ended ({}); /output {id} shows what it printed",
                task.state()
            )));
        }
        if self.foreground == Some(id) {
            return Ok(());
        }
        if self.foreground.is_some() {
            self.background(Moved::Key, effects)?;
        }
        self.foreground = Some(id);
        if let Some(task) = self.tasks.get_mut(&id) {
            task.said.attended();
        }
        self.arrange(|layout| layout.close(Pane::Task(id)), effects);
        self.record(Record::Foreground { task: id }, effects);
        Ok(())
    }

    /// The user has looked at these.
    pub fn see(&mut self, ids: &[TaskId], effects: &mut Vec<Effect>) {
        let fresh = |id: &&TaskId| self.tasks.get(id).is_some_and(|t| t.state().ended() && !t.seen);
        let tasks: Vec<TaskId> = ids.iter().filter(fresh).copied().collect();
        if !tasks.is_empty() {
            self.record(Record::Seen { tasks }, effects);
        }
    }

    /// Names a task.
    ///
    /// # Errors
    /// When there is no such task.
    pub fn rename(&mut self, id: TaskId, name: &str, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        self.require(id)?;
        self.record(Record::Renamed { task: id, name: name.to_owned() }, effects);
        Ok(())
    }

    /// Forgets an ended task and has its files deleted.
    ///
    /// # Errors
    /// When there is no such task, or it or a child of it still runs.
    pub fn remove(&mut self, id: TaskId, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        let task = self.require(id)?;
        if !task.state().ended() {
            return Err(Refusal(format!("task {id} is {}; stop it first: aside stop {id}", task.state())));
        }
        if task.children > 0 {
            let children = task.children;
            return Err(Refusal(format!(
                "task {id} has ended but {children} of its processes still run; end them first: aside stop {id}"
            )));
        }
        self.tasks.remove(&id);
        self.feed.remove(id);
        effects.push(Effect::Remove(id));
        Ok(())
    }

    /// Says something in the main view.
    pub fn say(&mut self, text: impl Into<String>, effects: &mut Vec<Effect>) {
        self.record(Record::Said { text: text.into() }, effects);
    }

    /// Clears the main view; tasks and notices not seen stay as they are.
    pub fn clear(&mut self, effects: &mut Vec<Effect>) {
        self.record(Record::Cleared, effects);
    }

    /// The last client left.
    pub fn leave(&mut self, effects: &mut Vec<Effect>) {
        self.record(Record::Away, effects);
    }

    /// A client is there; tells what ended while none was. One that only lost the server (`again`) saw it all.
    pub fn back(&mut self, again: bool, effects: &mut Vec<Effect>) {
        let Some(ended) = self.away.take().filter(|_| !again) else { return };
        let (mut completed, mut failed, mut stopped) = (0, 0, 0);
        for task in ended.iter().filter_map(|id| self.tasks.get(id)) {
            match task.state() {
                State::Completed => completed += 1,
                State::Stopped => stopped += 1,
                _ => failed += 1,
            }
        }
        if completed + failed + stopped > 0 {
            self.record(Record::Back { completed, failed, stopped }, effects);
        }
    }

    fn record(&mut self, record: Record, effects: &mut Vec<Effect>) {
        self.apply(&record);
        effects.push(Effect::Journal(record));
    }

    fn apply(&mut self, record: &Record) {
        self.feed.apply(record);
        match record {
            Record::Seen { tasks } => {
                for id in tasks {
                    if let Some(task) = self.tasks.get_mut(id) {
                        task.seen = true;
                    }
                }
            }
            Record::Renamed { task, name } => {
                if let Some(task) = self.tasks.get_mut(task) {
                    task.spec.name = Some(name.clone());
                }
            }
            Record::Layout(layout) => self.layout = layout.clone(),
            Record::Reported { task, report } => {
                if let Some(task) = self.tasks.get_mut(task) {
                    task.report.clone_from(report);
                }
            }
            Record::Away => self.away = Some(vec![]),
            Record::Ended { task, .. } => {
                if let Some(ended) = &mut self.away {
                    ended.push(*task);
                }
            }
            _ => {}
        }
    }
}

/// A task that could not start, as its end.
pub fn not_started(reason: impl Into<String>, now_ms: u64) -> Outcome {
    Outcome { end: End::NotStarted(reason.into()), stopped_by: None, ended_at: now_ms }
}

#[cfg(test)]
mod tests;
