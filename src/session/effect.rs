//! What must be done outside because the session changed.

use super::Record;
use crate::{
    protocol::client::Place,
    task::{Spec, TaskId},
};

/// Something to do, in the order given.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Append to the journal, durably where it tells an end, before any frame is drawn.
    Journal(Record),
    /// Write the task's order and start its holder.
    Spawn {
        /// The order.
        spec: Box<Spec>,
        /// Environment and umask; never written to disk.
        place: Box<Place>,
    },
    /// Write a task's order again: it was granted something.
    SaveSpec(Box<Spec>),
    /// Send a signal.
    Signal {
        /// To which task.
        task: TaskId,
        /// To which of its processes.
        target: Target,
        /// Its number.
        signal: i32,
        /// On whose behalf; recorded by the holder.
        who: String,
    },
    /// Delete a task's files and let its holder go.
    Remove(TaskId),
    /// Keep the session's directory and environment for the next server.
    SavePlace(Place),
}

/// Which processes of a task a signal is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The foreground process group of its terminal, as Ctrl+C does.
    Foreground,
    /// Every process that descends from it.
    Tree,
}
