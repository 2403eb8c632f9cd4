//! The task a holder keeps: program, terminal and log, from start to end. Knows no connection.

use super::{
    append::Log,
    clock::Now,
    exit::{Change, Durability, usage, write_record},
    limits::INPUT_BYTES_MAX,
    process, sys,
    terminal::{Output, Terminal},
};
use crate::{
    log::{Asked, End, Event, ExitRecord, FORMAT, RunRecord, Usage},
    protocol::holder::{Cap, CapPolicy, Greeting, Stall, State, VERSION},
    task::Size,
};
use std::ops::Range;

mod signal;

/// Wait before a full disk is tried again, be it for output or for `exit.json`.
const RETRY_MS: u64 = 200;
/// Wait before a terminal that was hung up is looked at again.
const HUNG_UP_MS: u64 = 50;
/// A read as short as this has emptied the terminal, in all likelihood; asking again would cost as much as waiting.
const SHORT_READ: usize = 1024;
/// A SIGKILL so long after we last saw the count of kills for want of memory says nothing about why.
const MEMORY_KILL_MS: u64 = 30_000;
/// More than a terminal can hold: what is read beyond was not written by the program that ended before.
const TERMINAL_BYTES_MAX: u64 = 256 * 1024;

/// A task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) terminal: Terminal,
    pub(super) log: Log,
    record: RunRecord,
    stopped: bool,
    ended: Option<Ended>,
    /// The last request to end it.
    asked: Option<Asked>,
    /// Kills for want of memory on this machine, as last seen.
    memory: MemoryKills,
    /// Log length in the `exit.json` on disk.
    recorded: Option<u64>,
    /// Highest log offset whose query was answered.
    reply_offset: Option<u64>,
    /// What was read from the terminal this turn, at most [`INLINE_BYTES_MAX`](super::limits::INLINE_BYTES_MAX).
    buffer: &'static mut [u8],
    /// The part of `buffer` that ends at the end of the log.
    fresh: Range<usize>,
    /// The part of `buffer` that the log has not taken.
    held: Range<usize>,
    /// Steady time before which nothing is tried again.
    retry_ms: Option<u64>,
    /// Some process ended or was adopted since we last looked who lives.
    family_changed: bool,
}

/// How the program ended.
#[derive(Clone, Copy, Debug)]
struct Ended {
    end: End,
    usage: Usage,
    at_ms: u64,
    out_of_memory: bool,
}

/// How often the machine has killed for want of memory, and when we looked.
#[derive(Clone, Copy, Debug)]
struct MemoryKills {
    count: u64,
    steady_ms: u64,
}

impl MemoryKills {
    fn look(now: Now) -> Self {
        Self { count: process::memory_kills(), steady_ms: now.steady_ms }
    }

    /// Whether there was one since we looked, not too long ago to have to do with what happens now.
    fn rose(self, now: Now) -> bool {
        let recent = now.steady_ms < self.steady_ms + MEMORY_KILL_MS;
        recent && process::memory_kills() > self.count
    }
}

/// Whether the terminal has more to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pumped {
    /// Perhaps.
    More,
    /// Not at this moment.
    Drained,
    /// The log takes no more.
    Stalled,
}

impl Task {
    pub(super) fn new(terminal: Terminal, log: Log, record: RunRecord, buffer: &'static mut [u8]) -> Self {
        Self {
            terminal,
            log,
            record,
            stopped: false,
            ended: None,
            asked: None,
            memory: MemoryKills::look(Now::read()),
            recorded: None,
            reply_offset: None,
            buffer,
            fresh: 0..0,
            held: 0..0,
            retry_ms: None,
            family_changed: false,
        }
    }

    pub(super) fn state(&self) -> State {
        State { stopped: self.stopped, stall: self.log.stall() }
    }

    pub(super) fn greeting(&self) -> Greeting {
        Greeting {
            version: VERSION,
            length: self.log.length(),
            lines: self.log.lines(),
            reply_offset: self.reply_offset,
            holder: self.record.holder.pid,
            program: self.record.program.pid,
            size: self.terminal.size,
            ended: self.recorded.is_some(),
            state: self.state(),
        }
    }

