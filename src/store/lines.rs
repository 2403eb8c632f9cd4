//! The lines of a task's log, read on demand: a log on disk and the transcript made of it so far.

use crate::{
    log::{Chunk, LogReader},
    task::Size,
    transcript::{FileSide, MemorySide, Side, Source, Transcript},
};
use std::{io, path::Path};

/// A log and its transcript, as far as it was read.
pub struct Lines {
    log: LogReader,
    transcript: Transcript,
    sizes: Vec<(u64, Size)>,
    /// Offsets and milliseconds of the index, for what is read next.
    times: Vec<(u64, u64)>,
    /// Bytes that the record of its end says the task printed, until they were compared with the log.
    printed: Option<u64>,
}

/// Bytes of a log read at a time.
const READ_BYTES: usize = 256 * 1024;
/// Bytes of resolved lines kept in an unseen file: as much as the log's default cap, which they rarely come near.
const RESOLVED_BYTES_MAX: u64 = 1 << 30;

impl Lines {
    /// Of the task in a directory, nothing read yet.
    ///
    /// # Errors
    /// When there is no task, or its log cannot be listed.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let size = super::find(dir)?.task.spec.size;
        // a directory that cannot be written to is read all the same
        let file = FileSide::in_directory(dir, RESOLVED_BYTES_MAX);
        let side: Box<dyn Side> = match file {
            Ok(file) => Box::new(file),
            Err(_) => Box::new(MemorySide::default()),
        };
        let transcript = Transcript::with_side(size, side);
        Ok(Self {
            log: LogReader::open(dir)?,
            transcript,
            sizes: vec![],
            times: vec![],
            printed: printed(dir),
        })
    }

    /// The lines.
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The log they are read from.
    pub const fn log(&self) -> &LogReader {
        &self.log
    }

    /// No more output is expected.
    pub fn finish(&mut self) {
        self.transcript.finish();
    }

    /// Reads on, about so many bytes at most; whether the end of the log was reached.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn advance(&mut self, bytes_max: u64) -> io::Result<bool> {
        let end = self.log.length();
        let start = self.transcript.consumed();
        if start < end {
            let sizes = self.log.resizes(start)?;
            self.sizes = sizes.into_iter().map(|resize| (resize.offset, resize.size)).collect();
            self.times = self.log.entries(start)?.map(|entry| (entry.offset, entry.at_ms)).collect();
            for gap in self.log.gaps()? {
                self.transcript.forget(gap.start, gap.end, &self.log)?;
            }
        }
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let at = self.transcript.consumed();
            for (offset, size) in self.sizes.extract_if(.., |(offset, _)| *offset <= at) {
                self.transcript.resize(offset, size);
            }
            if at >= end {
                let missing = self.printed.take().and_then(|printed| printed.checked_sub(end));
                if let Some(missing) = missing.filter(|missing| *missing > 0) {
                    self.transcript.damage(missing);
                }
                return Ok(true);
            }
            if at - start >= bytes_max {
                return Ok(false);
            }
            let stop = self.sizes.first().map_or(end, |(offset, _)| end.min(*offset));
            let room = usize::try_from(stop - at).unwrap_or(usize::MAX).min(buffer.len());
            match self.log.chunk_at(at, buffer.get_mut(..room).unwrap_or_default())? {
                Chunk::Bytes(count) => {
                    self.transcript.feed_timed(at, buffer.get(..count).unwrap_or_default(), &self.times);
                }
                Chunk::Gap(gap) => self.transcript.gap(at, gap.end.saturating_sub(at).max(1)),
                Chunk::End => return Ok(true),
            }
        }
    }
}

/// Bytes a task printed, as recorded at its end.
fn printed(dir: &Path) -> Option<u64> {
    dir.join("exit.json").exists().then(|| super::ending(dir).output_bytes)
}

/// Bytes an ended task printed that its log does not hold at its end: it is damaged.
pub fn missing_bytes(dir: &Path) -> u64 {
    let length = || LogReader::open(dir).map_or(0, |log| log.length());
    printed(dir).map_or(0, |printed| printed.saturating_sub(length()))
}

impl Source for LogReader {
    fn length(&self) -> u64 {
        Self::length(self)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Self::read_at(self, offset, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{self, Entry, Event};

    fn task(dir: &Path, parts: &[(u64, &str)]) {
        let spec = serde_json::json!({
            "id": 1, "argv": ["sh"], "command": "sh", "cwd": "/", "size": { "rows": 6, "cols": 20 },
            "foreground": true, "asked_by": "you", "created_at": 0,
        });
        std::fs::write(dir.join("spec.json"), spec.to_string()).unwrap();
        let (mut bytes, mut index) = (Vec::new(), Vec::new());
        for (at_ms, part) in parts {
            let entry = Entry { offset: bytes.len() as u64, at_ms: *at_ms, event: Event::Time };
            index.extend_from_slice(&entry.encode());
            bytes.extend_from_slice(part.as_bytes());
        }
        std::fs::write(dir.join(log::file_name(log::OUT, 0)), bytes).unwrap();
        std::fs::write(dir.join(log::file_name(log::IDX, 0)), index).unwrap();
    }

    #[test]
    fn a_cleared_screen_that_had_stood_is_there_when_the_log_is_read_later() {
        let dir = tempfile::tempdir().unwrap();
        task(
            dir.path(),
            &[(0, "first\r\n"), (60_000, "\x1b[H\x1b[2Jsecond\r\n"), (60_100, "\x1b[H\x1b[2Jthird\r\n")],
        );
        let mut lines = Lines::of(dir.path()).unwrap();
        while !lines.advance(u64::MAX).unwrap() {}
        let shown = lines.transcript().lines(0..9, lines.log()).unwrap();
        assert_eq!(shown.iter().map(crate::transcript::Line::text).collect::<Vec<_>>(), ["first", "third"]);
    }

    #[test]
    fn a_log_that_is_shorter_than_its_task_recorded_is_told_as_damaged() {
        let dir = tempfile::tempdir().unwrap();
        task(dir.path(), &[(0, "one\r\ntw")]);
        let record = log::ExitRecord {
            format: log::FORMAT,
            end: log::End::Code(0),
            asked: None,
            out_of_memory: false,
            started_ms: 1,
            ended_ms: 2,
            output_bytes: 1207,
            output_lines: 9,
            dropped_bytes: 0,
            usage: log::Usage::default(),
            boot_id: "b".into(),
        };
        std::fs::write(dir.path().join("exit.json"), serde_json::to_string(&record).unwrap()).unwrap();
        let mut lines = Lines::of(dir.path()).unwrap();
        while !lines.advance(u64::MAX).unwrap() {}
        assert!(lines.advance(u64::MAX).unwrap(), "it is told once");
        let shown = lines.transcript().lines(0..9, lines.log()).unwrap();
        let shown: Vec<_> = shown.iter().map(crate::transcript::Line::text).collect();
        assert_eq!(shown, ["one", "tw", "[… 1,200 bytes missing: the log is damaged …]"]);
        assert_eq!(missing_bytes(dir.path()), 1200);
    }
}
