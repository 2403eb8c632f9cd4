//! Starts a holder, from the server. Blocks, up to a deadline: call it on a blocking thread. Never forks by itself.

use super::{
    clock::Now,
    launch::{Launch, Launched},
    limits::ANSWER_BYTES_MAX,
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, ioctl_fionbio},
};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, AsRawFd},
        unix::process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The program that holds tasks, opened once so that replacing or removing the file harms nothing.
#[derive(Debug)]
pub struct HolderProgram {
    file: File,
    path: PathBuf,
    /// It is `aside` itself, run as `aside holder`.
    is_aside: bool,
}

/// A holder that keeps a started task.
#[derive(Debug)]
pub struct Spawned {
    /// The holder, to be waited for by whoever spawned it. Dropping it leaves the holder alone.
    pub child: Child,
    /// Process id of the holder.
    pub holder: u32,
    /// Process id of the program.
    pub program: u32,
}

/// Why there is no task.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The holder said why, in one sentence that names the thing.
    #[error("{0}")]
    Refused(String),
    /// The holder itself could not be started or talked to.
    #[error("cannot start a holder: {0}")]
    System(#[from] io::Error),
    /// The holder ended without an answer.
    #[error("cannot start: the holder ended without an answer")]
    NoAnswer,
    /// The holder did not answer in time, and was killed.
    #[error("cannot start: the holder did not answer in time")]
    TimedOut,
}

impl HolderProgram {
    /// `aside-holder` beside this program; without one, this program, run as `aside holder`.
    ///
    /// # Errors
    /// When neither can be opened.
    pub fn find() -> io::Result<Self> {
        let own = std::env::current_exe()?;
        let beside = own.with_file_name("aside-holder");
        match File::open(&beside) {
            Ok(file) => Ok(Self { file, path: beside, is_aside: false }),
            Err(_) => Ok(Self { file: File::open(&own)?, path: own, is_aside: true }),
        }
    }

    /// Whether it is `aside` itself, which takes more memory a task than `aside-holder`.
    pub const fn is_aside(&self) -> bool {
        self.is_aside
    }

    /// The program at a path, an `aside-holder`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, path: path.to_owned(), is_aside: false })
    }

    fn command(&self) -> Command {
        // the descriptor is the file that was opened, whatever lies at its path now
        let open = PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()));
        let mut command = Command::new(if open.exists() { &open } else { &self.path });
        command.arg0("aside-holder");
        if self.is_aside {
            command.arg0("aside").arg("holder");
        }
        command
    }
}

/// Starts a holder with its task, and returns when the program was executed and the holder answers on its socket.
///
/// # Errors
/// [`SpawnError`]; then nothing is left running.
pub fn spawn(program: &HolderProgram, launch: &Launch, deadline: Duration) -> Result<Spawned, SpawnError> {
    let json = serde_json::to_vec(launch).map_err(io::Error::from)?;
    let mut command = program.command();
    // what the task gets is in the launch; its own environment tells people and tools whose it is
    // without a cache per thread (of the one thread), memory used for starting can be given back
    command.env("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0").current_dir("/");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let until = Now::read().steady_ms + u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX / 2);
    let answer = converse(&mut child, &json, until);
    match answer {
        Ok(Launched::Started { holder, program }) => Ok(Spawned { child, holder, program }),
        Ok(Launched::Failed(sentence)) => {
            collect(&mut child);
            Err(SpawnError::Refused(sentence))
        }
        Err(error) => {
            // it may have ended by itself
            let _ended = child.kill();
            collect(&mut child);
            Err(error)
        }
    }
}

/// Waits for a holder that ends. A server collects whatever ends below it, and may have been first.
fn collect(child: &mut Child) {
    let _collected = child.wait();
}

/// Sends the launch and reads the answer, waiting no longer than until a steady time.
fn converse(child: &mut Child, json: &[u8], until: u64) -> Result<Launched, SpawnError> {
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(SpawnError::NoAnswer);
    };
    ioctl_fionbio(&stdin, true).map_err(io::Error::from)?;
    ioctl_fionbio(&stdout, true).map_err(io::Error::from)?;
    let mut rest = json;
    while !rest.is_empty() {
        wait_for(&stdin, PollFlags::OUT, until)?;
        match stdin.write(rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // it may have said why it does not listen
            Err(_) => break,
        }
    }
    drop(stdin);
    let mut answer = Vec::new();
    loop {
        wait_for(&stdout, PollFlags::IN, until)?;
        match stdout.by_ref().take(ANSWER_BYTES_MAX).read_to_end(&mut answer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
            Ok(_) => break,
        }
    }
    serde_json::from_slice(&answer).map_err(|_| SpawnError::NoAnswer)
}

fn wait_for(pipe: &impl AsFd, event: PollFlags, until: u64) -> Result<(), SpawnError> {
    loop {
        let left = until.saturating_sub(Now::read().steady_ms);
        if left == 0 {
            return Err(SpawnError::TimedOut);
        }
        let left = Duration::from_millis(left);
        let timeout = Timespec::try_from(left).map_err(|_| SpawnError::TimedOut)?;
        match poll(&mut [PollFd::new(pipe, event)], Some(&timeout)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
}