    /// Log length when the end was recorded.
    pub(super) const fn recorded(&self) -> Option<u64> {
        self.recorded
    }

    /// Takes input for the program; returns how much was taken. A reply to a query is taken once, and whole.
    pub(super) fn input(&mut self, reply_offset: Option<u64>, bytes: &[u8]) -> usize {
        let Some(offset) = reply_offset else { return self.terminal.input(bytes) };
        if self.reply_offset.is_some_and(|answered| offset <= answered) {
            return bytes.len();
        }
        if self.terminal.room() < bytes.len() {
            return 0;
        }
        self.reply_offset = Some(offset);
        self.terminal.input(bytes)
    }

    /// Whether input that was cut short can go on.
    pub(super) fn has_room(&self) -> bool {
        self.terminal.room() >= INPUT_BYTES_MAX / 2
    }

    pub(super) fn resize(&mut self, size: Size, now: Now) {
        if size != self.terminal.size {
            self.terminal.resize(size);
            self.log.resize(size, now);
        }
    }

    /// Output that ends at the end of the log and begins at `told`, if we still have it; else nothing.
    pub(super) fn output_since(&self, told: u64) -> &[u8] {
        let missing = usize::try_from(self.log.length() - told).unwrap_or(usize::MAX);
        let start = self.fresh.end.checked_sub(missing).filter(|start| *start >= self.fresh.start);
        start.and_then(|start| self.buffer.get(start..self.fresh.end)).unwrap_or_default()
    }

    /// What was read before is old news.
    pub(super) fn begin_turn(&mut self) {
        if self.held.is_empty() {
            self.fresh = 0..0;
        }
    }

    pub(super) fn wants_output(&self) -> bool {
        self.held.is_empty() && self.retry_ms.is_none()
    }

    pub(super) fn wants_input(&self) -> bool {
        self.terminal.has_queue() && self.retry_ms.is_none()
    }

    /// How long nothing may be tried again.
    pub(super) fn wait_ms(&self) -> Option<u64> {
        self.retry_ms.map(|until| until.saturating_sub(Now::read().steady_ms))
    }

    /// Whether it is time to try again.
    pub(super) fn is_due(&self, now: Now) -> bool {
        self.retry_ms.is_some_and(|until| now.steady_ms >= until)
    }

    /// Tries again now.
    pub(super) fn retry(&mut self) {
        self.retry_ms = Some(0);
    }

    /// Moves output from the terminal to the log, at most a buffer full.
    pub(super) fn pump(&mut self, now: Now) -> Pumped {
        self.retry_ms = None;
        if !self.held.is_empty() && !self.append(self.held.clone(), now) {
            return Pumped::Stalled;
        }
        let mut filled = 0;
        loop {
            let Some(free) = self.buffer.get_mut(filled..).filter(|free| free.len() >= SHORT_READ) else {
                return Pumped::More;
            };
            match self.terminal.read(free) {
                Output::Bytes(count) if !self.append(filled..filled + count, now) => return Pumped::Stalled,
                Output::Bytes(count) if count < SHORT_READ => return Pumped::More,
                Output::Bytes(count) => filled += count,
                Output::Drained => return Pumped::Drained,
                Output::HungUp => {
                    self.terminal.reopen_slave();
                    self.retry_ms = Some(now.steady_ms + HUNG_UP_MS);
                    return Pumped::Drained;
                }
            }
        }
    }

    /// Appends a part of the buffer that follows the fresh one; `false` when some of it is held back.
    fn append(&mut self, part: Range<usize>, now: Now) -> bool {
        let bytes = self.buffer.get(part.clone()).unwrap_or_default();
        let taken = self.log.append(bytes, now);
        self.fresh = self.fresh.start.min(part.start)..part.start + taken;
        self.held = part.start + taken..part.end;
        if self.held.is_empty() {
            return true;
        }
        // a cap is lifted by a message, not by time
        self.retry_ms = (self.log.stall() == Stall::DiskFull).then_some(now.steady_ms + RETRY_MS);
        false
    }

