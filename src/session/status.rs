//! The state of a task with its evidence. Sources in order, the first that says something wins: its end, job control,
//! reports of the program (OSC 7501), marks, notifications and bells, terminal and processes. Absence of evidence
//! is `running`, never `needs-input`.

use super::{Attention, Phase, Reads, Task};
use crate::{
    screen::{BlockedKind, ProgramState, ProgramStatus},
    task::{End, Outcome, State},
};

/// A state, why, and from which source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// The state.
    pub state: State,
    /// The evidence in words, its source included.
    pub why: Option<String>,
    /// What said so.
    pub source: Source,
}

/// What a state is known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Its end, or that it has not begun.
    Process,
    /// It is stopped by a signal.
    JobControl,
    /// A report of the program (OSC 7501).
    Program,
    /// A mark of its shell (OSC 133).
    Shell,
    /// A notification (OSC 9, 99, 777).
    Notification,
    /// The bell.
    Bell,
    /// Its terminal's modes and what its processes do.
    Terminal,
    /// Nothing: it runs, as far as anybody knows.
    Nothing,
}

impl Source {
    /// The stable name (`ls --json`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::JobControl => "job-control",
            Self::Program => "osc-7501",
            Self::Shell => "osc-133",
            Self::Notification => "notification",
            Self::Bell => "bell",
            Self::Terminal => "terminal",
            Self::Nothing => "none",
        }
    }
}

