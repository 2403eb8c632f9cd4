//! One task as the session knows it.

use crate::{
    protocol::client::TaskInfo,
    task::{Outcome, Spec, State, TaskId},
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
        /// What the last probe saw.
        evidence: Evidence,
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
    /// A process of the foreground group is blocked reading the terminal.
    pub reading: bool,
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
        }
    }

    /// Its number.
    pub const fn id(&self) -> TaskId {
        self.spec.id
    }

    /// Its state. `needs-input` is said only where a probe saw the foreground process, in cooked mode,
    /// blocked in a read of the terminal.
    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Starting => State::Running,
            Phase::Running { paused: true, .. } => State::Paused,
            Phase::Running { evidence, .. } if evidence.canonical && evidence.reading => State::NeedsInput,
            Phase::Running { .. } => State::Running,
            Phase::Ended { outcome, .. } => outcome.state(),
        }
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

    /// Evidence for its state, in words.
    pub fn why(&self) -> Option<String> {
        match &self.phase {
            Phase::Starting => Some("its holder is starting".into()),
            Phase::Running { paused: true, .. } => Some("stopped by job control (Ctrl+Z or SIGSTOP)".into()),
            Phase::Running { evidence, .. } if evidence.canonical && evidence.reading => Some(
                if evidence.echo {
                    "its foreground process is blocked reading a line from the terminal"
                } else {
                    "its foreground process is blocked reading the terminal with echo off (a password?)"
                }
                .into(),
            ),
            Phase::Running { .. } => self.stopping.as_ref().map(|s| format!("being stopped by {}", s.who)),
            Phase::Ended { outcome, .. } => match &outcome.end {
                crate::task::End::NotStarted(reason) => Some(reason.clone()),
                _ => outcome.detail(),
            },
        }
    }

    /// The task as verbs show it.
    pub fn info(&self, foreground: bool, now_ms: u64) -> TaskInfo {
        let outcome = self.outcome();
        TaskInfo {
            id: self.id(),
            name: self.spec.title().to_owned(),
            command: self.spec.command.clone(),
            cwd: self.spec.cwd.to_string(),
            state: self.state().name().to_owned(),
            foreground,
            exit_code: outcome.and_then(Outcome::exit_code),
            signal: outcome.and_then(Outcome::signal),
            stopped_by: outcome.and_then(|outcome| outcome.stopped_by.clone()),
            why: self.why(),
            children: self.children,
            started_at: self.started_at(),
            ended_at: outcome.map(|outcome| outcome.ended_at),
            duration_ms: self.duration_ms(now_ms),
            output_bytes: self.output_bytes,
            output_lines: self.output_lines,
            pid: self.pid(),
        }
    }
}
