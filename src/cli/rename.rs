//! `rename`: gives a task a name, shown instead of its command.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find,
    limits::NAME_COLUMNS,
};
use crate::{protocol::client::Request, screen::clean};

/// Name a task
#[derive(clap::Args)]
pub(super) struct Rename {
    /// Number or name of the task
    id: String,
    /// Its new name
    name: String,
}

impl Rename {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let name = clean(&self.name, NAME_COLUMNS);
        if name.is_empty() {
            return Err(exit::wrong("a name needs at least one character that can be seen"));
        }
        let id = find::task(caller, &self.id)?;
        let mut server = caller.open()?.ok_or_else(|| find::none(id))?;
        server.request(Request::Rename { id, name })?;
        Ok(0)
    }
}
