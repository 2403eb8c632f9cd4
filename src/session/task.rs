//! One task as the session knows it.

use super::{Report, Said};
use crate::{
    protocol::client::{ProgramInfo, TaskInfo},
    task::{Outcome, Spec, TaskId},
};
use std::time::Instant;

/// A task: its order, where it is in its life, what is known of its output.
#[derive(Clone, PartialEq, Debug)]
pub struct Task {
    /// What was asked for.
    pub spec: Spec,
    /// Where it is in its life.
    pub phase: Phase,
    /// Bytes printed.
    pub output_bytes: u64,
    /// Line feeds in them.
    pub output_lines: u64,
    /// Result line once it ended, cleaned.
    pub result: Option<String>,
    /// Processes of its session that run besides its own.
    pub children: u32,
    /// Whether it ever was in the background.
    pub was_background: bool,
    /// Whether the user has seen how it ended.
    pub seen: bool,
    /// An unfinished request to stop it.
    pub stopping: Option<Stopping>,
    /// What its program said of itself.
    pub said: Said,
    /// What its program reported became of its work.
    pub report: Option<Report>,
}

/// Where a task is in its life.
#[derive(Clone, PartialEq, Debug)]
pub enum Phase {
    /// Its holder is being started.
    Starting,
    /// Its program runs.
    Running {
        /// Process id.
        pid: u32,
        /// Milliseconds since 1970.
        started_at: u64,
        /// Stopped by job control.
        paused: bool,
        /// What the last probe saw, where it still holds.
        evidence: Option<Evidence>,
    },
    /// It is over.
    Ended {
        /// Milliseconds since 1970; none if it never ran.
        started_at: Option<u64>,
        /// How.
        outcome: Outcome,
    },
}

/// What a probe of the terminal and its foreground process showed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    /// The terminal edits lines (ICANON).
    pub canonical: bool,
    /// The terminal shows what is typed (ECHO).
    pub echo: bool,
    /// Whether a process of the foreground group is blocked reading the terminal.
    pub reads: Reads,
    /// The terminal's foreground process group; 0 when there is none.
    pub group: u32,
}

/// Whether a process is blocked in a read of its terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reads {
    /// The system does not tell: another user's process, another system.
    #[default]
    Unknown,
    /// None is.
    No,
    /// At least one is.
    Yes,
}

impl Evidence {
    /// Whether a line is being read.
    pub const fn waits_for_line(&self) -> bool {
        self.canonical && matches!(self.reads, Reads::Yes)
    }

    /// Whether a line is being read that is not to be seen. Echo is turned off for nothing else, so where the system
    /// does not show what the process does (`su` and `sudo` run as somebody else) that is enough.
    pub const fn waits_for_password(&self) -> bool {
        self.canonical && !self.echo && !matches!(self.reads, Reads::No)
    }
}

/// A request to stop, on its way up the ladder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopping {
    /// Who asked.
    pub who: String,
    /// Signals sent so far.
    pub step: usize,
    /// When the next one is due.
    pub next: Instant,
}

impl Task {
    /// A task just ordered.
    pub const fn new(spec: Spec) -> Self {
        Self {
            spec,
            phase: Phase::Starting,
            output_bytes: 0,
            output_lines: 0,
            result: None,
            children: 0,
            was_background: false,
            seen: false,
            stopping: None,
            said: Said::new(),
            report: None,
        }
    }

    /// Its number.
    pub const fn id(&self) -> TaskId {
        self.spec.id
    }

    /// How it ended, if it did.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.phase {
            Phase::Ended { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    /// Process id while it runs.
    pub const fn pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Running { pid, .. } => Some(pid),
            _ => None,
        }
    }

    /// When it started, in milliseconds since 1970; the order's time before that.
    pub fn started_at(&self) -> u64 {
        match &self.phase {
            Phase::Starting => self.spec.created_at,
            Phase::Running { started_at, .. } => *started_at,
            Phase::Ended { started_at, .. } => started_at.unwrap_or(self.spec.created_at),
        }
    }

    /// Milliseconds it ran, or has been running at `now_ms`.
    pub fn duration_ms(&self, now_ms: u64) -> u64 {
        let end = self.outcome().map_or(now_ms, |outcome| outcome.ended_at);
        end.saturating_sub(self.started_at())
    }

    /// The task as verbs show it.
    pub fn info(&self, foreground: bool, now_ms: u64) -> TaskInfo {
        let outcome = self.outcome();
        let status = self.status();
        TaskInfo {
            id: self.id(),
            name: self.spec.title().to_owned(),
            command: self.spec.command.clone(),
            cwd: self.spec.cwd.to_string(),
            state: status.state.name().to_owned(),
            foreground,
            exit_code: outcome.and_then(Outcome::exit_code),
            signal: outcome.and_then(Outcome::signal),
            stopped_by: outcome.and_then(|outcome| outcome.stopped_by.clone()),
            why: status.why,
            source: status.source.name().to_owned(),
            program: self.said.program().map(ProgramInfo::of),
            children: self.children,
            started_at: self.started_at(),
            ended_at: outcome.map(|outcome| outcome.ended_at),
            duration_ms: self.duration_ms(now_ms),
            output_bytes: self.output_bytes,
            output_lines: self.output_lines,
            pid: self.pid(),
            agent: self.spec.agent.clone(),
        }
    }
}
