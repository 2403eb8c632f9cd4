//! Where resolved lines are kept: in memory up to a bound, or in a file. Never interprets a byte.

use super::limits::SIDE_BYTES_MAX;
use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
};

/// An append-only store of bytes. What was appended stays readable at its offset.
pub trait Side: Send {
    /// Bytes appended so far.
    fn length(&self) -> u64;
    /// Appends all of `bytes`, or nothing and an error.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Reads at most a buffer's length from `offset` on; 0 at the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// In memory, up to 16 MiB.
#[derive(Default, Debug)]
pub struct MemorySide {
    bytes: Vec<u8>,
}

impl Side for MemorySide {
    fn length(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > SIDE_BYTES_MAX {
            return Err(ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let from = self.bytes.get(start..).unwrap_or_default();
        Ok(copy(from, buffer))
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let pairs = to.iter_mut().zip(from);
    pairs.map(|(to, from)| *to = *from).count()
}

/// In a file given by the caller (unlinked or the task's own), up to a bound; the last bytes in memory.
#[derive(Debug)]
pub struct FileSide {
    file: File,
    written: u64,
    waiting: Vec<u8>,
    bytes_max: u64,
}

/// Bytes collected before they are written.
const WAITING_BYTES: usize = 64 * 1024;

impl FileSide {
    /// Uses an empty file; at most `bytes_max` are written to it.
    pub const fn new(file: File, bytes_max: u64) -> Self {
        Self { file, written: 0, waiting: Vec::new(), bytes_max }
    }
}

impl Side for FileSide {
    fn length(&self) -> u64 {
        self.written + self.waiting.len() as u64
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.length() + bytes.len() as u64 > self.bytes_max {
            return Err(ErrorKind::StorageFull.into());
        }
        if self.waiting.len() + bytes.len() > WAITING_BYTES {
            self.file.write_all_at(&self.waiting, self.written)?;
            self.written += self.waiting.len() as u64;
            self.waiting.clear();
        }
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match offset.checked_sub(self.written) {
            Some(start) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                Ok(copy(self.waiting.get(start..).unwrap_or_default(), buffer))
            }
            None => {
                let before = usize::try_from(self.written - offset).unwrap_or(usize::MAX).min(buffer.len());
                self.file.read_at(buffer.get_mut(..before).unwrap_or_default(), offset)
            }
        }
    }
}
