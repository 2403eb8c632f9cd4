//! `server`: the process that serves a session, and what can be asked of it.

use super::{
    caller::Caller,
    connection::{Connection, is_lost, is_silent},
    exit::{self, Verdict},
    find,
    limits::{LEAVE_PATIENCE, STOP_PATIENCE},
    print, trace,
};
use crate::{
    daemon::{self, Lock},
    protocol::client::{Failure, Request, Response},
};
use clap::Subcommand;
use rustix::process::{Pid, Signal};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Write},
};

/// Look at or stop the server of a session
#[derive(clap::Args)]
pub(super) struct Server {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Tell whether a server runs; never starts one. Exit code 1 if none does
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop the server. Tasks run on, and the next verb or client starts a server that takes them up
    Stop {
        /// Stop every task first
        #[arg(long)]
        tasks: bool,
    },
    /// Serve the session (started on demand, not by hand)
    #[command(hide = true)]
    Run,
}

impl Server {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        match self.verb {
            Verb::Status { json } => status(caller, json),
            Verb::Stop { tasks: false } => stop(caller),
            Verb::Stop { tasks: true } => stop_with_tasks(caller),
            Verb::Run => serve(caller),
        }
    }
}

/// `server status --json`: stable.
#[derive(Serialize)]
struct Status {
    pid: u32,
    version: String,
    session: String,
    /// Clients attached; unknown of a server of another version.
    clients: Option<u32>,
    /// Tasks running; unknown of a server of another version.
    running: Option<u32>,
}

fn status(caller: &Caller, json: bool) -> Verdict {
    let session = caller.paths.session.clone();
    let Some(mut server) = caller.running()? else {
        return Err(exit::with_code(1, no_server(caller)));
    };
    let (pid, program) = (server.pid, server.program.clone());
    let status = match server.request(Request::Status) {
        Ok(Response::Status { pid, version, session, clients, running }) => {
            Status { pid, version, session, clients: Some(clients), running: Some(running) }
        }
        Ok(other) => return Err(find::surprise(&other)),
        // it told who it is before it refused us
        Err(error) if error.is::<Failure>() => {
            Status { pid, version: program, session, clients: None, running: None }
        }
        Err(error) => return Err(error),
    };
    if json {
        print::json(&status)?;
    } else {
        let Status { pid, version, session, clients, running } = status;
        let count =
            |number: Option<u32>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
        print::text(&format!(
            "session {session}: server {pid}, version {version}, {} attached, {} tasks running\n",
            count(clients),
            count(running)
        ))?;
    }
    Ok(0)
}

fn no_server(caller: &Caller) -> String {
    format!("no server runs for session {}", caller.paths.session)
}

/// One that is not there is stopped already.
fn stop(caller: &Caller) -> Verdict {
    let Some(mut server) = caller.running()? else {
        print::text(&format!("{}\n", no_server(caller)))?;
        return Ok(0);
    };
    match server.request(Request::Shutdown { tasks: false }) {
        Ok(_) => {}
        Err(error) if is_lost(&error) => return Ok(0),
        // one of another version does not take our word, but it takes a signal
        Err(error) if error.is::<Failure>() => terminate(&server)?,
        Err(error) => return Err(error),
    }
    server.wait_for_end(LEAVE_PATIENCE)?;
    Ok(0)
}

fn terminate(server: &Connection) -> anyhow::Result<()> {
    let pid = i32::try_from(server.pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| anyhow::anyhow!("the server does not tell its process id"))?;
    Ok(rustix::process::kill_process(pid, Signal::TERM)?)
}

/// Tasks can run without a server: then one is started, to stop them.
fn stop_with_tasks(caller: &Caller) -> Verdict {
    let Some(mut server) = caller.open()? else {
        print::text(&format!("{}, and there are no tasks\n", no_server(caller)))?;
        return Ok(0);
    };
    let patience = super::connection::after(STOP_PATIENCE);
    match server.request_until(Request::Shutdown { tasks: true }, Some(patience)) {
        Ok(_) => server.wait_for_end(LEAVE_PATIENCE)?,
        Err(error) if is_lost(&error) => {}
        Err(error) if is_silent(&error) => {
            let seconds = STOP_PATIENCE.as_secs();
            let sentence =
                format!("tasks have not ended after {seconds} s, the server goes on; aside ls names them");
            return Err(exit::with_code(exit::TIMEOUT, sentence));
        }
        Err(error) => return Err(error),
    }
    Ok(0)
}

/// Serves until told to stop. Whoever started this process reads one line: `ready`, nothing if another server has the
/// session, else why there is none.
fn serve(caller: &Caller) -> Verdict {
    let mut told = false;
    let result = (|| {
        caller.paths.ensure()?;
        let Some(lock) = Lock::take(&caller.paths)? else { return Ok(()) };
        trace::begin(&caller.paths);
        daemon::serve(&caller.paths, &lock, || {
            told = true;
            answer("ready");
        })
    })();
    match result {
        Ok(()) => Ok(0),
        Err(error) if told => {
            tracing::error!("the server ends: {error:#}");
            Ok(1)
        }
        Err(error) => {
            tracing::error!("the server cannot start: {error:#}");
            answer(&format!("{error:#}").replace('\n', " "));
            Ok(1)
        }
    }
}

/// Says one line to whoever started us, who may have gone, and leaves the standard streams.
fn answer(line: &str) {
    let mut out = io::stdout();
    let _unread = writeln!(out, "{line}").and_then(|()| out.flush());
    if let Ok(nothing) = File::options().read(true).write(true).open("/dev/null") {
        let _kept = rustix::stdio::dup2_stdin(&nothing);
        let _kept = rustix::stdio::dup2_stdout(&nothing);
        let _kept = rustix::stdio::dup2_stderr(&nothing);
    }
}
