//! `aside`, `aside -- CMD` and `attach`: the session on this terminal. Forks, so nothing may have started a thread.

use super::{
    caller::{self, Caller},
    exit, find,
};
use crate::{
    client, daemon,
    protocol::client::{Request, Response, ToServer},
    task::TaskId,
};
use serde_bytes::ByteBuf;
use std::{ffi::OsString, os::unix::ffi::OsStringExt, process::ExitCode};

/// Bring a task to the foreground and attach
#[derive(clap::Args)]
pub(super) struct Attach {
    /// Number or name of the task
    id: String,

    /// Attach even inside a task of the same session
    #[arg(long)]
    nested: bool,
}

impl Attach {
    pub(super) fn call(self, caller: &Caller) -> anyhow::Result<ExitCode> {
        refuse_nesting(caller, self.nested)?;
        let id = find::task(caller, &self.id)?;
        match caller.ask(&Request::Show(id))?.ok_or_else(|| find::none(id))? {
            Response::Task(task) if task.ended_at.is_none() => {}
            Response::Task(task) => {
                let state = task.state;
                let sentence =
                    format!("task {id} has ended ({state}); aside output {id} shows what it printed");
                return Err(exit::with_code(1, sentence));
            }
            other => return Err(find::surprise(&other)),
        }
        attach(caller, vec![ToServer::Foreground(id)])
    }
}

/// Attaches to the session, with a command in the foreground if there is one.
pub(super) fn session(caller: &Caller, nested: bool, command: Vec<OsString>) -> anyhow::Result<ExitCode> {
    refuse_nesting(caller, nested)?;
    let argv: Vec<ByteBuf> = command.into_iter().map(|word| ByteBuf::from(word.into_vec())).collect();
    attach(caller, if argv.is_empty() { vec![] } else { vec![ToServer::Start { argv }] })
}

/// Attaches with this task in the foreground.
pub(super) fn task(caller: &Caller, id: TaskId) -> anyhow::Result<ExitCode> {
    refuse_nesting(caller, false)?;
    attach(caller, vec![ToServer::Foreground(id)])
}

fn attach(caller: &Caller, first: Vec<ToServer>) -> anyhow::Result<ExitCode> {
    let paths = caller.paths.clone();
    let connect = move || daemon::connect_or_start(&paths);
    client::attach(client::Options { place: caller::place(), connect, first })
}

fn refuse_nesting(caller: &Caller, nested: bool) -> anyhow::Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    match nesting(&caller.paths.session, &variable) {
        Some(task) if !nested => {
            let session = &caller.paths.session;
            Err(exit::wrong(format!(
                "this is task {task} of session {session}, which would show itself; --nested attaches all the same, \
                 -s NAME attaches to another session"
            )))
        }
        _ => Ok(()),
    }
}

/// The task of the session that we are inside of.
fn nesting(session: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let own = variable("ASIDE_SESSION").is_some_and(|own| own == session);
    variable("ASIDE_TASK").filter(|task| own && !task.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_nested_in_a_task_of_its_own_session_only() {
        let check = |session: &str, task: Option<&str>| {
            let variable = |name: &str| match name {
                "ASIDE_SESSION" => Some("main".to_owned()),
                "ASIDE_TASK" => task.map(str::to_owned),
                _ => None,
            };
            nesting(session, &variable)
        };
        assert_eq!(check("main", Some("3")), Some("3".into()));
        assert_eq!(check("other", Some("3")), None);
        assert_eq!(check("main", None), None, "ASIDE_SESSION alone is the user's choice");
    }
}
