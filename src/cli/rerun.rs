//! `aside rerun`: a task's command again.

use super::{caller::Caller, exit::Verdict, find, print};
use crate::protocol::client::{Request, Response};
use clap::Args;

/// Run a task's command again in the background; prints the new number
#[derive(Args)]
pub(super) struct Rerun {
    /// Its number, or its name if no other has it
    task: String,
}

impl Rerun {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.task)?;
        let Some(mut server) = caller.open()? else { return Err(find::none(id)) };
        match server.request(Request::Rerun(id))? {
            Response::Task(task) => print::text(&format!("{}\n", task.id))?,
            other => return Err(find::surprise(&other)),
        }
        Ok(0)
    }
}
