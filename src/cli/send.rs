//! `send`: types into a task's terminal. Keys are encoded by the server, as the program asked for them.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find,
};
use crate::protocol::client::Request;

/// Type text and keys into a task's terminal
///
/// A word that names a key is that key (Enter, ctrl-c, C-c, Up, f5); any other is typed as it is. --text is always text.
#[derive(clap::Args)]
pub(super) struct Send {
    /// Number or name of the task
    id: String,

    /// Text typed first, as it is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,

    /// Keys and words
    #[arg(value_name = "KEYS")]
    keys: Vec<String>,
}

impl Send {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        if self.text.is_none() && self.keys.is_empty() {
            return Err(exit::wrong("nothing to send: name keys, or give --text"));
        }
        let id = find::task(caller, &self.id)?;
        let mut server = caller.open()?.ok_or_else(|| find::none(id))?;
        server.request(Request::Send { id, text: self.text.unwrap_or_default(), keys: self.keys })?;
        Ok(0)
    }
}
