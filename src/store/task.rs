//! A task's directory: what its files say of it. Damaged files are named and left alone, never guessed around.

use crate::{
    limits::REPLAY_BYTES_MAX,
    log::{Chunk, End as Recorded, ExitRecord, LogReader, RunRecord},
    screen::{LazyScreen, Screen},
    session::{self, Said},
    task::{End, Loss, Outcome, Size, Spec, TaskId},
};
use rustix::fs::{FlockOperation, Mode, OFlags};
use serde::de::DeserializeOwned;
use std::{
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// A task found on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As the session needs it.
    pub task: session::Found,
    /// Its directory.
    pub dir: PathBuf,
    /// Whether its holder lives.
    pub lives: bool,
}

/// Reads every task of a session. Also returns the directories that cannot be read as tasks, with the reason.
///
/// # Errors
/// When the directory itself cannot be listed.
pub fn scan(tasks: &Path) -> io::Result<(Vec<Found>, Vec<String>)> {
    let (mut found, mut unreadable) = (vec![], vec![]);
    for entry in tasks.read_dir()? {
        let dir = entry?.path();
        let id = dir.file_name().and_then(|name| name.to_str()?.parse::<TaskId>().ok());
        let Some(id) = id else { continue };
        match read::<Spec>(&dir.join("spec.json")) {
            Ok(spec) if spec.id == id => found.push(look(spec, dir)),
            Ok(spec) => {
                unreadable.push(format!("task {id} is unreadable: its spec.json is of task {}", spec.id))
            }
            Err(error) => {
                unreadable.push(format!("task {id} is unreadable: {error}; its files are left alone"))
            }
        }
    }
    found.sort_by_key(|found| found.task.spec.id);
    Ok((found, unreadable))
}

/// One task by its directory.
///
/// # Errors
/// When there is no readable order in it.
pub fn find(dir: &Path) -> io::Result<Found> {
    Ok(look(read(&dir.join("spec.json"))?, dir.to_owned()))
}

fn look(spec: Spec, dir: PathBuf) -> Found {
    let run = read::<RunRecord>(&dir.join("run.json")).ok();
    let lives = holder_lives(&dir);
    let ending = match (read::<ExitRecord>(&dir.join("exit.json")), lives) {
        (Ok(exit), _) => Some(recorded(exit)),
        (Err(_), false) => Some(unrecorded(&dir)),
        (Err(_), true) => None,
    };
    let length = || LogReader::open(&dir).map_or(0, |log| log.length());
    let task = session::Found {
        spec,
        started: run.map(|run| (run.program.pid, run.started_ms)),
        output_bytes: ending.as_ref().map_or_else(length, |ending| ending.output_bytes),
        output_lines: ending.as_ref().map_or(0, |ending| ending.output_lines),
        outcome: ending.map(|ending| ending.outcome),
        result: None,
    };
    Found { task, dir, lives }
}

/// How a task without a living program ended, as far as its files tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// How and when.
    pub outcome: Outcome,
    /// Bytes printed.
    pub output_bytes: u64,
    /// Line feeds in them.
    pub output_lines: u64,
}

/// Reads the end of a task. Without an exit record it is lost, or never started; never guessed beyond that.
pub fn ending(dir: &Path) -> Ending {
    read::<ExitRecord>(&dir.join("exit.json")).map_or_else(|_| unrecorded(dir), recorded)
}

fn recorded(exit: ExitRecord) -> Ending {
    let end = match exit.end {
        Recorded::Code(code) => End::Code(code),
        Recorded::Signal { .. } if exit.out_of_memory => End::OutOfMemory,
        Recorded::Signal { number, .. } => End::Signal(number),
        Recorded::Unknown => End::Unknown,
    };
    let stopped_by = exit.asked.map(|asked| asked.who);
    Ending {
        outcome: Outcome { end, stopped_by, ended_at: exit.ended_ms },
        output_bytes: exit.output_bytes,
        output_lines: exit.output_lines,
    }
}

fn unrecorded(dir: &Path) -> Ending {
    let end = match (std::fs::read_to_string(dir.join("error")), read::<RunRecord>(&dir.join("run.json"))) {
        (Ok(reason), _) => End::NotStarted(reason.trim().to_owned()),
        (_, Err(_)) => End::NotStarted("cannot start: the server ended before its holder had started".into()),
        (_, Ok(run)) if run.boot_id != crate::holder::process::boot_id() => End::Lost(Loss::Reboot),
        (_, Ok(_)) => End::Lost(Loss::Holder),
    };
    let log = LogReader::open(dir).ok();
    let output_bytes = log.as_ref().map_or(0, LogReader::length);
    let touched = |path: PathBuf| {
        let modified = std::fs::metadata(path).ok()?.modified().ok()?;
        u64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
    };
    let spoke = log.and_then(|log| log.time_at(output_bytes.saturating_sub(1)));
    let ended_at = spoke.or_else(|| touched(dir.join("run.json"))).or_else(|| touched(dir.join("spec.json")));
    let outcome = Outcome { end, stopped_by: None, ended_at: ended_at.unwrap_or(0) };
    Ending { outcome, output_bytes, output_lines: 0 }
}

