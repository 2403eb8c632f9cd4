//! The user's terminal: keys to the server, frames from it.
//!
//! Thin: decides nothing, interprets no cell, keeps no picture. Never leaves the terminal other than it found it, whoever is
//! killed: a guard process, forked before any thread, is what the user's shell waits for.
//!
//! One thread waits for socket, signals, guard and terminal at once; a second one only reads keys and sends them. All
//! writes, to the terminal and to the socket, are made without blocking, so that a stopped terminal or server costs neither
//! the other direction nor the reaction to a signal.

mod capability;
mod clipboard;
mod display;
mod fork;
mod guard;
mod input;
mod limits;
mod link;
mod mode;
mod patience;
mod peer;
mod probe;
mod run;
mod signals;
mod tty;

pub use capability::{Streams, TerminalError, capabilities, check_terminal};

use crate::protocol::client::{Farewell, Place, ToServer};
use anyhow::Context;
use std::{
    os::unix::net::UnixStream,
    process::ExitCode,
    time::{Duration, Instant},
};

/// What [`attach`] is given.
pub struct Options<C> {
    /// Directory, environment and umask for the tasks this client starts.
    pub place: Place,
    /// Connects to the session's server, starting one if needed, within a deadline of its own. Called again whenever the server
    /// is lost. Says no hello: the client does.
    pub connect: C,
    /// Sent once, right after the first hello: what `aside -- CMD` asks for.
    pub first: Vec<ToServer>,
}

/// Shows the session on this process's terminal until the user detaches. **Forks**: call it before any thread exists, and
/// return its exit code from `main`, for both processes come back from it: the client after it has told the user what there is
/// to tell, and the guard with the client's exit code.
///
/// # Errors
/// One sentence for the user when this is no terminal, or the server can be neither reached nor started.
pub fn attach<C>(options: Options<C>) -> anyhow::Result<ExitCode>
where
    C: FnMut() -> anyhow::Result<UnixStream>,
{
    let lookup = |name: &str| std::env::var(name).ok();
    let tty = tty::Tty::open()?;
    check_terminal(tty::is_terminal(), lookup("TERM").as_deref())?;
    let terminal = capabilities(&lookup);
    match guard::split(&tty).context("cannot start the client")? {
        guard::Side::Guard(code) => Ok(code),
        guard::Side::Client(watch) => conclude(run::run(options, tty, watch, terminal)?),
    }
}

/// How a client came to its end.
#[derive(Debug)]
enum Ending {
    /// The server said so.
    Told(Farewell),
    /// A signal asked for it.
    Signal(i32),
    /// The guard is gone: nobody waits for us any more.
    Alone,
    /// The terminal is gone.
    HungUp,
    /// The user would not wait for a silent server any longer.
    GaveUp,
}

#[expect(clippy::unnecessary_wraps, reason = "the last step of a fallible chain")]
fn conclude(ending: Ending) -> anyhow::Result<ExitCode> {
    Ok(match ending {
        Ending::Told(Farewell::Detached(text)) => {
            if !text.is_empty() {
                println!("{text}");
            }
            ExitCode::SUCCESS
        }
        Ending::Told(Farewell::Refused(text)) => {
            eprintln!("aside: {text}");
            ExitCode::from(2)
        }
        Ending::Told(Farewell::Stopping) => {
            println!("the server was stopped; `aside` starts it again");
            ExitCode::SUCCESS
        }
        Ending::Signal(number) => ExitCode::from(u8::try_from(128 + number).unwrap_or(u8::MAX)),
        Ending::GaveUp => {
            eprintln!("aside: left without a word from the server; tasks run on, `aside` comes back to them");
            ExitCode::FAILURE
        }
        Ending::Alone | Ending::HungUp => ExitCode::FAILURE,
    })
}

#[expect(clippy::disallowed_methods, reason = "the client is a driver: it waits with deadlines")]
fn after(wait: Duration) -> Instant {
    Instant::now() + wait
}

#[expect(clippy::disallowed_methods, reason = "the client is a driver: it waits with deadlines")]
fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}