/// What the strongest source says; nothing is allocated for it.
enum Claim<'a> {
    Starting,
    Paused,
    Ended(&'a Outcome),
    Program(&'a ProgramStatus),
    Attention(&'a Attention),
    Line,
    Password,
    Keys,
    Quiet,
    Nothing,
}

impl Task {
    fn claim(&self) -> Claim<'_> {
        let evidence = match &self.phase {
            Phase::Starting => return Claim::Starting,
            Phase::Ended { outcome, .. } => return Claim::Ended(outcome),
            Phase::Running { paused: true, .. } => return Claim::Paused,
            Phase::Running { evidence, .. } => evidence,
        };
        let program = self.said.program();
        let busy =
            |status: &&ProgramStatus| matches!(status.state, ProgramState::Working | ProgramState::Blocked);
        if let Some(status) = program.filter(busy) {
            return Claim::Program(status);
        }
        match (&self.said.attention, evidence, program) {
            (Some(attention), Some(_), _) => Claim::Attention(attention),
            (_, Some(seen), _) if seen.waits_for_password() => Claim::Password,
            (_, Some(seen), _) if seen.waits_for_line() => Claim::Line,
            (_, _, Some(status)) => Claim::Program(status),
            (_, Some(seen), _) if !seen.canonical => Claim::Keys,
            (_, Some(seen), _) if seen.reads == Reads::No => Claim::Quiet,
            _ => Claim::Nothing,
        }
    }

    /// Its state.
    pub fn state(&self) -> State {
        match self.claim() {
            Claim::Paused => State::Paused,
            Claim::Ended(outcome) => self.end_state(outcome),
            Claim::Program(ProgramStatus { state: ProgramState::Blocked, .. })
            | Claim::Attention(_)
            | Claim::Line
            | Claim::Password => State::NeedsInput,
            Claim::Starting | Claim::Program(_) | Claim::Keys | Claim::Quiet | Claim::Nothing => {
                State::Running
            }
        }
    }

    /// Its state with the evidence.
    pub fn status(&self) -> Status {
        let claim = self.claim();
        Status { state: self.state(), why: self.words(&claim), source: source(&claim) }
    }

    /// Evidence for its state, in words.
    pub fn why(&self) -> Option<String> {
        self.status().why
    }

    /// Whether it waits for something that must not be shown while it is typed.
    pub fn wants_password(&self) -> bool {
        matches!(&self.phase, Phase::Running { evidence: Some(seen), .. } if seen.waits_for_password())
    }

    fn words(&self, claim: &Claim<'_>) -> Option<String> {
        let stopping = || self.stopping.as_ref().map(|stopping| format!("being stopped by {}", stopping.who));
        Some(match claim {
            Claim::Starting => "its holder is starting".into(),
            Claim::Paused => "stopped by job control (Ctrl+Z or SIGSTOP)".into(),
            Claim::Ended(outcome) => return self.end_reason(outcome).or_else(|| ended(outcome)),
            Claim::Program(status) => program(status),
            Claim::Attention(Attention::Bell) => "it rang the bell and has been quiet since".into(),
            Claim::Attention(Attention::Notification(text)) if text.is_empty() => {
                "it sent a notification (OSC 9, 99 or 777)".into()
            }
            Claim::Attention(Attention::Notification(text)) => format!("it sent a notification: {text}"),
            Claim::Attention(Attention::Prompt(Some(code))) => {
                format!("a command in its shell has ended with {code} (OSC 133)")
            }
            Claim::Attention(Attention::Prompt(None)) => "a command in its shell has ended (OSC 133)".into(),
            Claim::Line => "its foreground process is blocked reading a line from the terminal".into(),
            Claim::Password => {
                "its foreground process is blocked reading the terminal with echo off (a password?)".into()
            }
            Claim::Keys => {
                return stopping().or_else(|| Some("reads keys: its terminal is in raw mode".into()));
            }
            Claim::Quiet if self.said.at_prompt() => "its shell is at a prompt (OSC 133)".into(),
            Claim::Quiet => {
                return stopping().or_else(|| Some("quiet, and not reading its terminal".into()));
            }
            Claim::Nothing => return stopping(),
        })
    }
}

fn ended(outcome: &Outcome) -> Option<String> {
    match &outcome.end {
        End::NotStarted(reason) => Some(reason.clone()),
        _ => outcome.detail(),
    }
}

fn program(status: &ProgramStatus) -> String {
    let name = if status.app.is_empty() { "its program" } else { &status.app };
    let what = match (status.state, status.kind) {
        (ProgramState::Blocked, Some(BlockedKind::Permission)) => "needs a permission",
        (ProgramState::Blocked, Some(BlockedKind::Question)) => "asks a question",
        (ProgramState::Blocked, Some(BlockedKind::Auth)) => "needs a login",
        (ProgramState::Blocked, None) => "says it is blocked",
        (ProgramState::Working, _) => "says it is working",
        (ProgramState::Done, _) => "says it is done",
        (ProgramState::Error, _) => "says it has failed",
        (ProgramState::Idle | ProgramState::Clear, _) => "says it is idle",
    };
    let text = if status.message.is_empty() { &status.title } else { &status.message };
    let text = if text.is_empty() { String::new() } else { format!(": {text}") };
    format!("{name} {what} (OSC 7501){text}")
}

const fn source(claim: &Claim<'_>) -> Source {
    match claim {
        Claim::Starting | Claim::Ended(_) => Source::Process,
        Claim::Paused => Source::JobControl,
        Claim::Program(_) => Source::Program,
        Claim::Attention(Attention::Bell) => Source::Bell,
        Claim::Attention(Attention::Notification(_)) => Source::Notification,
        Claim::Attention(Attention::Prompt(_)) => Source::Shell,
        Claim::Line | Claim::Password | Claim::Keys | Claim::Quiet => Source::Terminal,
        Claim::Nothing => Source::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Evidence, Said};
    use super::*;
    use crate::{
        log::Octets,
        screen::Effect,
        task::{Size, Spec, TaskId},
    };

    const READS: Evidence = Evidence { canonical: true, echo: true, reads: Reads::Yes, group: 1 };

    fn task(evidence: Option<Evidence>, said: Said) -> Task {
        let mut task = Task::new(Spec {
            id: TaskId(1),
            argv: vec![],
            command: "x".into(),
            name: None,
            cwd: Octets::from("/"),
            size: Size::new(24, 80),
            foreground: false,
            asked_by: "you".into(),
            created_at: 0,
            agent: None,
        });
        task.said = said;
        task.phase = Phase::Running { pid: 1, started_at: 0, paused: false, evidence };
        task
    }

    fn said(state: ProgramState) -> Said {
        let mut said = Said::default();
        let (app, message) = ("claude".to_owned(), "rm -rf x".to_owned());
        let kind = Some(BlockedKind::Permission);
        let status = ProgramStatus { state, kind, app, message, ..ProgramStatus::default() };
        said.hear(&Effect::ProgramStatus(status), false);
        said
    }

    #[test]
    fn precise_sources_win_over_weak_ones_and_every_state_says_why() {
        let show = |evidence, said| {
            let status = task(evidence, said).status();
            let line =
                format!("{} [{}] {}", status.state, status.source.name(), status.why.unwrap_or_default());
            line.trim_end().to_owned()
        };
        let mut rang = Said::new();
        rang.attention = Some(Attention::Bell);
        let lines = [
            // nothing was seen, and nothing is claimed
            show(None, Said::default()),
            show(Some(READS), said(ProgramState::Working)),
            show(None, said(ProgramState::Blocked)),
            show(Some(READS), said(ProgramState::Done)),
            show(None, said(ProgramState::Done)),
            show(None, rang.clone()),
            show(Some(Evidence { reads: Reads::No, ..READS }), rang.clone()),
            show(Some(READS), rang),
            show(Some(READS), Said::default()),
            show(Some(Evidence { echo: false, ..READS }), Said::default()),
            show(Some(Evidence { echo: false, reads: Reads::Unknown, ..READS }), Said::default()),
            show(Some(Evidence { reads: Reads::Unknown, ..READS }), Said::default()),
            show(Some(Evidence { canonical: false, ..READS }), Said::default()),
            show(Some(Evidence { reads: Reads::No, ..READS }), Said::default()),
            show(Some(Evidence { reads: Reads::No, echo: false, ..READS }), Said::default()),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        running [none]
        running [osc-7501] claude says it is working (OSC 7501): rm -rf x
        needs-input [osc-7501] claude needs a permission (OSC 7501): rm -rf x
        needs-input [terminal] its foreground process is blocked reading a line from the terminal
        running [osc-7501] claude says it is done (OSC 7501): rm -rf x
        running [none]
        needs-input [bell] it rang the bell and has been quiet since
        needs-input [bell] it rang the bell and has been quiet since
        needs-input [terminal] its foreground process is blocked reading a line from the terminal
        needs-input [terminal] its foreground process is blocked reading the terminal with echo off (a password?)
        needs-input [terminal] its foreground process is blocked reading the terminal with echo off (a password?)
        running [none]
        running [terminal] reads keys: its terminal is in raw mode
        running [terminal] quiet, and not reading its terminal
        running [terminal] quiet, and not reading its terminal
        ");
    }
}
