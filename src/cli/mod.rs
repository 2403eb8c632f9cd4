//! The command line: one file per verb, this table of them, and exit codes decided in one place (`exit`).
//! Never decides anything about tasks: verbs ask the server, or read a task's files.
//!
//! Whatever a verb prints is for people or, with `--json`, for scripts; both are stable. Text from tasks is
//! cleaned before it is shown. A reader that goes away early is no error.

mod agent;
mod attach;
mod caller;
mod completions;
mod connection;
mod doctor;
mod exit;
mod fence;
mod find;
mod grep;
mod hook;
mod keys;
mod limits;
mod ls;
mod man;
mod mcp;
mod output;
mod print;
mod prune;
mod rename;
mod rerun;
mod rm;
mod run;
mod screen;
mod send;
mod server;
mod show;
mod stop;
mod table;
mod trace;
mod usage;
mod wait;

use caller::Caller;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use exit::Verdict;
use std::{ffi::OsString, process::ExitCode};

/// Run commands as tasks: Ctrl+B sends the one in front to the background, and it reports a truthful result.
///
/// Without a verb, attaches to the session and starts what is needed for that.
#[derive(Parser)]
#[command(name = "aside", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(override_usage = "aside [OPTIONS] [-- <CMD>...]\n       aside [OPTIONS] <COMMAND>")]
#[command(after_help = exit::CODES)]
struct Cli {
    /// Session to act on [default: $ASIDE_SESSION, else main]
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        env = "ASIDE_SESSION",
        hide_env = true,
        display_order = 900
    )]
    session: Option<String>,

    /// Attach even inside a task of the same session
    #[arg(long)]
    nested: bool,

    /// Attach with this command in the foreground; one word is a line for the shell
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,

    #[command(subcommand)]
    verb: Option<Verb>,
}

/// The verbs.
#[derive(Subcommand)]
enum Verb {
    Run(run::Run),
    Ls(ls::Ls),
    Show(show::Show),
    Output(output::Output),
    Grep(grep::Grep),
    Screen(screen::Screen),
    Attach(attach::Attach),
    Send(send::Send),
    Wait(wait::Wait),
    Stop(stop::Stop),
    Rerun(rerun::Rerun),
    Rename(rename::Rename),
    Rm(rm::Rm),
    Prune(prune::Prune),
    Agent(agent::Agent),
    Mcp(mcp::Mcp),
    Report(hook::Report),
    Fence(fence::Fence),
    #[command(hide = true)]
    Hook(hook::Hook),
    Keys(keys::Keys),
    Server(server::Server),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
    /// Keep one task (started by the server, not by hand)
    #[command(hide = true)]
    Holder,
}

/// The whole program. Call it before any thread exists: it may fork, or become a holder or a server.
pub fn main() -> ExitCode {
    crate::holder::unblock_signals();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let words: Vec<_> = arguments.iter().skip(1).map(OsString::as_os_str).collect();
    match words.as_slice() {
        [word] if *word == "holder" => return crate::holder::main(),
        [first, second, ..] if *first == "server" && *second == "run" => crate::holder::close_inherited(),
        _ => {}
    }
    match Cli::command().try_get_matches_from(arguments).and_then(|found| Cli::from_arg_matches(&found)) {
        Ok(cli) => match cli.call() {
            Ok(exit::Ended::Verb(code)) => ExitCode::from(code),
            Ok(exit::Ended::Client(code)) => code,
            Err(error) => exit::tell(&error),
        },
        Err(error) => usage::tell(&error),
    }
}

impl Cli {
    fn call(self) -> anyhow::Result<exit::Ended> {
        let caller = Caller::new(self.session.as_deref())?;
        match self.verb {
            None => attach::session(&caller, self.nested, self.command).map(exit::Ended::Client),
            Some(Verb::Attach(verb)) => verb.call(&caller).map(exit::Ended::Client),
            Some(Verb::Agent(verb)) => verb.call(&caller),
            Some(verb) => verb.call(&caller).map(exit::Ended::Verb),
        }
    }
}

impl Verb {
    fn call(self, caller: &Caller) -> Verdict {
        match self {
            Self::Run(verb) => verb.call(caller),
            Self::Ls(verb) => verb.call(caller),
            Self::Show(verb) => verb.call(caller),
            Self::Output(verb) => verb.call(caller),
            Self::Grep(verb) => verb.call(caller),
            Self::Screen(verb) => verb.call(caller),
            Self::Send(verb) => verb.call(caller),
            Self::Wait(verb) => verb.call(caller),
            Self::Stop(verb) => verb.call(caller),
            Self::Rerun(verb) => verb.call(caller),
            Self::Rename(verb) => verb.call(caller),
            Self::Rm(verb) => verb.call(caller),
            Self::Prune(verb) => verb.call(caller),
            Self::Mcp(verb) => verb.call(caller),
            Self::Report(verb) => verb.call(caller),
            Self::Fence(verb) => verb.call(caller),
            Self::Hook(verb) => verb.call(caller),
            Self::Keys(verb) => verb.call(caller),
            Self::Server(verb) => verb.call(caller),
            Self::Doctor(verb) => verb.call(caller),
            Self::Completions(verb) => verb.call(),
            Self::Man(verb) => verb.call(),
            Self::Attach(_) | Self::Agent(_) | Self::Holder => Err(exit::wrong("holder takes no arguments")),
        }
    }
}

#[cfg(test)]
mod tests;
