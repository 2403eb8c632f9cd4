//! The lines of a task's log, read on demand: a log on disk and the transcript made of it so far.

use crate::{
    log::{Chunk, LogReader},
    task::Size,
    transcript::{Source, Transcript},
};
use std::{io, path::Path};

/// A log and its transcript, as far as it was read.
pub struct Lines {
    log: LogReader,
    transcript: Transcript,
    sizes: Vec<(u64, Size)>,
}

/// Bytes of a log read at a time.
const READ_BYTES: usize = 256 * 1024;

impl Lines {
    /// Of the task in a directory, nothing read yet.
    ///
    /// # Errors
    /// When there is no task, or its log cannot be listed.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let size = super::find(dir)?.task.spec.size;
        Ok(Self { log: LogReader::open(dir)?, transcript: Transcript::new(size), sizes: vec![] })
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
        }
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let at = self.transcript.consumed();
            for (offset, size) in self.sizes.extract_if(.., |(offset, _)| *offset <= at) {
                self.transcript.resize(offset, size);
            }
            if at >= end {
                return Ok(true);
            }
            if at - start >= bytes_max {
                return Ok(false);
            }
            let stop = self.sizes.first().map_or(end, |(offset, _)| end.min(*offset));
            let room = usize::try_from(stop - at).unwrap_or(usize::MAX).min(buffer.len());
            match self.log.chunk_at(at, buffer.get_mut(..room).unwrap_or_default())? {
                Chunk::Bytes(count) => {
                    let time = self.log.time_at(at).unwrap_or(0);
                    self.transcript.feed(at, buffer.get(..count).unwrap_or_default(), time);
                }
                Chunk::Gap(gap) => self.transcript.gap(at, gap.end.saturating_sub(at).max(1)),
                Chunk::End => return Ok(true),
            }
        }
    }
}

impl Source for LogReader {
    fn length(&self) -> u64 {
        Self::length(self)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Self::read_at(self, offset, buffer)
    }
}
