//! `aside rm`: ended tasks and their output go.

use super::{caller::Caller, exit::Verdict, find, print};
use crate::{
    protocol::client::Request,
    store,
    task::{TaskId, text},
};
use clap::Args;

/// Forget ended tasks and delete what they printed
#[derive(Args)]
pub(super) struct Rm {
    /// Numbers or names
    #[arg(required = true, value_name = "ID")]
    tasks: Vec<String>,
}

impl Rm {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ids = find::tasks(caller, &self.tasks)?;
        let Some(mut server) = caller.open()? else {
            return Err(find::none(ids.first().copied().unwrap_or(TaskId(0))));
        };
        let bytes = ids.iter().map(|id| store::task_bytes(&caller.paths.task(*id))).sum();
        let count = ids.len();
        server.request(Request::Remove(ids))?;
        report(count, bytes)
    }
}

/// Says what was freed.
pub(super) fn report(count: usize, bytes: u64) -> Verdict {
    let tasks = text::plural(count as u64, "task");
    print::text(&format!("removed {tasks}, freed {}\n", text::bytes(bytes)))?;
    Ok(0)
}
