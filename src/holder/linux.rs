//! What only Linux tells about processes, with what is done elsewhere. Decides nothing.
//!
//! Elsewhere: no descendants are known (a holder leaves when its program ended), nobody is reaped on behalf of
//! others, start times are 0, and whether a program reads its terminal is unknown.

use crate::log::Started;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::{ffi::OsStr, fs, io, os::unix::ffi::OsStrExt, path::Path};

/// What this process is called in lists.
pub(super) const NAME: &std::ffi::CStr = c"aside-holder";

/// Names this process, and makes it the parent of orphans among its descendants. Best effort.
pub(super) fn adopt_orphans() {
    let _ = rustix::thread::set_name(NAME);
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Names the boot of the machine; empty when the system does not tell.
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// The out-of-memory score for a program: likelier to be killed than we are.
pub(super) fn raised_oom_score() -> String {
    let own = fs::read_to_string("/proc/self/oom_score_adj").unwrap_or_default();
    (own.trim().parse().unwrap_or(0) + 100).min(1000).to_string()
}

/// How many processes of our control group the system killed for want of memory; 0 where the group does not count them
/// (the root group does not): then no end is put down to it.
pub(super) fn memory_kills() -> u64 {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    groups.lines().filter_map(memory_events).filter_map(|path| kills(&fs::read_to_string(path).ok()?)).sum()
}

/// The file that counts, from a line like `0::/user.slice` (version 2) or `4:memory:/a` (version 1).
fn memory_events(group: &str) -> Option<String> {
    let mut fields = group.splitn(3, ':');
    let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
    match (number, controllers) {
        ("0", "") => Some(format!("/sys/fs/cgroup{path}/memory.events")),
        (_, list) if list.split(',').any(|name| name == "memory") => {
            Some(format!("/sys/fs/cgroup/memory{path}/memory.oom_control"))
        }
        _ => None,
    }
}

fn kills(counters: &str) -> Option<u64> {
    counters.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}

/// A process with this id, as it is now; start 0 when there is none.
pub fn started(pid: u32) -> Started {
    Started { pid, start_ticks: Stat::of(pid).map_or(0, |stat| stat.start_ticks) }
}

/// Whether exactly this process is still there (ended but unreaped ones are not).
pub fn lives(process: Started) -> bool {
    Stat::of(process.pid)
        .is_some_and(|stat| stat.start_ticks == process.start_ticks && !matches!(stat.state, b'Z' | b'X'))
}

/// Sends a signal to exactly this process: one that got its id meanwhile is not hit.
///
/// # Errors
/// When it is gone, or not ours.
pub fn signal(process: Started, signal: Signal) -> io::Result<()> {
    let gone = || io::Error::from_raw_os_error(libc::ESRCH);
    let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
    // the descriptor names whoever has the id now; the start time says whether that is the one meant
    let descriptor = pidfd_open(pid, PidfdFlags::empty())?;
    if !lives(process) {
        return Err(gone());
    }
    Ok(pidfd_send_signal(descriptor, signal)?)
}

/// The living descendants of a process, nearest first, without aside's own servers and holders and what is below them.
pub fn descendants(of: u32) -> Vec<Started> {
    let mut found: Vec<Started> = Vec::new();
    let mut parents = vec![of];
    let lockers = lockers();
    while let Some(parent) = parents.pop() {
        for pid in children(parent) {
            let known = found.iter().any(|process| process.pid == pid);
            let Some(stat) = Stat::of(pid).filter(|_| !known) else { continue };
            if lockers.as_ref().is_none_or(|lockers| lockers.contains(&pid)) && is_own(pid) {
                continue;
            }
            parents.push(pid);
            if !matches!(stat.state, b'Z' | b'X') {
                found.push(Started { pid, start_ticks: stat.start_ticks });
            }
        }
    }
    found
}

fn children(of: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{of}/task")) else { return found };
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => found.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok())),
            // a kernel without CONFIG_PROC_CHILDREN
            Err(_) if !Path::new("/proc/thread-self/children").exists() => return children_by_scan(of),
            Err(_) => {}
        }
    }
    found
}

fn children_by_scan(of: u32) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|&pid| Stat::of(pid).is_some_and(|stat| stat.parent == of)).collect()
}

/// The processes that have locked some file, so that only few need to be looked at closely; `None` when not known.
fn lockers() -> Option<Vec<u32>> {
    let locks = fs::read_to_string("/proc/locks").ok()?;
    Some(locks.lines().filter_map(locker).collect())
}

/// From a line like `3: FLOCK  ADVISORY  WRITE 11498 fe:00:10346561 0 EOF`.
fn locker(line: &str) -> Option<u32> {
    let mut fields = line.split_ascii_whitespace();
    fields.find(|field| *field == "FLOCK")?;
    fields.nth(2)?.parse().ok()
}

/// Whether a process is a server or holder of aside: it has a locked file `lock` open below a directory `aside`.
fn is_own(pid: u32) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors.flatten().any(|descriptor| {
        let Ok(target) = fs::read_link(descriptor.path()) else { return false };
        // the system adds a word when somebody removed the directory
        let names = [OsStr::new("lock"), OsStr::new("lock (deleted)")];
        let named = target.file_name().is_some_and(|name| names.contains(&name))
            && target.components().any(|part| part.as_os_str() == "aside");
        let info = || fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", descriptor.file_name().display()));
        named && info().is_ok_and(|info| info.contains("FLOCK"))
    })
}

