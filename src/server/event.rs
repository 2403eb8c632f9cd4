//! What came from outside, and what must be done outside.

use super::Settings;
use crate::{
    log::When,
    prompt::{Candidate, Word},
    protocol::client::{Place, ToClient, ToServer},
    screen::Screen,
    session,
    session::{Evidence, Said},
    task::{Outcome, Size, TaskId},
    transcript::Line,
};
use std::path::PathBuf;

/// Names a connection; never reused within a server's life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(pub u64);

/// Something happened.
#[derive(Debug)]
pub enum Event {
    /// A client said something.
    Client(ClientId, Box<ToServer>),
    /// A client's connection ended.
    Gone(ClientId),
    /// Something happened to a task.
    Task(TaskId, TaskEvent),
    /// Lines of a transcript that were asked for.
    Lines(Page),
    /// What a client's word at the prompt may go on to was looked up; see [`Effect::Complete`].
    Completed {
        /// Whose.
        client: ClientId,
        /// The text before the cursor.
        before: String,
        /// The word at its end.
        word: Word,
        /// What it may be.
        candidates: Vec<Candidate>,
    },
    /// A transcript was written to a file, or why not.
    Exported(Export, Result<Exported, String>),
    /// The git branch of the session's directory was looked up.
    Branch(Option<String>),
    /// The user's files have changed and were read again.
    Configured(Box<Settings>),
    /// A deadline passed.
    Tick,
}

/// What happened to a task.
#[derive(Debug)]
pub enum TaskEvent {
    /// Its program runs.
    Started {
        /// Process id.
        pid: u32,
        /// Milliseconds since 1970.
        started_at: u64,
    },
    /// The server follows it from here on; the screen is what the log before `offset` shows.
    Adopted {
        /// State of its screen.
        screen: Box<Screen>,
        /// What its program had said of itself.
        said: Box<Said>,
        /// Log offset that state is of.
        offset: u64,
        /// Line feeds before that.
        lines: u64,
    },
    /// It printed these bytes.
    Output {
        /// Log offset of the first one.
        offset: u64,
        /// At most a turn's worth.
        bytes: Vec<u8>,
    },
    /// Its terminal has this size from here on in its log.
    Resized(Size),
    /// Job control stopped or continued it.
    Paused(bool),
    /// A probe was answered.
    Probed {
        /// What it saw.
        evidence: Evidence,
        /// Processes besides its own.
        children: u32,
    },
    /// It is over; `exit.json` is on disk.
    Ended {
        /// How.
        outcome: Outcome,
        /// Bytes printed.
        output_bytes: u64,
        /// Line feeds in them.
        output_lines: u64,
        /// Directory and environment it left, if it carries over.
        carried: Option<Box<Place>>,
    },
    /// The user should know: its log cannot grow, it does not take input.
    Trouble(String),
}

/// Part of a transcript.
#[derive(Clone, Debug)]
pub struct Page {
    /// Who asked.
    pub client: ClientId,
    /// Of which task.
    pub task: TaskId,
    /// For what.
    pub purpose: Purpose,
    /// Number of the first line, from 0.
    pub first: u64,
    /// The lines.
    pub lines: Vec<Line>,
    /// Their numbers in the whole transcript, if a filter was asked for.
    pub numbers: Vec<u64>,
    /// When each was printed, in milliseconds since 1970, if asked for; 0 is unknown.
    pub times: Vec<u64>,
    /// Lines known so far, of those that the filter keeps.
    pub total: u64,
    /// Whether that is all the log holds now.
    pub complete: bool,
    /// The pattern searched for.
    pub sought: Option<String>,
    /// What a search or a jump came to.
    pub hit: Option<Hit>,
    /// How many lines match, if asked for.
    pub counted: Option<Counted>,
    /// The filter the places of lines are counted in.
    pub filter: Option<Filter>,
}

/// Only lines that match are shown, with some around each.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Regular expression, with smart case.
    pub pattern: String,
    /// Lines before and after.
    pub context: u64,
}

