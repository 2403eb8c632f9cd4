//! Signals to a task's processes, and what can be seen of them. Signals only whom it was told to.

use super::{MemoryKills, Task};
use crate::{
    holder::{
        clock::Now,
        limits::{PIDS_MAX, TREE_ROUNDS_MAX, WHO_BYTES_MAX},
        process,
    },
    log::{Asked, Started},
    protocol::holder::{Pids, Probed, Reading, Target},
};
use rustix::process::{Signal, getpgrp, kill_process_group};

impl Task {
    /// Sends a signal; returns how many processes (for the foreground: groups) got it.
    pub(in crate::holder) fn signal(&mut self, target: Target, number: u8, who: &str, now: Now) -> u32 {
        let Some(signal) = Signal::from_named_raw(number.into()) else { return 0 };
        if ends(signal) && self.ended.is_none() {
            let mut end = WHO_BYTES_MAX.min(who.len());
            while !who.is_char_boundary(end) {
                end -= 1;
            }
            let who = who.get(..end).unwrap_or_default().to_owned();
            self.asked = Some(Asked { who, signal: number.into(), at_ms: now.real_ms });
        }
        match target {
            Target::Leader => u32::from(process::signal(self.record.program, signal).is_ok()),
            Target::Foreground => {
                let group = self.terminal.foreground_group().filter(|group| *group != getpgrp());
                u32::from(group.is_some_and(|group| kill_process_group(group, signal).is_ok()))
            }
            Target::Tree => signal_tree(signal),
        }
    }

    /// Looks at terminal and processes.
    pub(in crate::holder) fn probe(&mut self, now: Now, tell: impl FnOnce(Probed<'_>)) {
        self.memory = MemoryKills::look(now);
        let living = process::descendants(std::process::id());
        let group = self.terminal.foreground_group();
        let group = group.and_then(|group| u32::try_from(group.as_raw_nonzero().get()).ok());
        let reads = group.and_then(|group| process::reads_terminal(group, &living, &self.terminal.path));
        let pids: Vec<u8> =
            living.iter().take(PIDS_MAX).flat_map(|process| process.pid.to_le_bytes()).collect();
        tell(Probed {
            terminal: self.terminal.flags(),
            foreground_group: group.unwrap_or(0),
            queued: u32::try_from(self.terminal.unread()).unwrap_or(u32::MAX),
            state: self.state(),
            reading: match reads {
                None => Reading::Unknown,
                Some(false) => Reading::No,
                Some(true) => Reading::Yes,
            },
            ended: self.recorded.is_some(),
            length: self.log.length(),
            lines: self.log.lines(),
            descendants: u32::try_from(living.len()).unwrap_or(u32::MAX),
            pids: Pids::new(&pids),
        });
    }
}

/// Whether a signal is a wish that the program ends.
fn ends(signal: Signal) -> bool {
    [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM, Signal::KILL, Signal::ABORT].contains(&signal)
}

/// Signals every descendant once, also those that were forked meanwhile.
fn signal_tree(signal: Signal) -> u32 {
    let mut done: Vec<Started> = Vec::new();
    for _ in 0..TREE_ROUNDS_MAX {
        let living = process::descendants(std::process::id());
        let new: Vec<_> = living.into_iter().filter(|process| !done.contains(process)).collect();
        if new.is_empty() {
            break;
        }
        for process in new {
            // one that ended meanwhile needs no signal
            let _ = process::signal(process, signal);
            done.push(process);
        }
    }
    u32::try_from(done.len()).unwrap_or(u32::MAX)
}
