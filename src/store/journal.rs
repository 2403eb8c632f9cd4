//! The session's journal: one JSON record a line, appended. A torn last line is cut off, a line that cannot
//! be read is skipped and counted: the rest of the history is worth more than its neighbour.

use crate::session::Record;
use rustix::fs::{Mode, OFlags};
use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

/// The open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
}

impl Journal {
    /// Opens or makes the journal; returns what stands in it and how many lines could not be read.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Record>, usize)> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let mut file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))?);
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let lines = text.get(..whole).unwrap_or_default().split(|&byte| byte == b'\n');
        let parsed: Vec<_> = lines.filter(|line| !line.is_empty()).map(serde_json::from_slice).collect();
        if whole < text.len() {
            file.set_len(whole as u64)?;
        }
        let total = parsed.len();
        let records: Vec<Record> = parsed.into_iter().flatten().collect();
        let unreadable = total - records.len();
        Ok((Self { file }, records, unreadable))
    }

    /// Replaces the journal by these records and goes on behind them.
    ///
    /// # Errors
    /// Those of the system; the old journal is then still there.
    pub fn rewrite(&mut self, path: &Path, records: &[Record]) -> io::Result<()> {
        super::write_durable(path, &encode(records)?)?;
        self.file = Self::open(path)?.0.file;
        Ok(())
    }

    /// Appends records; they are on disk when this returns if `durable`.
    ///
    /// # Errors
    /// Those of the system.
    pub fn append(&mut self, records: &[Record], durable: bool) -> io::Result<()> {
        self.file.write_all(&encode(records)?)?;
        if durable { self.file.sync_data() } else { Ok(()) }
    }
}

/// A line a record.
fn encode(records: &[Record]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for record in records {
        serde_json::to_writer(&mut lines, record)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskId;

    #[test]
    fn a_torn_line_is_cut_and_a_damaged_one_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let (mut journal, records, _) = Journal::open(&path).unwrap();
        assert!(records.is_empty());
        let all = [Record::Command { task: TaskId(1) }, Record::Away];
        journal.append(&all, true).unwrap();
        journal.file.write_all(b"{broken}\n{\"Comm").unwrap();
        let (mut journal, records, unreadable) = Journal::open(&path).unwrap();
        assert_eq!((records.as_slice(), unreadable), (&all[..], 1));
        journal.append(&[Record::Away], false).unwrap();
        assert_eq!(Journal::open(&path).unwrap().1.len(), 3);
    }
}