/// How many lines match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// The line asked about.
    pub line: u64,
    /// The how manieth of those that match it is.
    pub nth: u64,
    /// How many match.
    pub of: u64,
    /// Not all was looked at yet.
    pub going_on: bool,
}

/// What is wanted besides the lines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Times of the lines.
    pub times: bool,
    /// Only lines that match; places are counted among them.
    pub filter: Option<Filter>,
    /// How many match this pattern, and the how manieth this line is.
    pub count: Option<(String, u64)>,
}

/// What a search came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hit {
    /// On this line.
    Found(u64),
    /// Nowhere yet; go on from this line.
    Further(u64),
    /// Nowhere.
    Missing,
}

/// What lines are wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The end of an ended command in the main view.
    Tail,
    /// A window of the review.
    Review,
    /// The review's window around a search's hit.
    Search,
    /// The review's window around a place it goes to.
    Place,
    /// Lines for the clipboard.
    Copy,
}

/// What to read of a transcript.
#[derive(Clone, PartialEq, Debug)]
pub struct Want {
    /// For whom.
    pub client: ClientId,
    /// Of which task.
    pub task: TaskId,
    /// For what.
    pub purpose: Purpose,
    /// Which lines.
    pub lines: Range,
    /// How many at most.
    pub count: u64,
    /// What else.
    pub look: Look,
}

/// Which lines of a transcript.
#[derive(Clone, PartialEq, Debug)]
pub enum Range {
    /// From this line on.
    From(u64),
    /// The last ones.
    Last,
    /// Around this line of the whole transcript.
    Line(u64),
    /// Around what was printed at a moment.
    Time(When),
    /// Around the next prompt a shell has marked, from a line on, down or up.
    Mark {
        /// Where to start.
        from: u64,
        /// Down, else up.
        down: bool,
    },
    /// Around the next line that matches, from a line on, down or up.
    Match {
        /// Regular expression, with smart case.
        pattern: String,
        /// Where to start.
        from: u64,
        /// Down, else up.
        down: bool,
    },
}

/// Lines of a transcript to be written to a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// For whom.
    pub client: ClientId,
    /// Of which task.
    pub task: TaskId,
    /// Which, from 0; ends beyond the last one are cut.
    pub lines: std::ops::Range<u64>,
    /// What for.
    pub aim: Aim,
}

/// What a file is written for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aim {
    /// It is the user's, at this path, where nothing may be yet.
    Keep(PathBuf),
    /// This program shows it from a line on, counted from 0; it is in the task's directory, and gone afterwards.
    Open(Reader, u64),
}

/// A program of the user's that shows text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// `$VISUAL` or `$EDITOR`.
    Editor,
    /// `$PAGER`.
    Pager,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// How many lines.
    pub lines: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// What the session asks for.
    Session(session::Effect),
    /// Say something to a client.
    Send(ClientId, ToClient),
    /// End a client's connection after what was sent.
    Close(ClientId),
    /// Bytes for a task's terminal; `reply` is the log offset of the query they answer.
    Input {
        /// Which task.
        task: TaskId,
        /// Log offset of the query; `None` for what a person typed.
        reply: Option<u64>,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Give a task's terminal a size.
    Resize(TaskId, Size),
    /// Look at a task's terminal and processes.
    Probe(TaskId),
    /// Keep a screen so that the next server starts from here.
    Checkpoint {
        /// Which task.
        task: TaskId,
        /// Log offset it is of.
        offset: u64,
        /// What its program had said of itself.
        said: Box<Said>,
        /// Its screen, serialized.
        bytes: Vec<u8>,
    },
    /// Read a transcript.
    Read(Want),
    /// Look up what a word at the prompt may go on to; answered by [`Event::Completed`].
    Complete {
        /// For whom.
        client: ClientId,
        /// The text before the cursor.
        before: String,
        /// The word at its end.
        word: Word,
        /// Where the prompt is.
        place: Place,
    },
    /// Write a transcript to a file.
    Export(Export),
    /// Look up the git branch of a directory.
    FindBranch(Vec<u8>),
    /// Append a line to the prompt's history.
    SaveHistory(String),
    /// End the server.
    Stop,
}
