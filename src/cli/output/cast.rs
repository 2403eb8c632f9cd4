//! A log as an asciicast v3 (docs.asciinema.org/manual/asciicast/v3): the bytes with the times and sizes of the index.
//!
//! The index has a time for every 50 ms of output, so a player shows what was printed when it was. What the cap
//! dropped is a marker.

use super::{
    super::{limits::READ_BYTES, print},
    Printer,
};
use crate::{
    log::{Chunk, Event, LogReader},
    store,
    task::{End, Outcome, Size, text},
};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

/// A log being told as a recording.
pub(super) struct Cast {
    log: LogReader,
    task: store::Found,
    from: u64,
    /// Bytes of a character that is not complete.
    held: Vec<u8>,
    /// Time of the event written last.
    told_ms: u64,
}

impl Cast {
    /// Of the task in a directory, from an offset of its log on.
    pub(super) fn new(dir: &Path, from: u64) -> anyhow::Result<Self> {
        let (log, task) = (LogReader::open(dir)?, store::find(dir)?);
        Ok(Self { log, task, from, held: vec![], told_ms: 0 })
    }

    fn header(&self, size: Size) -> Value {
        let spec = &self.task.task.spec;
        json!({
            "version": 3,
            "term": { "cols": size.cols, "rows": size.rows, "type": "xterm-256color" },
            "timestamp": self.told_ms / 1000,
            "command": spec.command,
            "title": spec.title(),
        })
    }

    fn event(&mut self, out: &mut dyn Write, at_ms: u64, code: &str, data: &str) -> anyhow::Result<()> {
        let ms = at_ms.saturating_sub(self.told_ms);
        self.told_ms = self.told_ms.max(at_ms);
        let (code, data) = (Value::from(code), Value::from(data));
        print::written(writeln!(out, "[{}.{:03}, {code}, {data}]", ms / 1000, ms % 1000))
    }

    /// Writes the bytes between two offsets, printed at one time.
    fn stretch(&mut self, out: &mut dyn Write, (mut at, end): (u64, u64), at_ms: u64) -> anyhow::Result<()> {
        let mut buffer = vec![0; READ_BYTES];
        while at < end {
            let room = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
            match self.log.chunk_at(at, buffer.get_mut(..room).unwrap_or_default())? {
                Chunk::Bytes(count) => {
                    at += count as u64;
                    self.held.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    let taken = taken(&self.held);
                    let text =
                        String::from_utf8_lossy(self.held.get(..taken).unwrap_or_default()).into_owned();
                    self.held.drain(..taken);
                    if !text.is_empty() {
                        self.event(out, at_ms, "o", &text)?;
                    }
                }
                Chunk::Gap(gap) => {
                    let missing = text::count(gap.end.min(end).saturating_sub(at));
                    self.event(out, at_ms, "m", &format!("{missing} bytes are missing here"))?;
                    at = gap.end.max(at + 1);
                }
                Chunk::End => break,
            }
        }
        Ok(())
    }

    fn exit(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Some(Outcome { end, ended_at, .. }) = self.task.task.outcome.clone() else { return Ok(()) };
        let status = match end {
            End::Code(code) => code,
            End::Signal(number) => 128 + number,
            End::OutOfMemory => 128 + libc::SIGKILL,
            _ => return Ok(()),
        };
        self.event(out, ended_at, "x", &status.to_string())
    }
}

/// Bytes up to a character that has begun at the very end; what is no character at all counts as one.
fn taken(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    let wanted = match last.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 0,
    };
    bytes.len() - if last.len() < wanted { last.len() } else { 0 }
}

