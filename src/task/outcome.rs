//! How a task ended, and the words for it. Nothing here is guessed: what is not known is `unknown`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How the task's own process ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// SIGKILL of the system for want of memory, with evidence: nobody asked for it, and its control group counted a kill.
    OutOfMemory,
    /// It never ran; the text says why.
    NotStarted(String),
    /// Its holder is gone without a record: killed, or the machine went down.
    Lost(Loss),
    /// The holder could not learn it.
    Unknown,
}

/// Why a task is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Loss {
    /// The machine has started anew since.
    Reboot,
    /// The holder died while the machine ran on.
    Holder,
}

/// An end with who asked for it and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// How the process ended.
    pub end: End,
    /// Who asked for it to stop, if anyone did.
    pub stopped_by: Option<String>,
    /// Milliseconds since 1970; for a lost task the last sign of life.
    pub ended_at: u64,
}

/// The state of a task in one word; the names are stable (`ls --json`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Waits for the user, with evidence.
    NeedsInput,
    /// Runs.
    Running,
    /// Stopped by job control; can be continued.
    Paused,
    /// Exited with 0.
    Completed,
    /// Exited with another code, or could not start.
    Failed,
    /// Ended after someone asked for it.
    Stopped,
    /// Ended by a signal nobody asked us for.
    Killed,
    /// Gone without a record.
    Lost,
    /// Ended in a way nobody could learn.
    Unknown,
}

impl State {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsInput => "needs-input",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Killed => "killed",
            Self::Lost => "lost",
            Self::Unknown => "unknown",
        }
    }

    /// The mark before a task in lists and in the status line.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::NeedsInput => "?",
            Self::Running => "●",
            Self::Paused => "‖",
            Self::Completed => "✓",
            Self::Failed | Self::Killed => "✗",
            Self::Stopped => "■",
            Self::Lost | Self::Unknown => "!",
        }
    }

    /// Whether the task is over.
    pub const fn ended(self) -> bool {
        !matches!(self, Self::NeedsInput | Self::Running | Self::Paused)
    }

    /// Whether the end deserves attention before successes do.
    pub const fn bad(self) -> bool {
        matches!(self, Self::Failed | Self::Killed | Self::Lost | Self::Unknown)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Outcome {
    /// The state this end is.
    pub fn state(&self) -> State {
        match (&self.end, &self.stopped_by) {
            (End::Lost(_), _) => State::Lost,
            (End::NotStarted(_), _) => State::Failed,
            (_, Some(_)) => State::Stopped,
            (End::Code(0), None) => State::Completed,
            (End::Code(_), None) => State::Failed,
            (End::Signal(_) | End::OutOfMemory, None) => State::Killed,
            (End::Unknown, None) => State::Unknown,
        }
    }

    /// The exit code, where the process gave one.
    pub const fn exit_code(&self) -> Option<i32> {
        match self.end {
            End::Code(code) => Some(code),
            _ => None,
        }
    }

    /// The signal that ended it.
    pub const fn signal(&self) -> Option<i32> {
        match self.end {
            End::Signal(signal) => Some(signal),
            End::OutOfMemory => Some(libc::SIGKILL),
            _ => None,
        }
    }

    /// What a notice says after `Background task `: `completed`, `failed`, `was stopped`, …
    pub fn verb(&self) -> &'static str {
        match self.state() {
            State::Completed => "completed",
            State::Failed => "failed",
            State::Stopped => "was stopped",
            State::Killed => "was killed",
            State::Lost => "was lost",
            _ => "ended, how is unknown",
        }
    }

    /// What stands in brackets after the name in a notice: `exit 1`, `SIGSEGV`, `by claude`.
    pub fn detail(&self) -> Option<String> {
        match (&self.end, &self.stopped_by) {
            (End::Lost(Loss::Reboot), _) => Some("the machine went down".into()),
            (End::Lost(Loss::Holder), _) => Some("its holder was killed".into()),
            (End::NotStarted(_), _) => Some("could not start".into()),
            (_, Some(who)) => Some(format!("by {who}")),
            (End::Code(0) | End::Unknown, None) => None,
            (End::Code(code), None) => Some(format!("exit {code}")),
            (End::OutOfMemory, None) => Some("SIGKILL, out of memory".into()),
            (End::Signal(signal), None) if raised_by_itself(*signal) => Some(signal_name(*signal)),
            (End::Signal(signal), None) => Some(format!("{}, sender unknown", signal_name(*signal))),
        }
    }

    /// The end as the first bullet and lists show it: `exit 0`, `SIGKILL`, `did not start`.
    pub fn short(&self) -> String {
        match &self.end {
            End::Code(code) => format!("exit {code}"),
            End::Signal(signal) => signal_name(*signal),
            End::OutOfMemory => signal_name(libc::SIGKILL),
            End::NotStarted(_) => "did not start".into(),
            End::Lost(_) => "lost".into(),
            End::Unknown => "exit unknown".into(),
        }
    }

    /// The code a shell would give it, as `wait` passes on: a signal is 128 + N, lost or unknown 125.
    pub fn status_code(&self) -> u8 {
        match &self.end {
            End::Code(code) => u8::try_from(*code & 0xff).unwrap_or(125),
            End::Signal(signal) => u8::try_from(128 + (*signal & 0x7f)).unwrap_or(125),
            End::OutOfMemory => 137,
            End::NotStarted(_) => 127,
            End::Lost(_) | End::Unknown => 125,
        }
    }
}

