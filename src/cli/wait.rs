//! `wait`: until tasks have ended or need input, across any number of servers.

use super::{
    caller::Caller,
    connection::{after, is_lost, until},
    exit::{self, Verdict},
    find,
    limits::{LASTING, LOSSES_MAX},
};
use crate::{
    config,
    protocol::client::{Request, Response, TaskInfo, Until},
    task::{State, TaskId},
};
use std::time::{Duration, Instant};

/// Wait until tasks have ended, or need input
///
/// Ends with the first exit code that is not 0, in the order given; with `--until needs-input`, with 0 when every task
/// needs input and 1 when one has ended instead.
#[derive(clap::Args)]
pub(super) struct Wait {
    /// Numbers or names of tasks
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// Give up after this time, with exit code 124 (30s, 5m, 2h, 500ms; a bare number is seconds)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// What to wait for
    #[arg(long, value_name = "WHAT", value_enum, default_value = "exit")]
    until: Awaited,
}

/// What can be waited for.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Awaited {
    /// The end of the task
    Exit,
    /// That it waits for the user, with evidence (see `show`)
    NeedsInput,
}

impl Wait {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ids = find::tasks(caller, &self.ids)?;
        if self.until == Awaited::Exit {
            return Ok(exit::of_tasks(&for_end(caller, &ids, self.timeout)?));
        }
        let tasks = lasting(caller, &ids, &Until::NeedsInput, self.timeout)?;
        let ended = tasks.iter().find(|task| task.state != State::NeedsInput.name());
        match ended {
            Some(task) => anyhow::bail!("task {} has ended ({}) without needing input", task.id, task.state),
            None => Ok(0),
        }
    }
}

/// Waits until all of these have ended. When the server is lost meanwhile, the next one is asked.
pub(super) fn for_end(
    caller: &Caller,
    ids: &[TaskId],
    timeout: Option<Duration>,
) -> anyhow::Result<Vec<TaskInfo>> {
    lasting(caller, ids, &Until::Exit, timeout)
}

/// Waits so long that all of these have ended or need input.
pub(super) fn for_need(caller: &Caller, ids: &[TaskId], patience: Duration) -> anyhow::Result<Vec<TaskInfo>> {
    lasting(caller, ids, &Until::NeedsInput, Some(patience))
}

fn lasting(
    caller: &Caller,
    ids: &[TaskId],
    what: &Until,
    timeout: Option<Duration>,
) -> anyhow::Result<Vec<TaskInfo>> {
    let deadline = timeout.map(after);
    let mut losses = 0;
    loop {
        let lasted = after(LASTING);
        let lost = match once(caller, ids, what, deadline) {
            Err(error) if is_lost(&error) => error,
            result => return result,
        };
        losses = if until(lasted).is_zero() { 1 } else { losses + 1 };
        if losses >= LOSSES_MAX {
            return Err(lost);
        }
    }
}

fn once(
    caller: &Caller,
    ids: &[TaskId],
    what: &Until,
    deadline: Option<Instant>,
) -> anyhow::Result<Vec<TaskInfo>> {
    let mut server = match (caller.open()?, ids.first()) {
        (Some(server), _) => server,
        (None, Some(id)) => return Err(find::none(*id)),
        (None, None) => return Ok(vec![]),
    };
    let timeout_ms = deadline.map(|moment| u64::try_from(until(moment).as_millis()).unwrap_or(u64::MAX));
    // the server keeps the time; a little more is for its answer
    let answer = deadline.map(|moment| moment.max(after(Duration::ZERO)) + super::limits::ANSWER_DEADLINE);
    let request = Request::Wait { ids: ids.to_vec(), until: what.clone(), timeout_ms };
    match server.request_until(request, answer)? {
        Response::Tasks(tasks) => Ok(tasks),
        other => Err(find::surprise(&other)),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = if bare { config::duration(&format!("{text}s")) } else { config::duration(text) };
    parsed.ok_or_else(|| "not a duration like 30s, 5m, 2h or 500ms".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_a_number_of_seconds_or_has_a_unit() {
        assert_eq!(duration("3"), Ok(Duration::from_secs(3)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        assert!(duration("soon").is_err() && duration("").is_err() && duration("-1").is_err());
    }
}
