//! `aside server`: the session's server itself.

use super::{
    caller::Caller,
    exit::{Verdict, with_code},
    find,
    limits::LEAVE_PATIENCE,
    print, trace,
};
use crate::{
    daemon,
    protocol::client::{Request, Response},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::{self, Write as _};

/// The session's server: status, stop
#[derive(Args)]
pub(super) struct Server {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the session (started on demand, not by hand)
    #[command(hide = true)]
    Run,
    /// Tell whether it runs
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End it; tasks run on, and the next `aside` starts a new one
    Stop {
        /// Stop every task first
        #[arg(long)]
        tasks: bool,
    },
}

#[derive(Serialize)]
struct Status {
    pid: u32,
    version: String,
    session: String,
    clients: u32,
    running: u32,
}

impl Server {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        match self.what {
            What::Run => Ok(serve(caller)),
            What::Status { json } => status(caller, json),
            What::Stop { tasks } => stop(caller, tasks),
        }
    }
}

/// Serves; whoever started us reads one line: `ready`, nothing if another serves, or what is wrong.
fn serve(caller: &Caller) -> u8 {
    let served = || {
        caller.paths.ensure()?;
        let Some(lock) = daemon::Lock::take(&caller.paths)? else { return Ok(()) };
        trace::begin(&caller.paths);
        daemon::serve(&caller.paths, &lock, ready)
    };
    let Err::<(), anyhow::Error>(error) = served() else { return 0 };
    // Nobody may be left to hear it.
    let _unread = writeln!(io::stdout(), "{error:#}");
    1
}

/// Tells whoever started us, and lets go of their pipe and terminal.
fn ready() {
    let _unread = writeln!(io::stdout(), "ready").and_then(|()| io::stdout().flush());
    if let Ok(null) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _kept = rustix::stdio::dup2_stdin(&null);
        let _kept = rustix::stdio::dup2_stdout(&null);
        let _kept = rustix::stdio::dup2_stderr(&null);
    }
}

fn status(caller: &Caller, json: bool) -> Verdict {
    let session = &caller.paths.session;
    let Some(mut server) = caller.running()? else {
        return Err(with_code(1, format!("no server runs for session {session}; aside starts one")));
    };
    match server.request(Request::Status)? {
        Response::Status { pid, version, session, clients, running } => {
            let status = Status { pid, version, session, clients, running };
            if json {
                print::json(&status)?;
            } else {
                let Status { pid, version, session, clients, running } = status;
                print::text(&format!(
                    "session {session}: server {pid}, version {version}, {clients} attached, {running} tasks running\n"
                ))?;
            }
            Ok(0)
        }
        other => Err(find::surprise(&other)),
    }
}

fn stop(caller: &Caller, tasks: bool) -> Verdict {
    let running = if tasks { caller.open()? } else { caller.running()? };
    let Some(mut server) = running else {
        let session = &caller.paths.session;
        print::text(&format!("no server runs for session {session}\n"))?;
        return Ok(0);
    };
    server.request(Request::Shutdown { tasks })?;
    server.wait_for_end(LEAVE_PATIENCE)?;
    Ok(0)
}