    /// Notices which processes ended, stopped or went on.
    pub(super) fn reap(&mut self, now: Now) {
        while let Some(reaped) = sys::reap() {
            self.family_changed = true;
            if u32::try_from(reaped.pid).ok() != Some(self.record.program.pid) {
                continue;
            }
            match Change::of(&reaped) {
                Change::Stopped => {
                    self.stopped = true;
                    self.log.note(Event::Paused, now);
                }
                Change::Continued => {
                    self.stopped = false;
                    self.log.note(Event::Continued, now);
                }
                Change::Ended(end) => {
                    self.stopped = false;
                    let killed = matches!(end, End::Signal { number: libc::SIGKILL, .. });
                    let out_of_memory = killed && self.asked.is_none() && self.memory.rose(now);
                    self.ended =
                        Some(Ended { end, usage: usage(&reaped), at_ms: now.real_ms, out_of_memory });
                }
            }
        }
    }

    /// Records the end of the program once all it wrote is in the log; `true` when nothing of the task lives any more.
    pub(super) fn settle(&mut self, now: Now) -> bool {
        let Some(ended) = self.ended else { return false };
        if self.recorded.is_none() {
            let waits = self.retry_ms.is_some_and(|until| now.steady_ms < until);
            if waits || !self.drain(now) {
                return false;
            }
            self.record_end(ended, now);
            if self.recorded.is_some() {
                self.log.note(Event::Ended, now);
            }
        }
        if self.recorded.is_none() || !std::mem::take(&mut self.family_changed) {
            return false;
        }
        process::descendants(std::process::id()).is_empty()
    }

    /// Reads what was written before this moment; `false` when the disk does not take it.
    fn drain(&mut self, now: Now) -> bool {
        let until = self.log.length() + TERMINAL_BYTES_MAX;
        while self.log.length() < until {
            match self.pump(now) {
                Pumped::More => {}
                Pumped::Drained => break,
                // at the cap what waits in the terminal is not the program's end to wait for
                Pumped::Stalled => return self.log.stall() == Stall::Cap,
            }
        }
        true
    }

    fn record_end(&mut self, ended: Ended, now: Now) {
        let record = ExitRecord {
            format: FORMAT,
            end: ended.end,
            asked: self.asked.clone(),
            out_of_memory: ended.out_of_memory,
            started_ms: self.record.started_ms,
            ended_ms: ended.at_ms,
            output_bytes: self.log.length(),
            output_lines: self.log.lines(),
            dropped_bytes: self.log.dropped(),
            usage: ended.usage,
            boot_id: self.record.boot_id.clone(),
        };
        let durable = self.log.sync().and_then(|()| {
            let json = serde_json::to_vec(&record)?;
            write_record("exit.json", &json, Durability::Durable)
        });
        match durable {
            Ok(()) => self.recorded = Some(record.output_bytes),
            // nobody can ever read it
            Err(_) if self.log.is_orphaned() => self.recorded = Some(record.output_bytes),
            Err(_) => self.retry_ms = Some(now.steady_ms + RETRY_MS),
        }
    }

    /// The last look: what the last process wrote, and an `exit.json` that counts it.
    pub(super) fn finish(&mut self, now: Now) {
        // nobody is left to fill a disk, and what waits in the terminal is little
        self.log.set_cap(Cap { bytes: 0, policy: CapPolicy::Unlimited });
        self.drain(now);
        if let Some(ended) = self.ended
            && self.recorded != Some(self.log.length())
        {
            self.record_end(ended, now);
        }
    }

    /// Processes of the task that live, the program included.
    pub(super) fn alive(&self) -> u32 {
        let others = process::descendants(std::process::id());
        let program = self.record.program.pid;
        let unlisted = self.ended.is_none() && !others.iter().any(|process| process.pid == program);
        u32::try_from(others.len()).unwrap_or(u32::MAX) + u32::from(unlisted)
    }
}
