//! Starts a task: lock, terminal, log, socket, program. What cannot be started is one sentence, and leaves nothing behind.

use super::{
    append::Log,
    clock::Now,
    exit::{Durability, write_record},
    launch::Launch,
    listener::Listener,
    process, sys,
    terminal::Terminal,
};
use crate::log::{FORMAT, Octets, RunRecord, Started};
use rustix::event::{Timespec, poll};
use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Read},
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt, fs::OpenOptionsExt, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// How long the lock of a task may be somebody else's when it is started.
const LOCK_MS: u64 = 200;

/// A task that runs, with everything its holder keeps open.
#[derive(Debug)]
pub(super) struct Running {
    /// Held for life: says that this task has a holder.
    pub(super) lock: File,
    /// Readable when a signal came.
    pub(super) wake: &'static OwnedFd,
    pub(super) terminal: Terminal,
    pub(super) log: Log,
    pub(super) listener: Listener,
    pub(super) record: RunRecord,
}

/// Starts what the server asked for. The process is the task's holder from here on, its directory is the task's.
pub(super) fn start(launch: &Launch) -> Result<Running, String> {
    let dir = Path::new(launch.task_dir.as_os_str());
    let in_dir = |error: io::Error| format!("cannot start: {}: {}", dir.display(), said(&error));
    rustix::process::chdir(dir).map_err(|error| in_dir(error.into()))?;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let lock = lock().map_err(in_dir)?;
    rustix::process::setsid().map_err(|error| format!("cannot start: no session of its own: {error}"))?;
    process::adopt_orphans();
    let wake = wake().map_err(in_dir)?;
    let terminal = Terminal::open(launch.size)?;
    let log = Log::create(PathBuf::new(), launch.cap, launch.size, Now::read()).map_err(in_dir)?;
    let (listener, record) = match listen_and_execute(launch, &terminal, in_dir) {
        Ok(both) => both,
        Err(sentence) => {
            log.discard();
            return Err(sentence);
        }
    };
    Ok(Running { lock, wake, terminal, log, listener, record })
}

fn listen_and_execute(
    launch: &Launch,
    terminal: &Terminal,
    in_dir: impl Fn(io::Error) -> String + Copy,
) -> Result<(Listener, RunRecord), String> {
    let listener = Listener::bind().map_err(in_dir)?;
    let started_ms = Now::read().real_ms;
    let executed = execute(launch, terminal).and_then(|program| {
        let record = RunRecord {
            format: FORMAT,
            holder: process::started(std::process::id()),
            program,
            started_ms,
            boot_id: process::boot_id(),
            size: launch.size,
            terminal: Octets::from(terminal.path.clone().into_os_string()),
        };
        let json = serde_json::to_vec(&record).map_err(|error| in_dir(error.into()))?;
        // after a power loss the task is lost, whatever this file says
        write_record("run.json", &json, Durability::Volatile).map_err(|error| {
            let _ = process::signal(program, rustix::process::Signal::KILL);
            in_dir(error)
        })?;
        Ok(record)
    });
    match executed {
        Ok(record) => Ok((listener, record)),
        Err(sentence) => {
            listener.unbind();
            Err(sentence)
        }
    }
}

fn lock() -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let lock = options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open("lock")?;
    let until = Now::read().steady_ms + LOCK_MS;
    // whoever looks if a task is alive has the lock for a moment
    while flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        if Now::read().steady_ms >= until {
            return Err(io::Error::other("another holder has this task"));
        }
        let pause = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
        let _ = poll(&mut [], Some(&pause));
    }
    Ok(lock)
}

/// Catches signals; the descriptor is readable after one.
fn wake() -> io::Result<&'static OwnedFd> {
    static PIPE: OnceLock<(OwnedFd, OwnedFd)> = OnceLock::new();
    let (reader, writer) = io::pipe()?;
    let both = (OwnedFd::from(reader), OwnedFd::from(writer));
    for end in [&both.0, &both.1] {
        rustix::io::ioctl_fionbio(end, true)?;
    }
    let (reader, writer) = PIPE.get_or_init(|| both);
    sys::catch_signals(writer);
    Ok(reader)
}

fn execute(launch: &Launch, terminal: &Terminal) -> Result<Started, String> {
    let cwd = Path::new(launch.cwd.as_os_str());
    check_directory(cwd)?;
    let Some((program, arguments)) = launch.argv.split_first() else {
        return Err("cannot start: no command".into());
    };
    let mut command = Command::new(program.as_os_str());
    command.args(arguments.iter().map(Octets::as_os_str)).arg0(program.as_os_str());
    command.env_clear().envs(launch.environment.iter().filter_map(variable)).current_dir(cwd);
    let stdio = || terminal.slave().map(Stdio::from).map_err(|error| format!("cannot start: {error}"));
    command.stdin(stdio()?).stdout(stdio()?).stderr(stdio()?);
    let child = sys::spawn(&mut command, launch.umask, process::raised_oom_score());
    let child = child.map_err(|error| refusal(&error, program.as_os_str(), cwd, launch))?;
    Ok(process::started(child.id()))
}

fn variable(pair: &Octets) -> Option<(&OsStr, &OsStr)> {
    let equals = memchr::memchr(b'=', pair.0.get(1..)?)? + 1;
    let (name, value) = pair.0.split_at_checked(equals)?;
    Some((OsStr::from_bytes(name), OsStr::from_bytes(value.get(1..)?)))
}

/// Before the program is executed, since the system says only that something was not found, not what.
fn check_directory(cwd: &Path) -> Result<(), String> {
    let enter = || -> io::Result<()> {
        fs::metadata(cwd)?.is_dir().then_some(()).ok_or(io::ErrorKind::NotADirectory)?;
        Ok(rustix::fs::access(cwd, rustix::fs::Access::EXEC_OK)?)
    };
    enter().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("cannot start: no such directory: {}", cwd.display()),
        _ => format!("cannot start: {}: {}", said(&error), cwd.display()),
    })
}

/// Why a program could not be executed, naming what is at fault.
fn refusal(error: &io::Error, program: &OsStr, cwd: &Path, launch: &Launch) -> String {
    let name = program.display();
    let found = find(program, cwd, &launch.environment);
    if let Some(file) = found {
        if file.is_dir() {
            return format!("cannot start: is a directory: {name}");
        }
        let missing = |path: &Path| fs::metadata(path).is_err();
        if let Some(interpreter) = interpreter(&file)
            && (missing(&interpreter) || error.kind() == io::ErrorKind::NotFound)
        {
            return format!(
                "cannot start: {name}: bad interpreter: {}: {}",
                said(error),
                interpreter.display()
            );
        }
    }
    format!("cannot start: {}: {name}", said(error))
}

/// Where a command is found, as `execvp` looks for it.
fn find(program: &OsStr, cwd: &Path, environment: &[Octets]) -> Option<PathBuf> {
    if program.as_bytes().contains(&b'/') {
        return Some(cwd.join(program)).filter(|file| file.exists());
    }
    let (_, path) = environment.iter().filter_map(variable).find(|(name, _)| *name == "PATH")?;
    std::env::split_paths(path).map(|dir| cwd.join(dir).join(program)).find(|file| file.is_file())
}

/// The program that a script names in its first line.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    File::open(script).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let word = line.trim_ascii_start().split(u8::is_ascii_whitespace).next()?;
    Some(PathBuf::from(OsStr::from_bytes(word)))
}

/// The system's words, as a fragment of our sentence.
fn said(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
