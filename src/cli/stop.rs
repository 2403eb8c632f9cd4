//! `stop`: ends tasks, and returns when they have ended.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find,
    limits::STOP_PATIENCE,
    wait,
};
use crate::{
    protocol::client::{Failure, Request, StopHow},
    task::signal_number,
};

/// Stop tasks: HUP and TERM, then KILL, to everything they started
#[derive(clap::Args)]
pub(super) struct Stop {
    /// Numbers or names of tasks
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// Send only this signal (INT, 15, SIGUSR1), once, to the foreground of the task's terminal, and do not wait
    #[arg(long, value_parser = signal)]
    signal: Option<i32>,

    /// Return at once instead of when they have ended
    #[arg(long)]
    no_wait: bool,
}

impl Stop {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ids = find::tasks(caller, &self.ids)?;
        let how = self.signal.map_or(StopHow::Ladder, StopHow::Signal);
        let first = ids.first().copied().ok_or_else(|| exit::wrong("no task to stop"))?;
        let mut server = caller.open()?.ok_or_else(|| find::none(first))?;
        server.request(Request::Stop { ids: ids.clone(), how })?;
        if self.no_wait || self.signal.is_some() {
            return Ok(0);
        }
        match wait::for_end(caller, &ids, Some(STOP_PATIENCE)) {
            Ok(_) => Ok(0),
            Err(error) => Err(match error.downcast_ref::<Failure>() {
                Some(failure) if failure.code == exit::TIMEOUT => exit::with_code(
                    exit::TIMEOUT,
                    format!("not ended after {} s; aside ls tells what still runs", STOP_PATIENCE.as_secs()),
                ),
                _ => error,
            }),
        }
    }
}

fn signal(text: &str) -> Result<i32, String> {
    signal_number(text).ok_or_else(|| "not a signal; use a name like TERM or a number".to_owned())
}
