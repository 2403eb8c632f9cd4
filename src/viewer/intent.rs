//! What a user wants done, as the keys said it.

use super::{Arrange, Selection};
use crate::{
    key::{Key, Press},
    protocol::client::Mouse,
    server::{Look, Purpose, Range, Reader},
    task::TaskId,
};

/// Something for the server to do on behalf of a viewer.
#[derive(Clone, PartialEq, Debug)]
pub enum Intent {
    /// A line of the prompt.
    Submit(String),
    /// An entry for the history's file.
    Remember(String),
    /// What may the word at the end of this text, which stands before the prompt's cursor, go on to?
    Complete(String),
    /// A key for the program in the foreground.
    Type(Key, Press),
    /// A paste for it.
    Paste(String),
    /// A mouse event for it, in the main view's cells.
    Mouse(Mouse),
    /// Send the foreground task to the background.
    Background,
    /// Bring a task to the foreground.
    Foreground(TaskId),
    /// Bring back the task that was in the foreground last.
    ForegroundNext,
    /// Let a paused task go on.
    Continue(TaskId),
    /// End a task.
    Stop(TaskId),
    /// Run a task's command again.
    Rerun(TaskId),
    /// Type this line into a task's terminal.
    Reply(TaskId, String),
    /// Name a task.
    Rename(TaskId, String),
    /// Forget an ended task.
    Remove(TaskId),
    /// The user looked at these.
    See(Vec<TaskId>),
    /// Lines of a transcript are needed.
    Read {
        /// Of which task.
        task: TaskId,
        /// For what.
        purpose: Purpose,
        /// Which.
        range: Range,
        /// How many.
        count: u64,
        /// What else.
        look: Look,
    },
    /// Write lines of a transcript to a file.
    Save {
        /// Of which task.
        task: TaskId,
        /// Which, from 0; ends beyond the last one are cut.
        lines: std::ops::Range<u64>,
        /// Where, as the user typed it.
        path: String,
    },
    /// Show a transcript in another program.
    Open {
        /// Of which task.
        task: TaskId,
        /// The line looked at, from 0.
        line: u64,
        /// In which.
        reader: Reader,
    },
    /// Copy what is selected of the picture.
    Copy(Selection),
    /// Change the panes.
    Arrange(Arrange),
    /// Draw everything anew.
    Redraw,
    /// Leave; tasks run on.
    Detach,
    /// Leave, after stopping every task.
    StopAllAndLeave,
}
