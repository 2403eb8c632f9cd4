//! `aside`, `aside -- CMD`, `aside attach ID`: the session on this terminal.

use super::{
    caller::{self, Caller},
    exit, find,
};
use crate::{client, daemon, protocol::client::ToServer};
use clap::Args;
use serde_bytes::ByteBuf;
use std::{ffi::OsString, os::unix::ffi::OsStringExt, process::ExitCode};

/// Attach with one task in the foreground
#[derive(Args)]
pub(super) struct Attach {
    /// Its number, or its name if no other has it
    task: String,
    /// Attach even inside a task of the same session
    #[arg(long)]
    nested: bool,
}

impl Attach {
    pub(super) fn call(self, caller: &Caller) -> anyhow::Result<ExitCode> {
        refuse_nested(caller, self.nested)?;
        let (id, _) = find::directory(caller, &self.task)?;
        show(caller, vec![ToServer::Foreground(id)])
    }
}

/// Attaches, and runs a command in the foreground if one is given.
pub(super) fn session(caller: &Caller, nested: bool, command: Vec<OsString>) -> anyhow::Result<ExitCode> {
    refuse_nested(caller, nested)?;
    let argv: Vec<ByteBuf> = command.into_iter().map(|word| ByteBuf::from(word.into_vec())).collect();
    let first = if argv.is_empty() { vec![] } else { vec![ToServer::Start { argv }] };
    show(caller, first)
}

fn show(caller: &Caller, first: Vec<ToServer>) -> anyhow::Result<ExitCode> {
    let paths = caller.paths.clone();
    let connect = move || daemon::connect_or_start(&paths);
    client::attach(client::Options { place: caller::place(), connect, first })
}

/// A session shown inside its own task would draw itself for ever.
fn refuse_nested(caller: &Caller, nested: bool) -> anyhow::Result<()> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("ASIDE_TASK"), variable("ASIDE_SESSION")) {
        (Some(task), Some(session)) if session == caller.paths.session && !nested => {
            Err(exit::wrong(format!(
                "this is task {task} of session {session} already; use verbs here (aside --help), another session \
                 (-s NAME), or --nested to attach all the same"
            )))
        }
        _ => Ok(()),
    }
}
