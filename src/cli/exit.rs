//! Exit codes, all decided here. Stable: scripts rely on them.

use super::print;
use crate::{
    protocol::client::{Failure, TaskInfo},
    screen::clean,
    store::StoreError,
};
use std::process::ExitCode;

/// The codes, as the help tells them.
pub(super) const CODES: &str = "\
Exit codes: 0 done · 1 failed · 2 wrong request, or no such task · 124 timeout · 125 the end of the task is lost or unknown \
· 127 the command could not be started. wait and run --wait pass on the task's own code; a signal is 128 + its number.";

/// A request that makes no sense, or names a task that does not exist.
pub(super) const WRONG: u8 = 2;
/// The user cancelled a dialog, as Ctrl+C would.
pub(super) const CANCELLED: u8 = 130;
/// Something did not end in time.
pub(super) const TIMEOUT: u8 = 124;
const FAILED: u8 = 1;
/// A program that is not there or cannot be executed.
pub(super) const NOT_STARTED: u8 = 127;
const UNKNOWN: u8 = 125;
/// Columns of an error sentence.
const SENTENCE_COLUMNS: usize = 1000;

/// The exit code of a verb that did what it was asked to, or why it did not.
pub(super) type Verdict = anyhow::Result<u8>;

/// What ended.
pub(super) enum Ended {
    /// A verb, with this code.
    Verb(u8),
    /// A client, or its guard.
    Client(ExitCode),
}

/// Whoever read our output has gone: nothing more is wanted, which is no error.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output")]
pub(super) struct NobodyReads;

/// A request that makes no sense: exit code 2.
pub(super) fn wrong(message: impl Into<String>) -> anyhow::Error {
    with_code(WRONG, message)
}

/// A sentence and its exit code.
pub(super) fn with_code(code: u8, message: impl Into<String>) -> anyhow::Error {
    Failure { code, message: message.into() }.into()
}

/// Tells the user in one sentence what went wrong; the exit code for it.
pub(super) fn tell(error: &anyhow::Error) -> ExitCode {
    if error.is::<NobodyReads>() {
        return ExitCode::SUCCESS;
    }
    print::complain(&clean(&format!("{error:#}"), SENTENCE_COLUMNS));
    ExitCode::from(code_of(error))
}

fn code_of(error: &anyhow::Error) -> u8 {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return failure.code;
    }
    if let Some(StoreError::Name(_)) = error.downcast_ref() { WRONG } else { FAILED }
}

/// The code a shell would give a task: its own, 128 + N after signal N, 127 when it never ran, 125 when it is lost or
/// nobody knows. `None` while it runs.
pub(super) fn of_task(task: &TaskInfo) -> Option<u8> {
    task.ended_at?;
    Some(match (task.exit_code, task.signal) {
        (Some(code), _) => u8::try_from(code & 0xff).unwrap_or(UNKNOWN),
        (None, Some(signal)) => u8::try_from(128 + (signal & 0x7f)).unwrap_or(UNKNOWN),
        (None, None) if task.state == "failed" => NOT_STARTED,
        (None, None) => UNKNOWN,
    })
}

/// The first code that is not 0, in the order given.
pub(super) fn of_tasks(tasks: &[TaskInfo]) -> u8 {
    tasks.iter().filter_map(of_task).find(|code| *code != 0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::info, *};

    #[test]
    fn a_task_gives_its_own_code_and_the_first_bad_one_counts() {
        let ended = |state: &str, exit_code, signal| TaskInfo {
            state: state.into(),
            exit_code,
            signal,
            ended_at: Some(1),
            ..info(1)
        };
        assert_eq!(of_task(&info(1)), None);
        assert_eq!(of_task(&ended("completed", Some(0), None)), Some(0));
        assert_eq!(of_task(&ended("failed", Some(3), None)), Some(3));
        assert_eq!(of_task(&ended("killed", None, Some(9))), Some(137));
        assert_eq!(of_task(&ended("failed", None, None)), Some(127));
        assert_eq!(of_task(&ended("lost", None, None)), Some(125));
        assert_eq!(of_task(&ended("unknown", None, None)), Some(125));
        let several = [
            ended("completed", Some(0), None),
            ended("killed", None, Some(2)),
            ended("failed", Some(1), None),
        ];
        assert_eq!(of_tasks(&several), 130);
        assert_eq!(of_tasks(&several[..1]), 0);
    }

    #[test]
    fn the_code_of_an_error_is_that_of_its_failure() {
        assert_eq!(code_of(&wrong("x")), 2);
        assert_eq!(code_of(&with_code(124, "x").context("waiting")), 124);
        assert_eq!(code_of(&anyhow::anyhow!("disk full")), 1);
        assert_eq!(code_of(&StoreError::Name("a/b".into()).into()), 2);
    }
}
