//! The holder of one task: keeps its pseudo-terminal and its log, carries input, size and signals, records its end.
//! Never parses output, never decides, never starts anything but the one program.
//!
//! It is what must not die, so it is small: one thread, one `poll` loop ([`main`]), no memory that grows, no
//! descriptor of anyone else. It survives servers and clients; when it dies itself, what was printed is on disk.
//!
//! - It is the session leader of the task's terminal; the program runs in a process group of its own. So Ctrl+Z
//!   works, and processes left in the background are not hung up when the program ends.
//! - It stays while descendants of the program live, still logging, then leaves. An `flock` on `lock` in the task's
//!   directory, which the program does not inherit, says that it is there.
//! - The server's side is [`spawn`]; [`client`] talks to a holder from tests and verbs.

mod append;
pub mod client;
mod clock;
mod connection;
mod exit;
mod keep;
mod launch;
mod limits;
mod listener;
mod spawn;
mod start;
mod sys;
mod task;
mod terminal;

/// What the system tells about processes.
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
pub mod process;

pub use launch::{Launch, Launched};
pub use listener::peer_user;
pub use spawn::{HolderProgram, SpawnError, Spawned, spawn};

use rustix::io::Errno;
use std::{
    fs::File,
    io::{self, IsTerminal},
    os::fd::AsFd,
    process::ExitCode,
};

/// Closes every descriptor above the standard ones: a process that lives for weeks must not keep those of whoever
/// started it. Must be the first thing the process does.
pub fn close_inherited() {
    sys::close_inherited();
}

/// Takes signals again that whoever started this process had blocked: a guard waits for SIGCHLD, and programs inherit the
/// mask. Must come before any thread exists.
pub fn unblock_signals() {
    sys::unblock_signals();
}

/// A holder's life: reads a [`Launch`] from standard input, answers [`Launched`] on standard output, then keeps the task.
/// Must be the first thing its process does.
pub fn main() -> ExitCode {
    sys::close_inherited();
    sys::unblock_signals();
    if io::stdin().is_terminal() {
        eprintln!("aside-holder keeps one task of aside; it is started by aside, not by hand");
        return ExitCode::from(2);
    }
    let launched = read_launch().and_then(|launch| start::start(&launch));
    let answer = match &launched {
        Ok(running) => {
            Launched::Started { holder: running.record.holder.pid, program: running.record.program.pid }
        }
        Err(sentence) => Launched::Failed(sentence.clone()),
    };
    // a server that died meanwhile finds the task on disk
    let _ = serde_json::to_vec(&answer).map(|json| write_all(rustix::stdio::stdout(), &json));
    let Ok(running) = launched else { return ExitCode::FAILURE };
    // the server reads the answer up to the end of the pipe
    let _ = leave_standard_streams();
    keep::keep(running);
    ExitCode::SUCCESS
}

/// Not by `std`, whose buffers would stay for life.
fn read_launch() -> Result<Launch, String> {
    let (mut json, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut chunk) {
            Ok(0) => break,
            Ok(count) => json.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(format!("cannot start: {error}")),
        }
    }
    serde_json::from_slice(&json).map_err(|error| format!("cannot start: not a launch: {error}"))
}

fn write_all(to: impl AsFd, mut bytes: &[u8]) {
    while let Ok(count @ 1..) = rustix::io::retry_on_intr(|| rustix::io::write(&to, bytes)) {
        bytes = bytes.get(count..).unwrap_or_default();
    }
}

fn leave_standard_streams() -> io::Result<()> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    Ok(())
}
