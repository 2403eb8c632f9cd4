//! How a program ended, and writing that down for good. Tells nobody.

use super::sys::Reaped;
use crate::log::{End, Usage};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// What a wait status says about a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    Stopped,
    Continued,
    Ended(End),
}

impl Change {
    pub(super) fn of(reaped: &Reaped) -> Self {
        let status = reaped.status;
        if libc::WIFSTOPPED(status) {
            Self::Stopped
        } else if libc::WIFCONTINUED(status) {
            Self::Continued
        } else if libc::WIFSIGNALED(status) {
            Self::Ended(End::Signal { number: libc::WTERMSIG(status), core: libc::WCOREDUMP(status) })
        } else if libc::WIFEXITED(status) {
            Self::Ended(End::Code(libc::WEXITSTATUS(status)))
        } else {
            Self::Ended(End::Unknown)
        }
    }
}

/// What an ended program used.
pub(super) fn usage(reaped: &Reaped) -> Usage {
    let positive = |value: i64| u64::try_from(value).unwrap_or(0);
    let micros = |time: libc::timeval| positive(time.tv_sec) * 1_000_000 + positive(time.tv_usec);
    let usage = &reaped.usage;
    // Linux and the BSDs count in KiB, macOS in bytes
    let unit = if cfg!(target_os = "macos") { 1024 } else { 1 };
    Usage {
        user_us: micros(usage.ru_utime),
        system_us: micros(usage.ru_stime),
        memory_kib_max: positive(usage.ru_maxrss) / unit,
        blocks_in: positive(usage.ru_inblock),
        blocks_out: positive(usage.ru_oublock),
    }
}

/// Whether a record must survive a power loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Durability {
    /// After this call, it does.
    Durable,
    /// It may be empty then; nobody relies on it after a restart of the machine.
    Volatile,
}

/// Replaces a file of the current directory as a whole: readers see the old or the new one.
pub(super) fn write_record(name: &str, contents: &[u8], durability: Durability) -> io::Result<()> {
    let temporary = format!("{name}.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(contents)?;
    if durability == Durability::Durable {
        file.sync_all()?;
    }
    fs::rename(&temporary, Path::new(name))?;
    if durability == Durability::Durable {
        File::open(".")?.sync_all()?;
    }
    Ok(())
}
