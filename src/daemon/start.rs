//! Exactly one server per session, started on demand: the session's lock decides, whoever starts how many at once.

use crate::{
    limits::START_DEADLINE,
    store::{self, Paths, ServerRecord},
};
use anyhow::Context as _;
use rustix::fs::{FlockOperation, Mode, OFlags};
use std::{
    ffi::OsStr,
    io::{self, BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often the server looks whether its socket is still there.
pub(super) const SOCKET_CHECK: Duration = Duration::from_secs(5);

/// The right to serve a session; held for the life of the server.
#[derive(Debug)]
pub struct Lock {
    _file: OwnedFd,
}

impl Lock {
    /// Takes the session's lock; `None` when another server has it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn take(paths: &Paths) -> io::Result<Option<Self>> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = rustix::fs::open(paths.state.join("lock"), flags, Mode::from_raw_mode(0o600))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes down what points to this server, while it still has the lock.
    pub(super) fn leave(&self, paths: &Paths) {
        let _absent = std::fs::remove_file(paths.state.join("server.json"));
        let _absent = std::fs::remove_file(paths.socket());
    }
}

/// A connection to the session's server, which is started if there is none.
///
/// # Errors
/// When the directories cannot be used, or the server cannot start or does not answer.
#[expect(clippy::disallowed_methods, reason = "a deadline at the edge")]
pub fn connect_or_start(paths: &Paths) -> anyhow::Result<UnixStream> {
    paths.ensure()?;
    let deadline = Instant::now() + START_DEADLINE;
    loop {
        let refused = match connect(paths) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error.into()),
            Err(error) => error,
        };
        start(paths)?;
        if let Ok(stream) = connect(paths) {
            return Ok(stream);
        }
        if Instant::now() >= deadline {
            let error = anyhow::Error::from(refused);
            return Err(error.context(format!("the server of session {} does not answer", paths.session)));
        }
        // Another server won the race and is not listening yet.
        pause(Duration::from_millis(5));
    }
}

/// A connection to the session's server if there is one.
///
/// # Errors
/// Those of the system; `NotFound` and `ConnectionRefused` mean that there is none.
pub fn connect(paths: &Paths) -> io::Result<UnixStream> {
    let record = std::fs::read(paths.state.join("server.json"))?;
    let record: ServerRecord = serde_json::from_slice(&record)?;
    store::socket::connect(&record.socket)
}

fn pause(time: Duration) {
    let time = rustix::time::Timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
    let _interrupted = rustix::event::poll(&mut [], Some(&time));
}

/// Starts a server and waits until it answers, or has left the session to another one.
fn start(paths: &Paths) -> anyhow::Result<()> {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("aside"));
    let program =
        if Path::new("/proc/self/exe").exists() { PathBuf::from("/proc/self/exe") } else { program };
    let mut child = Command::new(program)
        .arg0("aside")
        .args([OsStr::new("server"), OsStr::new("run"), OsStr::new("--session"), OsStr::new(&paths.session)])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the server")?;
    let mut word = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut word).context("cannot hear from the server")?;
    }
    match word.trim() {
        // It runs, or it found another one running and has ended.
        "ready" | "" => Ok(()),
        problem => anyhow::bail!("the server cannot start: {problem}"),
    }
}

/// Leaves the terminal, the directory and the user's umask to the process that started us.
pub(super) fn settle_down(paths: &Paths) -> anyhow::Result<()> {
    // Already a leader when started by hand from a shell with job control.
    let _leader = rustix::process::setsid();
    // Without it the reapers of the system collect our holders.
    let _unsupported = become_subreaper();
    rustix::process::umask(Mode::from_raw_mode(0o077));
    std::env::set_current_dir("/").context("cannot leave the current directory")?;
    raise_open_files();
    tracing::info!(session = paths.session, pid = std::process::id(), "server starts");
    Ok(())
}

/// A task needs three descriptors; the usual soft limit of 1,024 would end at some 300 tasks.
fn raise_open_files() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum.map(|most| most.min(65_536)), ..limit };
    // Without it there is room for fewer tasks.
    let _refused = rustix::process::setrlimit(rustix::process::Resource::Nofile, raised);
}

#[cfg(target_os = "linux")]
fn become_subreaper() -> rustix::io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
}

/// Elsewhere orphans go to the system's first process.
#[cfg(not(target_os = "linux"))]
const fn become_subreaper() -> rustix::io::Result<()> {
    Ok(())
}

/// Whether someone removed the socket: then nobody can reach this server, and the next one must take over.
pub(super) fn socket_is_gone(paths: &Paths) -> bool {
    !paths.socket().exists()
}

/// Out of descriptors, accepting would fail again at once: a moment's rest, so that tasks go on.
pub(super) async fn accept_failed(error: &io::Error) {
    tracing::warn!(%error, "connection not accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
