//! What the journal says and what was found on disk: all a session is rebuilt from.

use super::Layout;
use super::Report;
use crate::task::{Outcome, Spec, TaskId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One line of the journal. Reading every record in order gives the feed, what was told and what was seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Record {
    /// A command began in the foreground.
    Command {
        /// Which.
        task: TaskId,
    },
    /// A task went, or was started, into the background.
    Moved {
        /// Which.
        task: TaskId,
        /// By what.
        moved: Moved,
    },
    /// A background task came to the foreground.
    Foreground {
        /// Which.
        task: TaskId,
    },
    /// A task's end was told: written before anything is shown, so nothing is told twice.
    Ended {
        /// Which.
        task: TaskId,
        /// Whether it was in the background then.
        background: bool,
        /// Its result line, cleaned.
        result: Option<String>,
    },
    /// The user has seen how these ended.
    Seen {
        /// Which.
        tasks: Vec<TaskId>,
    },
    /// aside said something of its own.
    Said {
        /// One line.
        text: String,
    },
    /// The last client left.
    Away,
    /// A client came back to these many ends.
    Back {
        /// Ended well.
        completed: u32,
        /// Ended badly.
        failed: u32,
        /// Stopped on request.
        stopped: u32,
    },
    /// A task was named.
    Renamed {
        /// Which.
        task: TaskId,
        /// Its name.
        name: String,
    },
    /// A program said what became of its work, or took it back.
    Reported {
        /// Which.
        task: TaskId,
        /// What it said.
        report: Option<Report>,
    },
    /// The user cleared the main view.
    Cleared,
    /// The panes are now these.
    Layout(Layout),
}

impl Record {
    /// The task whose end this tells.
    pub const fn told(&self) -> Option<TaskId> {
        match self {
            Self::Ended { task, .. } => Some(*task),
            _ => None,
        }
    }
}

/// How a task came into the background.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Moved {
    /// Started there from the prompt.
    Started,
    /// Started there by a verb.
    Verb,
    /// Sent there by key or command.
    Key,
    /// Given a pane of its own.
    Pane,
    /// Moved after so many milliseconds in the foreground.
    Timeout {
        /// The limit that passed.
        after_ms: u64,
    },
}

/// A task as its files tell of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its order.
    pub spec: Spec,
    /// Start of its program: process id and milliseconds since 1970, if it came to run.
    pub started: Option<(u32, u64)>,
    /// Its end, if it is over.
    pub outcome: Option<Outcome>,
    /// Bytes printed, as far as the files know.
    pub output_bytes: u64,
    /// Line feeds in them.
    pub output_lines: u64,
    /// Result line, where its end is still to be told.
    pub result: Option<String>,
}

/// The records that still matter when a journal has grown: the newest `keep`, and of the older ones those
/// that say what was told, seen or named of tasks that still exist.
pub fn compact(records: &[Record], keep: usize, exists: &BTreeSet<TaskId>) -> Vec<Record> {
    let recent = records.len().saturating_sub(keep);
    let (old, new) = records.split_at(recent);
    let layout = old.iter().rev().find(|record| matches!(record, Record::Layout(_)));
    let matters = |record: &&Record| match record {
        Record::Layout(_) => Some(*record) == layout,
        Record::Ended { task, .. }
        | Record::Renamed { task, .. }
        | Record::Moved { task, .. }
        | Record::Reported { task, .. } => exists.contains(task),
        Record::Seen { tasks } => tasks.iter().any(|task| exists.contains(task)),
        _ => false,
    };
    old.iter().filter(matters).chain(new).cloned().collect()
}