impl Printer for Cast {
    fn advance(&mut self, out: &mut File, _last: bool) -> anyhow::Result<()> {
        let mut out = BufWriter::new(out);
        let sizes = self.log.resizes(self.from)?;
        let size = sizes.first().filter(|resize| resize.offset <= self.from);
        let size = size.map_or(self.task.task.spec.size, |resize| resize.size);
        let started = self.task.task.started.map(|(_, started_ms)| started_ms);
        let first = if self.from == 0 { started } else { None };
        self.told_ms = first.or_else(|| self.log.time_at(self.from)).unwrap_or(0);
        print::written(writeln!(out, "{}", self.header(size)))?;
        let entries: Vec<_> = self.log.entries(self.from)?.collect();
        let (mut at, mut now_ms, mut size) = (self.from, self.told_ms, size);
        for entry in entries {
            if entry.offset > at {
                self.stretch(&mut out, (at, entry.offset), now_ms)?;
                at = entry.offset;
            }
            now_ms = now_ms.max(entry.at_ms);
            if let Event::Resize(new) = entry.event
                && entry.offset >= self.from
                && new != size
            {
                size = new;
                self.event(&mut out, now_ms, "r", &format!("{}x{}", size.cols, size.rows))?;
            }
        }
        self.stretch(&mut out, (at, self.log.length()), now_ms)?;
        self.exit(&mut out)?;
        print::written(out.flush())
    }

    fn reached(&self) -> u64 {
        self.log.length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{self, Entry};
    use std::io::{Read, Seek, SeekFrom};

    /// The recording of a task that printed these parts at these times, with resizes before some.
    fn cast(parts: &[(u64, &[u8], Option<Size>)], from: u64) -> Vec<Value> {
        let dir = tempfile::tempdir().unwrap();
        let spec = serde_json::json!({
            "id": 1, "argv": ["sh"], "command": "sh -c x", "cwd": "/", "size": { "rows": 6, "cols": 20 },
            "foreground": true, "asked_by": "you", "created_at": 0,
        });
        std::fs::write(dir.path().join("spec.json"), spec.to_string()).unwrap();
        let (mut bytes, mut index) = (Vec::new(), Vec::new());
        for (at_ms, part, size) in parts {
            let event = size.map_or(Event::Time, Event::Resize);
            index.extend_from_slice(&Entry { offset: bytes.len() as u64, at_ms: *at_ms, event }.encode());
            bytes.extend_from_slice(part);
        }
        std::fs::write(dir.path().join(log::file_name(log::OUT, 0)), bytes).unwrap();
        std::fs::write(dir.path().join(log::file_name(log::IDX, 0)), index).unwrap();
        let mut out = tempfile::tempfile().unwrap();
        Cast::new(dir.path(), from).unwrap().advance(&mut out, true).unwrap();
        let mut text = String::new();
        out.seek(SeekFrom::Start(0)).unwrap();
        out.read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_recording_has_the_times_and_sizes_of_the_log() {
        let parts: [(u64, &[u8], Option<Size>); 4] = [
            (5_000, b"a\r\n", None),
            (5_250, "caf\u{e9}".as_bytes().split_last().unwrap().1, None),
            (6_000, b"\xa9!\xff", Some(Size::new(30, 100))),
            (7_500, b"\x1b[m", None),
        ];
        let told = cast(&parts, 0);
        assert_eq!(told[0]["version"], 3);
        assert_eq!(told[0]["term"]["cols"], 20);
        assert_eq!(told[0]["command"], "sh -c x");
        let rest = [
            json!([0.0, "o", "a\r\n"]),
            json!([0.25, "o", "caf"]),
            json!([0.75, "r", "100x30"]),
            json!([0.0, "o", "\u{e9}!\u{fffd}"]),
            json!([1.5, "o", "\u{1b}[m"]),
        ];
        assert_eq!(told[1..6], rest);
    }

    #[test]
    fn a_recording_may_begin_in_the_middle() {
        let told = cast(&[(5_000, b"one", None), (6_000, b"two", None), (7_000, b"three", None)], 3);
        assert_eq!(told[1..3], [json!([0.0, "o", "two"]), json!([1.0, "o", "three"])]);
    }
}