/// Whether a signal tells of a program's own fault, so that nobody is to be named for it.
const fn raised_by_itself(signal: i32) -> bool {
    matches!(
        signal,
        libc::SIGILL
            | libc::SIGTRAP
            | libc::SIGABRT
            | libc::SIGBUS
            | libc::SIGFPE
            | libc::SIGSEGV
            | libc::SIGPIPE
            | libc::SIGXCPU
            | libc::SIGXFSZ
            | libc::SIGSYS
    )
}

/// `SIGKILL` for 9 and so on; `signal 42` for one without a name. Numbers as on Linux and macOS where
/// they agree, else those of the system this was built for.
pub fn signal_name(number: i32) -> String {
    let named = NAMES.iter().find(|(signal, _)| *signal == number);
    named.map_or_else(|| format!("signal {number}"), |(_, name)| format!("SIG{name}"))
}

/// The number of a signal by name, with or without `SIG`, any case, or by number.
pub fn signal_number(text: &str) -> Option<i32> {
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    let named = NAMES.iter().find(|(_, name)| *name == bare).map(|(signal, _)| *signal);
    named.or_else(|| bare.parse().ok().filter(|number| (1..=64).contains(number)))
}

const NAMES: &[(i32, &str)] = &[
    (libc::SIGHUP, "HUP"),
    (libc::SIGINT, "INT"),
    (libc::SIGQUIT, "QUIT"),
    (libc::SIGILL, "ILL"),
    (libc::SIGTRAP, "TRAP"),
    (libc::SIGABRT, "ABRT"),
    (libc::SIGBUS, "BUS"),
    (libc::SIGFPE, "FPE"),
    (libc::SIGKILL, "KILL"),
    (libc::SIGUSR1, "USR1"),
    (libc::SIGSEGV, "SEGV"),
    (libc::SIGUSR2, "USR2"),
    (libc::SIGPIPE, "PIPE"),
    (libc::SIGALRM, "ALRM"),
    (libc::SIGTERM, "TERM"),
    (libc::SIGCHLD, "CHLD"),
    (libc::SIGCONT, "CONT"),
    (libc::SIGSTOP, "STOP"),
    (libc::SIGTSTP, "TSTP"),
    (libc::SIGTTIN, "TTIN"),
    (libc::SIGTTOU, "TTOU"),
    (libc::SIGXCPU, "XCPU"),
    (libc::SIGXFSZ, "XFSZ"),
    (libc::SIGSYS, "SYS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(end: End, by: Option<&str>) -> Outcome {
        Outcome { end, stopped_by: by.map(Into::into), ended_at: 0 }
    }

    #[test]
    fn completed_is_said_of_exit_0_only() {
        let check = |end: End, by: Option<&str>, words: &str, code: u8| {
            let outcome = outcome(end, by);
            let detail = outcome.detail().map_or(String::new(), |detail| format!(" ({detail})"));
            assert_eq!(format!("{}: {}{detail}", outcome.state(), outcome.verb()), words);
            assert_eq!(outcome.status_code(), code);
        };
        check(End::Code(0), None, "completed: completed", 0);
        check(End::Code(1), None, "failed: failed (exit 1)", 1);
        check(End::Signal(9), None, "killed: was killed (SIGKILL, sender unknown)", 137);
        check(End::Signal(11), None, "killed: was killed (SIGSEGV)", 139);
        check(End::OutOfMemory, None, "killed: was killed (SIGKILL, out of memory)", 137);
        check(End::Signal(15), Some("you"), "stopped: was stopped (by you)", 143);
        check(End::Lost(Loss::Reboot), None, "lost: was lost (the machine went down)", 125);
        check(End::Unknown, None, "unknown: ended, how is unknown", 125);
        check(End::NotStarted("no".into()), None, "failed: failed (could not start)", 127);
    }

    #[test]
    fn signals_are_named_both_ways() {
        assert_eq!(signal_name(9), "SIGKILL");
        assert_eq!(signal_name(42), "signal 42");
        for text in ["KILL", "sigkill", "9"] {
            assert_eq!(signal_number(text), Some(9));
        }
        assert_eq!(signal_number("nonsense"), None);
    }
}
