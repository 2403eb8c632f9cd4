//! What a system without `/proc` tells about processes: almost nothing. See `linux.rs` for what each one means.

use crate::log::Started;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::{io, path::Path};

pub(super) fn adopt_orphans() {}

/// Not known here.
pub fn boot_id() -> String {
    String::new()
}

pub(super) fn raised_oom_score() -> String {
    String::new()
}

pub(super) fn unwritable_mappings() -> Vec<(usize, usize)> {
    Vec::new()
}

pub(super) fn memory_kills() -> u64 {
    0
}

/// Start times are not known here.
pub fn started(pid: u32) -> Started {
    Started { pid, start_ticks: 0 }
}

/// Whether some process has this id.
pub fn lives(process: Started) -> bool {
    id(process).is_ok_and(|pid| test_kill_process(pid).is_ok())
}

/// Sends a signal to the process with this id.
///
/// # Errors
/// When it is gone, or not ours.
pub fn signal(process: Started, signal: Signal) -> io::Result<()> {
    Ok(kill_process(id(process)?, signal)?)
}

/// Not known here.
pub fn descendants(_of: u32) -> Vec<Started> {
    Vec::new()
}

pub(super) fn reads_terminal(_group: u32, _among: &[Started], _terminal: &Path) -> Option<bool> {
    None
}

fn id(process: Started) -> io::Result<Pid> {
    let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| io::Error::from_raw_os_error(libc::ESRCH))
}