/// Whether the holder of a task lives: it keeps a lock for life.
pub fn holder_lives(dir: &Path) -> bool {
    let opened = rustix::fs::open(dir.join("lock"), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    opened.is_ok_and(|lock| {
        rustix::fs::flock(&lock, FlockOperation::NonBlockingLockShared) == Err(rustix::io::Errno::WOULDBLOCK)
    })
}

/// Has a living holder look whether its socket is still there, and bind it again if it is not.
pub fn wake_holder(dir: &Path) {
    if let Ok(run) = read::<RunRecord>(&dir.join("run.json")) {
        // It may have left just now.
        let _gone = crate::holder::process::signal(run.holder, rustix::process::Signal::USR1);
    }
}

/// Bytes a task takes on disk.
pub fn task_bytes(dir: &Path) -> u64 {
    let entries = dir.read_dir().into_iter().flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// A task's screen as its log up to now shows it, from the last checkpoint if there is a valid one; with the
/// log offset that it is of.
///
/// # Errors
/// When the log cannot be read.
pub fn replay(dir: &Path, size: Size, until: Option<u64>) -> io::Result<(Screen, u64)> {
    replay_all(dir, size, until).map(|(screen, at, _)| (screen, at))
}

/// As [`replay`], with what the program had said of itself by then.
fn replay_all(dir: &Path, size: Size, until: Option<u64>) -> io::Result<(Screen, u64, Said)> {
    let log = LogReader::open(dir)?;
    let end = until.unwrap_or_else(|| log.length());
    let kept = std::fs::read(dir.join(CHECKPOINT)).ok();
    let kept = kept.and_then(|bytes| {
        let (offset, said, state) = decode_checkpoint(&bytes)?;
        Some((Screen::restore(state)?, offset, said))
    });
    let (screen, mut at, mut heard) = kept
        .filter(|(_, offset, _)| *offset <= end)
        .unwrap_or_else(|| (Screen::new(size), end.saturating_sub(REPLAY_BYTES_MAX), Said::new()));
    let mut screen = LazyScreen::new(screen);
    let mut sizes = log.resizes(at)?.into_iter().peekable();
    let mut buffer = vec![0; 64 * 1024];
    let mut said = vec![];
    while at < end {
        while let Some(resize) = sizes.next_if(|resize| resize.offset <= at) {
            screen.resize(resize.size);
        }
        let stop = sizes.peek().map_or(end, |resize| resize.offset.min(end));
        let room = usize::try_from(stop - at).unwrap_or(usize::MAX).min(buffer.len());
        match log.chunk_at(at, buffer.get_mut(..room).unwrap_or_default())? {
            Chunk::Bytes(count) => {
                screen.feed(at, buffer.get(..count).unwrap_or_default(), &mut said);
                while screen.busy() {
                    screen.go_on(&mut said);
                }
                heard.went_on();
                said.drain(..).for_each(|effect| heard.hear(&effect, false));
                at += count as u64;
            }
            Chunk::Gap(gap) => at = gap.end.max(at + 1),
            Chunk::End => break,
        }
    }
    for resize in sizes.take_while(|resize| resize.offset <= at) {
        screen.resize(resize.size);
    }
    Ok((screen.into_settled(), at, heard))
}

/// What a log says up to some point.
#[derive(Debug)]
pub struct Replayed {
    /// The screen.
    pub screen: Screen,
    /// Log offset all of this is of.
    pub offset: u64,
    /// Line feeds before it.
    pub lines: u64,
    /// What the program had said of itself.
    pub said: Said,
}

/// As [`replay`] up to now, with all else that can be known from the log before that offset.
///
/// # Errors
/// When the log cannot be read.
pub fn replay_with_lines(dir: &Path, size: Size) -> io::Result<Replayed> {
    let (screen, at, said) = replay_all(dir, size, None)?;
    let log = LogReader::open(dir)?;
    let (mut lines, mut seen, mut buffer) = (0, 0, vec![0; 1024 * 1024]);
    while seen < at {
        let room = usize::try_from(at - seen).unwrap_or(usize::MAX).min(buffer.len());
        match log.chunk_at(seen, buffer.get_mut(..room).unwrap_or_default())? {
            Chunk::Bytes(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
                seen += count as u64;
            }
            Chunk::Gap(gap) => seen = gap.end.max(seen + 1),
            Chunk::End => break,
        }
    }
    Ok(Replayed { screen, offset: at, lines, said })
}

/// Name of the file with a screen's last checkpoint, as [`encode_checkpoint`] writes it.
pub const CHECKPOINT: &str = "checkpoint";

/// A checkpoint: its log offset and the length of what was said, little-endian, that as JSON, then the screen.
///
/// # Errors
/// None that plain data can cause.
pub fn encode_checkpoint(offset: u64, said: &Said, screen: &[u8]) -> io::Result<Vec<u8>> {
    let said = serde_json::to_vec(said)?;
    let length = u32::try_from(said.len()).map_err(io::Error::other)?;
    Ok([&offset.to_le_bytes()[..], &length.to_le_bytes(), &said, screen].concat())
}

/// `None` for one of another version: the log is replayed instead.
fn decode_checkpoint(bytes: &[u8]) -> Option<(u64, Said, &[u8])> {
    let (offset, rest) = bytes.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (said, screen) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((u64::from_le_bytes(*offset), serde_json::from_slice(said).ok()?, screen))
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let bytes = std::fs::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}
