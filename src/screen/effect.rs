//! What a task's output means beyond its cells. Never holds text that was not cleaned, nor a reply with text the
//! task chose.

use serde::{Deserialize, Serialize};

/// Something that must be done or told because of a task's output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Bytes to send to the program, in answer to the query that ends at `offset` of the log. The same offset is
    /// answered once, however often the log is replayed.
    Reply {
        /// Log offset behind the query.
        offset: u64,
        /// What to send.
        bytes: Vec<u8>,
    },
    /// The bell rang, once or more.
    Bell,
    /// The window title is now this (OSC 0, 2, title stack), cleaned; may be empty.
    Title(String),
    /// The program's directory (OSC 7, 9;9), decoded and free of control characters, not checked to exist.
    Directory {
        /// Host name as given; empty or `localhost` for this one.
        host: String,
        /// Absolute path.
        path: String,
    },
    /// The program wants to set a clipboard (OSC 52).
    Clipboard {
        /// The primary selection instead of the clipboard.
        primary: bool,
        /// What to put there.
        bytes: Vec<u8>,
    },
    /// The program wants to tell the user something (OSC 9, 99, 777).
    Notification {
        /// Cleaned; may be empty.
        title: String,
        /// Cleaned; may be empty.
        body: String,
    },
    /// How far the program is (OSC 9;4).
    Progress(Progress),
    /// A shell's mark (OSC 133).
    Mark {
        /// Log offset behind it.
        offset: u64,
        /// Which one.
        mark: Mark,
    },
    /// A report of the Program Status Protocol (OSC 7501).
    ProgramStatus(ProgramStatus),
    /// The emulator failed on bytes before `offset` and was rebuilt from what it showed.
    Fault {
        /// Log offset behind the bytes that were given up.
        offset: u64,
    },
}

/// Progress as OSC 9;4 reports it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Nothing to show.
    None,
    /// Per cent done.
    Percent(u8),
    /// Failed at this per cent, where known.
    Error(Option<u8>),
    /// Busy, how far is unknown.
    Busy,
    /// Held up at this per cent, where known.
    Paused(Option<u8>),
}

/// Marks of OSC 133 (FinalTerm).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A prompt begins (A).
    Prompt,
    /// What the user types begins (B).
    Input,
    /// Output begins (C).
    Output,
    /// The command ended (D), with its exit code if given.
    End(Option<i32>),
}

/// One record of the Program Status Protocol. Its fields are cleaned.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProgramStatus {
    /// Path of the reporting part, empty for the program itself: at most 8 names of at most 32 characters.
    pub id: Vec<String>,
    /// What it does.
    pub state: ProgramState,
    /// Name of the program.
    pub app: String,
    /// What a blocked program waits for.
    pub kind: Option<BlockedKind>,
    /// Per cent done.
    pub progress: Option<u8>,
    /// One line on what it works at.
    pub title: String,
    /// One line of message.
    pub message: String,
}

/// State of a program, OSC 7501.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramState {
    /// Waits for nothing in particular.
    #[default]
    Idle,
    /// Works.
    Working,
    /// Has finished what it was asked.
    Done,
    /// Cannot go on without the user.
    Blocked,
    /// Failed.
    Error,
    /// The record is withdrawn.
    Clear,
}

/// What a blocked program waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockedKind {
    /// Leave to do something.
    Permission,
    /// An answer.
    Question,
    /// A login.
    Auth,
}
