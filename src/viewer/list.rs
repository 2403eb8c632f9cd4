//! The list of tasks: what is in it, in which order, and which one is selected.

use super::Editor;
use crate::{
    action::Move,
    session::{Session, Task},
    task::{State, TaskId},
};

/// The list as one viewer sees it.
#[derive(Clone, Debug, Default)]
pub struct TaskList {
    /// The selected task.
    pub selected: Option<TaskId>,
    /// Shows only tasks whose number, name or command contains this.
    pub filter: Editor,
    /// A line being typed for the selected task.
    pub input: Option<Input>,
    /// Rows the view has for tasks.
    pub rows: usize,
}

/// A line typed in the list.
#[derive(Clone, Debug)]
pub enum Input {
    /// A new name of the selected task.
    Name(Editor),
    /// A line for a task that waits for one; kept nowhere else.
    Reply {
        /// Which task.
        task: TaskId,
        /// The line.
        line: Editor,
        /// The task asked for it with echo off: it is never shown, and sent only as long as that is so.
        hidden: bool,
    },
}

impl Input {
    /// The line.
    pub const fn editor(&mut self) -> &mut Editor {
        match self {
            Self::Name(line) | Self::Reply { line, .. } => line,
        }
    }
}

/// A group of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// Wait for the user.
    NeedsInput,
    /// Run, or are paused.
    Running,
    /// Are over.
    Finished,
}

impl Group {
    /// Its heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsInput => "Needs input",
            Self::Running => "Running",
            Self::Finished => "Finished",
        }
    }

    /// The group of a task.
    pub fn of(task: &Task) -> Self {
        match task.state() {
            State::NeedsInput => Self::NeedsInput,
            state if state.ended() => Self::Finished,
            _ => Self::Running,
        }
    }
}

impl TaskList {
    /// The tasks shown, in order: by group; unseen ends first, then the newest.
    pub fn tasks<'a>(&self, session: &'a Session) -> Vec<&'a Task> {
        let filter = self.filter.text().to_lowercase();
        let fits = |task: &&Task| {
            let text = format!("{} {} {}", task.id(), task.spec.title(), task.spec.command).to_lowercase();
            filter.split_whitespace().all(|word| text.contains(word))
        };
        let mut tasks: Vec<&Task> = session.tasks().filter(fits).collect();
        tasks.sort_by_key(|task| {
            let age =
                std::cmp::Reverse(task.outcome().map_or(task.id().0.into(), |outcome| outcome.ended_at));
            (Group::of(task), task.seen && task.state().ended(), age)
        });
        tasks
    }

    /// The selected task, or the first one.
    pub fn selection<'a>(&self, session: &'a Session) -> Option<&'a Task> {
        let tasks = self.tasks(session);
        let selected = tasks.iter().find(|task| Some(task.id()) == self.selected);
        selected.or_else(|| tasks.first()).copied()
    }

    /// Moves the selection.
    pub fn go(&mut self, step: Move, session: &Session) {
        let tasks = self.tasks(session);
        let at = tasks.iter().position(|task| Some(task.id()) == self.selected).unwrap_or(0);
        let page = self.rows.max(2) - 1;
        let last = tasks.len().saturating_sub(1);
        let to = match step {
            Move::Up => at.saturating_sub(1),
            Move::Down => at + 1,
            Move::PageUp => at.saturating_sub(page),
            Move::PageDown => at + page,
            Move::HalfPageUp => at.saturating_sub(page / 2),
            Move::HalfPageDown => at + page / 2,
            Move::Top => 0,
            Move::Bottom => last,
        };
        self.selected = tasks.get(to.min(last)).map(|task| task.id());
    }
}
