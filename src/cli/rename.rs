//! `aside rename`: a name for a task.

use super::{caller::Caller, exit::Verdict, find};
use crate::protocol::client::Request;
use clap::Args;

/// Name a task
#[derive(Args)]
pub(super) struct Rename {
    /// Its number, or its name if no other has it
    task: String,
    /// The new name
    name: String,
}

impl Rename {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.task)?;
        let Some(mut server) = caller.open()? else { return Err(find::none(id)) };
        server.request(Request::Rename { id, name: self.name })?;
        Ok(0)
    }
}
