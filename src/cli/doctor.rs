//! `aside doctor`: whether everything is in place, and what to do where it is not.

use super::{caller::Caller, exit::Verdict, print};
use crate::{daemon, holder::HolderProgram};
use clap::Args;
use std::process::Command;

/// Check that everything aside needs is in place
#[derive(Args)]
pub(super) struct Doctor {}

/// How a check came out.
enum Found {
    Good(String),
    /// Worth knowing.
    Note(String),
    Bad(String),
}

impl Doctor {
    #[expect(clippy::unused_self, reason = "verbs are called alike")]
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let mut checks = vec![directories(caller), server(caller), program(), terminal()];
        checks.extend(settings(caller));
        checks.extend(nesting());
        checks.extend(logout());
        let mut bad = 0;
        for check in checks {
            let (mark, text) = match check {
                Found::Good(text) => ("ok  ", text),
                Found::Note(text) => ("note", text),
                Found::Bad(text) => {
                    bad += 1;
                    ("BAD ", text)
                }
            };
            print::text(&format!("{mark}  {text}\n"))?;
        }
        Ok(u8::from(bad > 0))
    }
}

fn directories(caller: &Caller) -> Found {
    match caller.paths.ensure() {
        Ok(()) => Found::Good(format!(
            "tasks in {}, sockets in {}",
            caller.paths.state.display(),
            caller.paths.runtime.display()
        )),
        Err(error) => Found::Bad(error.to_string()),
    }
}

fn server(caller: &Caller) -> Found {
    match caller.running() {
        Ok(Some(server)) if server.program == env!("CARGO_PKG_VERSION") => {
            Found::Good(format!("server {} runs", server.pid))
        }
        Ok(Some(server)) => Found::Note(format!(
            "server {} is version {}, this is {}; aside server stop lets the next aside start the new one, tasks run on",
            server.pid,
            server.program,
            env!("CARGO_PKG_VERSION")
        )),
        Ok(None) => Found::Good("no server runs; aside starts one when it is needed".into()),
        Err(error) => Found::Bad(format!("{error:#}")),
    }
}

fn program() -> Found {
    match HolderProgram::find() {
        Ok(program) if program.is_aside() => Found::Note(
            "no aside-holder beside aside: each task takes more memory; cargo install --path . installs both"
                .into(),
        ),
        Ok(_) => Found::Good("aside-holder stands beside aside".into()),
        Err(error) => Found::Bad(format!("the holder's program cannot be opened: {error}")),
    }
}

fn terminal() -> Found {
    match std::env::var("TERM") {
        Ok(term) if !term.is_empty() && term != "dumb" => Found::Good(format!("TERM is {term}")),
        Ok(term) => {
            Found::Bad(format!("TERM is '{term}': attaching needs a terminal; verbs work without one"))
        }
        Err(_) => Found::Bad("TERM is not set: attaching needs a terminal; verbs work without one".into()),
    }
}

fn settings(caller: &Caller) -> Vec<Found> {
    let problems = daemon::read_settings(&caller.paths).problems;
    if problems.is_empty() {
        return vec![Found::Good(format!("configuration in {}", caller.paths.config.display()))];
    }
    problems.into_iter().map(Found::Bad).collect()
}

fn nesting() -> Option<Found> {
    let inside = ["TMUX", "STY", "ZELLIJ"].into_iter().find(|name| std::env::var_os(name).is_some())?;
    let text = "Ctrl+B may be taken by the multiplexer around; Ctrl+X Ctrl+B does the same";
    Some(Found::Note(format!("{inside} is set: {text}")))
}

/// Whether systemd ends the user's processes at logout.
fn logout() -> Option<Found> {
    let user = rustix::process::geteuid().as_raw().to_string();
    let arguments = ["show-user", &user, "--property=Linger", "--value"];
    let output =
        Command::new("loginctl").args(arguments).output().ok().filter(|output| output.status.success())?;
    let linger = String::from_utf8_lossy(&output.stdout).trim() == "yes";
    Some(if linger {
        Found::Good("tasks outlive a logout (linger is on)".into())
    } else {
        Found::Note(
            "if KillUserProcesses=yes is set for systemd-logind, a logout ends tasks; loginctl enable-linger prevents it"
                .into(),
        )
    })
}
