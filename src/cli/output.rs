//! `aside output`: everything a task printed, read from its files; no server is needed.

use super::{
    caller::Caller,
    exit::Verdict,
    find,
    limits::{FOLLOW_RETRY, READ_BYTES},
    print,
};
use crate::{
    log::{Chunk, LogReader},
    store::{self, Lines},
    transcript::Dress,
};
use clap::Args;
use std::{fs::File, io::Write, path::Path};

/// Print what a task printed
#[derive(Args)]
pub(super) struct Output {
    /// Its number, or its name if no other has it
    task: String,
    /// The bytes as they came
    #[arg(long, conflicts_with_all = ["text", "ansi"])]
    raw: bool,
    /// Lines as text (the default)
    #[arg(long, conflicts_with = "ansi")]
    text: bool,
    /// Lines with their colours
    #[arg(long)]
    ansi: bool,
    /// Only the last lines
    #[arg(long, value_name = "LINES")]
    tail: Option<u64>,
    /// Go on until the task has ended
    #[arg(long, short)]
    follow: bool,
}

impl Output {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (_, dir) = find::directory(caller, &self.task)?;
        let out = print::stdout()?;
        if self.raw { self.bytes(&dir, out) } else { self.lines(&dir, out) }
    }

    fn bytes(&self, dir: &Path, mut out: File) -> Verdict {
        let log = LogReader::open(dir)?;
        let mut at = match self.tail {
            Some(lines) => start_of_last(&log, lines)?,
            None => 0,
        };
        let mut buffer = vec![0; READ_BYTES];
        loop {
            // Whether it lives is asked before the log is read: what it printed last is in it then.
            let lives = store::holder_lives(dir);
            loop {
                match log.chunk_at(at, &mut buffer)? {
                    Chunk::Bytes(count) => {
                        print::written(out.write_all(buffer.get(..count).unwrap_or_default()))?;
                        at += count as u64;
                    }
                    Chunk::Gap(gap) => {
                        let missing = gap.end.saturating_sub(at);
                        print::complain(&format!("{missing} bytes dropped by the cap are missing here"));
                        at = gap.end.max(at + 1);
                    }
                    Chunk::End => break,
                }
            }
            if !self.follow || !lives {
                return Ok(0);
            }
            rest();
        }
    }

    fn lines(&self, dir: &Path, mut out: File) -> Verdict {
        let dress = if self.ansi { Dress::Ansi } else { Dress::Plain };
        let mut lines = Lines::of(dir)?;
        let mut next = None;
        loop {
            let lives = store::holder_lives(dir);
            while !lines.advance(u64::MAX)? {}
            let last = !self.follow || !lives;
            if last && !lives {
                lines.finish();
            }
            let total = lines.transcript().line_count();
            let from = next.unwrap_or_else(|| self.tail.map_or(0, |tail| total.saturating_sub(tail)));
            // The last line may still grow.
            let end = if last { total } else { total.saturating_sub(1) };
            if end > from {
                print::written(lines.transcript().export(from..end, dress, lines.log(), &mut out))?;
            }
            if last {
                return Ok(0);
            }
            next = Some(end.max(from));
            rest();
        }
    }
}

/// A moment before the log is looked at again.
fn rest() {
    let nanoseconds = FOLLOW_RETRY.subsec_nanos().into();
    let time = rustix::time::Timespec { tv_sec: 0, tv_nsec: nanoseconds };
    let _interrupted = rustix::event::poll(&mut [], Some(&time));
}

/// The offset at which the last lines begin.
fn start_of_last(log: &LogReader, lines: u64) -> anyhow::Result<u64> {
    let end = log.length();
    let (mut at, mut missing) = (end, lines);
    let mut buffer = vec![0; READ_BYTES];
    while at > 0 {
        let start = at.saturating_sub(READ_BYTES as u64);
        let room = usize::try_from(at - start)?;
        let count = log.read_at(start, buffer.get_mut(..room).unwrap_or_default())?;
        let bytes = buffer.get(..count).unwrap_or_default();
        for found in memchr::memrchr_iter(b'\n', bytes) {
            let after = start + found as u64 + 1;
            if after < end {
                missing = missing.saturating_sub(1);
                if missing == 0 {
                    return Ok(after);
                }
            }
        }
        at = start;
    }
    Ok(0)
}
