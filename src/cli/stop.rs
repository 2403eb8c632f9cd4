//! `aside stop`: the end of tasks.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find,
    limits::STOP_PATIENCE,
};
use crate::{
    protocol::client::{Failure, Request, StopHow, Until},
    task,
};
use clap::Args;

/// Stop tasks with everything they started: HUP, then TERM, then KILL
#[derive(Args)]
pub(super) struct Stop {
    /// Numbers or names
    #[arg(required = true, value_name = "ID")]
    tasks: Vec<String>,
    /// Send only this signal, to the foreground of the task
    #[arg(long, value_name = "NAME", value_parser = signal)]
    signal: Option<i32>,
    /// Do not wait for the end
    #[arg(long)]
    no_wait: bool,
}

impl Stop {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ids = find::tasks(caller, &self.tasks)?;
        let Some(mut server) = caller.open()? else {
            return Err(find::none(ids.first().copied().unwrap_or(task::TaskId(0))));
        };
        let how = self.signal.map_or(StopHow::Ladder, StopHow::Signal);
        server.request(Request::Stop { ids: ids.clone(), how })?;
        if self.no_wait || self.signal.is_some() {
            return Ok(0);
        }
        let wait = Request::Wait { ids, until: Until::Exit, timeout_ms: None };
        match super::wait::patiently(caller, server, &wait, Some(STOP_PATIENCE)) {
            Err(error)
                if error.downcast_ref().is_some_and(|failure: &Failure| failure.code == exit::TIMEOUT) =>
            {
                Err(exit::with_code(
                    exit::TIMEOUT,
                    "not ended after HUP, TERM and KILL; aside show tells its state",
                ))
            }
            answer => answer.map(|_| 0),
        }
    }
}

fn signal(text: &str) -> Result<i32, String> {
    task::signal_number(text).ok_or_else(|| format!("'{text}' is no signal; try TERM, INT, KILL or a number"))
}