/// Whether some process of a group is inside `read` of this terminal; `None` when the system does not tell.
pub(super) fn reads_terminal(group: u32, among: &[Started], terminal: &Path) -> Option<bool> {
    const READ: &str = if cfg!(target_arch = "x86_64") { "0" } else { "63" };
    let members =
        among.iter().filter(|process| Stat::of(process.pid).is_some_and(|stat| stat.group == group));
    let mut known = None;
    for process in members {
        // "0 0x3 …": number of the system call, then its arguments; "running" when it is in none
        let Ok(call) = fs::read_to_string(format!("/proc/{}/syscall", process.pid)) else { continue };
        known = known.or(Some(false));
        let mut words = call.split_ascii_whitespace();
        if words.next() != Some(READ) {
            continue;
        }
        let descriptor =
            words.next().and_then(|word| u32::from_str_radix(word.trim_start_matches("0x"), 16).ok());
        let Some(descriptor) = descriptor else { continue };
        let target = fs::read_link(format!("/proc/{}/fd/{descriptor}", process.pid)).unwrap_or_default();
        if target == terminal || target.as_os_str().as_bytes() == b"/dev/tty" {
            return Some(true);
        }
    }
    known
}

/// Start and length of our mappings of files that hold code or constants and were never written: executable ones, and
/// those of a file's beginning. (Other read-only ones may be read-only since relocation.)
pub(super) fn unwritable_mappings() -> Vec<(usize, usize)> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    maps.lines().filter_map(unwritable_mapping).collect()
}

/// From a line like `55e0-55e8 r-xp 00001000 fe:00 1234  /usr/bin/x`.
fn unwritable_mapping(line: &str) -> Option<(usize, usize)> {
    let mut fields = line.split_ascii_whitespace();
    let (range, mode, offset) = (fields.next()?, fields.next()?, fields.next()?);
    let from_file = fields.nth(2)?.starts_with('/');
    let fixed = mode == "r-xp" || mode == "r--p" && offset.bytes().all(|digit| digit == b'0');
    let (start, end) = range.split_once('-')?;
    let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
    (from_file && fixed).then_some((start, end.checked_sub(start)?))
}

/// The fields of `/proc/PID/stat` we look at.
struct Stat {
    state: u8,
    parent: u32,
    group: u32,
    start_ticks: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name, the second field, may hold anything: the others follow its last parenthesis.
    fn parse(stat: &[u8]) -> Option<Self> {
        let after = memchr::memrchr(b')', stat)?;
        let mut fields = str::from_utf8(stat.get(after + 1..)?).ok()?.split_ascii_whitespace();
        let state = fields.next()?.bytes().next()?;
        let (parent, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        // fields 3, 4 and 5 are taken; the start is field 22
        let start_ticks = fields.nth(16)?.parse().ok()?;
        Some(Self { state, parent, group, start_ticks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_whose_name_looks_like_fields_is_read_right() {
        let stat = b"7 (a) S 1 (b) Z) R 3 4 5 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 777 1 1";
        let stat = Stat::parse(stat).unwrap();
        assert_eq!((stat.state, stat.parent, stat.group, stat.start_ticks), (b'R', 3, 4, 777));
        assert!(Stat::parse(b"7 (a").is_none());
    }

    #[test]
    fn kills_for_want_of_memory_are_those_of_our_own_group() {
        let events = |line| memory_events(line);
        assert_eq!(events("0::/user.slice/a").unwrap(), "/sys/fs/cgroup/user.slice/a/memory.events");
        assert_eq!(events("4:memory:/a").unwrap(), "/sys/fs/cgroup/memory/a/memory.oom_control");
        assert_eq!(events("3:cpu,cpuacct:/a"), None);
        assert_eq!(kills("low 0\noom 3\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(kills("oom_kill_disable 0\nunder_oom 0\n"), None);
    }

    #[test]
    fn who_has_locked_a_file_is_known_and_who_waits_for_one_is_no_trouble() {
        assert_eq!(locker("3: FLOCK  ADVISORY  WRITE 11498 fe:00:10346561 0 EOF"), Some(11498));
        assert_eq!(locker("3: -> FLOCK  ADVISORY  WRITE 7 fe:00:10346561 0 EOF"), Some(7));
        assert_eq!(locker("4: POSIX  ADVISORY  WRITE 11498 fe:00:1 0 EOF"), None);
    }

    #[test]
    fn only_code_and_the_beginning_of_files_are_never_written() {
        let check = |line| unwritable_mapping(line);
        assert_eq!(check("1000-3000 r-xp 00005000 fe:00 12   /bin/x"), Some((0x1000, 0x2000)));
        assert_eq!(check("1000-3000 r--p 00000000 fe:00 12   /bin/x"), Some((0x1000, 0x2000)));
        assert_eq!(check("1000-3000 r--p 00005000 fe:00 12   /bin/x"), None, "perhaps relocated");
        assert_eq!(check("1000-3000 rw-p 00000000 fe:00 12   /bin/x"), None);
        assert_eq!(check("1000-3000 r-xp 00000000 00:00 0    [vdso]"), None);
        assert_eq!(check("1000-3000 rw-p 00000000 00:00 0"), None);
    }

    #[test]
    fn we_live_and_a_process_with_our_id_but_another_start_does_not() {
        let own = started(std::process::id());
        assert!(own.start_ticks > 0 && lives(own));
        let other = Started { start_ticks: own.start_ticks + 1, ..own };
        assert!(!lives(other) && signal(other, Signal::CONT).is_err());
    }
}
