//! `rerun`: the same command again, in the same directory, as a new task.

use super::{caller::Caller, exit::Verdict, find, print};
use crate::protocol::client::{Request, Response};

/// Run a task's command again as a new task; prints its number
#[derive(clap::Args)]
pub(super) struct Rerun {
    /// Number or name of the task
    id: String,
}

impl Rerun {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.id)?;
        let mut server = caller.open()?.ok_or_else(|| find::none(id))?;
        match server.request(Request::Rerun(id))? {
            Response::Task(task) => print::text(&format!("{}\n", task.id))?,
            other => return Err(find::surprise(&other)),
        }
        Ok(0)
    }
}
