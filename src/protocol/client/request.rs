//! What verbs ask and are answered. `TaskInfo` is also the `--json` of `ls` and `show`: stable.

use crate::{
    agent::Grant,
    screen::{BlockedKind, ProgramState, ProgramStatus},
    task::{Size, TaskId},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// What a verb asks for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Start a task in the background.
    Run(Run),
    /// All tasks, by id.
    List,
    /// One task.
    Show(TaskId),
    /// Bytes for a task's terminal: keys are encoded by the server, as the program asked for them.
    Send {
        /// Whose terminal.
        id: TaskId,
        /// Text, typed as it is.
        text: String,
        /// Names of keys after it (`Enter`, `ctrl-c`).
        keys: Vec<String>,
    },
    /// Answered when every task has come to what is awaited.
    Wait {
        /// Which tasks.
        ids: Vec<TaskId>,
        /// What for.
        until: Until,
        /// Give up after so many milliseconds.
        timeout_ms: Option<u64>,
    },
    /// End a task.
    Stop {
        /// Which tasks.
        ids: Vec<TaskId>,
        /// With what.
        how: StopHow,
    },
    /// Forget ended tasks and delete their files.
    Remove(Vec<TaskId>),
    /// Forget every ended task that was seen.
    Prune,
    /// Which tasks that would be; answered as if they were removed.
    Prunable,
    /// Run a task's command again, as a new background task.
    Rerun(TaskId),
    /// Name a task.
    Rename {
        /// Which.
        id: TaskId,
        /// Its new name.
        name: String,
    },
    /// An agent's launch was granted in its own terminal; what is said of the task from now on.
    Granted {
        /// Which.
        id: TaskId,
        /// What.
        grant: Box<Grant>,
        /// It goes on in the background.
        background: bool,
    },
    /// A program says what became of its work.
    Report {
        /// In which task.
        id: TaskId,
        /// `done` or `error`; anything else takes the last report back.
        state: ProgramState,
        /// Its final message.
        message: String,
    },
    /// Who serves.
    Status,
    /// End the server; its tasks too if `tasks`.
    Shutdown {
        /// Stop every task first.
        tasks: bool,
    },
}

/// A command to run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// One word: a line for `$SHELL -c`; several: executed as given.
    pub argv: Vec<ByteBuf>,
    /// Shown instead of the command.
    pub name: Option<String>,
    /// Directory; default the client's.
    pub cwd: Option<ByteBuf>,
    /// Size of its terminal; default 80x24.
    pub size: Option<Size>,
    /// What is granted where it is an agent; `name` then shows what it was asked.
    #[serde(default)]
    pub agent: Option<Box<Grant>>,
}

/// What `wait` waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Until {
    /// The end of the task.
    Exit,
    /// That it needs input, or has ended.
    NeedsInput,
}

/// How a task is stopped.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StopHow {
    /// HUP and TERM, then KILL, each after a grace time, to the whole tree.
    Ladder,
    /// This signal once, to the foreground process group.
    Signal(i32),
}

/// What is answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Response {
    /// Nothing more to say.
    Done,
    /// One task: started, shown.
    Task(Box<TaskInfo>),
    /// Several tasks.
    Tasks(Vec<TaskInfo>),
    /// What was removed.
    Removed(Vec<TaskId>),
    /// The server.
    Status {
        /// Process id.
        pid: u32,
        /// Program version.
        version: String,
        /// Session name.
        session: String,
        /// Clients attached.
        clients: u32,
        /// Tasks running.
        running: u32,
    },
}

/// A task as verbs show it. Field names and values of `state` are documented and stable.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TaskInfo {
    /// Its number.
    pub id: TaskId,
    /// Shown name; the command unless named.
    pub name: String,
    /// The command line.
    pub command: String,
    /// Directory it was started in.
    pub cwd: String,
    /// `running`, `needs-input`, `paused`, `completed`, `failed`, `stopped`, `killed`, `lost` or `unknown`.
    pub state: String,
    /// Shown in a pane of some client.
    pub foreground: bool,
    /// Null while it runs, or when a signal ended it.
    pub exit_code: Option<i32>,
    /// Number of the signal that ended it.
    pub signal: Option<i32>,
    /// Who asked for its end: `you`, or a client's name.
    pub stopped_by: Option<String>,
    /// Evidence for the state, in words.
    pub why: Option<String>,
    /// What says so: `process`, `job-control`, `osc-7501`, `osc-133`, `notification`, `bell`, `terminal` or `none`.
    #[serde(default)]
    pub source: String,
    /// What the program reports of itself (OSC 7501), of all its parts the one in most need.
    #[serde(default)]
    pub program: Option<ProgramInfo>,
    /// Processes of its session still running besides the command itself.
    pub children: u32,
    /// Milliseconds since 1970.
    pub started_at: u64,
    /// Milliseconds since 1970.
    pub ended_at: Option<u64>,
    /// Milliseconds from start to end, or until now.
    pub duration_ms: u64,
    /// Bytes it printed, those dropped by the cap included.
    pub output_bytes: u64,
    /// Line feeds in them.
    pub output_lines: u64,
    /// Process id of the command; null once ended.
    pub pid: Option<u32>,
    /// What an agent was granted; null for a command.
    #[serde(default)]
    pub agent: Option<Box<Grant>>,
}

/// A program's report of itself, cleaned.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProgramInfo {
    /// `idle`, `working`, `blocked`, `done` or `error`.
    pub state: ProgramState,
    /// What a blocked one waits for: `permission`, `question` or `auth`.
    pub kind: Option<BlockedKind>,
    /// Name of the program.
    pub app: String,
    /// What it works at.
    pub title: String,
    /// Its message.
    pub message: String,
    /// Per cent done.
    pub progress: Option<u8>,
}

impl ProgramInfo {
    /// A report as verbs show it.
    pub fn of(status: &ProgramStatus) -> Self {
        Self {
            state: status.state,
            kind: status.kind,
            app: status.app.clone(),
            title: status.title.clone(),
            message: status.message.clone(),
            progress: status.progress,
        }
    }
}
