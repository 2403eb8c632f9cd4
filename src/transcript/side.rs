//! Where resolved lines are kept: in memory up to a bound, or in a file. Never interprets a byte.

use super::limits::SIDE_BYTES_MAX;
use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
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

/// Names tried for a file; each is free again at once, unless a process died between two calls.
const NAMES_TRIED: u32 = 64;

/// Bytes collected before they are written.
const WAITING_BYTES: usize = 64 * 1024;

impl FileSide {
    /// Uses a file in a directory that nobody else sees and that is gone with the transcript.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn in_directory(directory: &Path, bytes_max: u64) -> io::Result<Self> {
        let mut last = io::Error::from(ErrorKind::AlreadyExists);
        for number in 0..NAMES_TRIED {
            let path = directory.join(format!(".lines.{}.{number}", std::process::id()));
            match File::options().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    fs::remove_file(&path)?;
                    return Ok(Self::new(file, bytes_max));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_what_memory_keeps_and_is_not_seen() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = FileSide::in_directory(directory.path(), 1 << 20).unwrap();
        let mut memory = MemorySide::default();
        for number in 0..3000_u32 {
            let bytes = number.to_string().repeat(20);
            file.append(bytes.as_bytes()).unwrap();
            memory.append(bytes.as_bytes()).unwrap();
        }
        assert_eq!(file.length(), memory.length());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        let all = |side: &dyn Side| {
            let (mut all, mut buffer) = (Vec::new(), [0; 4999]);
            loop {
                match side.read_at(all.len() as u64, &mut buffer).unwrap() {
                    0 => return all,
                    count => all.extend_from_slice(&buffer[..count]),
                }
            }
        };
        assert!(all(&file) == all(&memory));
    }

    #[test]
    fn a_full_store_says_so_and_keeps_what_it_has() {
        let mut file = FileSide::new(tempfile::tempfile().unwrap(), 10);
        file.append(b"12345678").unwrap();
        assert_eq!(file.append(b"12345678").unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(file.length(), 8);
    }
}
