//! `aside send`: typing into a task.

use super::{caller::Caller, exit::Verdict, find};
use crate::protocol::client::Request;
use clap::Args;

/// Type into a task
#[derive(Args)]
pub(super) struct Send {
    /// Its number, or its name if no other has it
    task: String,
    /// Typed as it is, before the keys
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    text: String,
    /// Keys (Enter, ctrl-c, C-c, alt-x, F5); other words are typed
    keys: Vec<String>,
}

impl Send {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.task)?;
        let Some(mut server) = caller.open()? else { return Err(find::none(id)) };
        server.request(Request::Send { id, text: self.text, keys: self.keys })?;
        Ok(0)
    }
}
