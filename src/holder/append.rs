//! Appends to the log of a task: segments, index, cap. Never waits, never loses a byte it said it took.
//!
//! Plain `write`s: a byte that `write` took survives the death of every process. What the disk or the cap does not
//! take now is the caller's to keep and to offer again.

use super::clock::Now;
use crate::{
    limits::SEGMENT_BYTES,
    log::{
        Entry, Event, IDX, OUT, RECORD_BYTES, file_name,
        limits::{INDEX_BYTES_MAX, INDEX_STEP_MS, SEGMENT_BYTES_MIN},
    },
    protocol::holder::{Cap, CapPolicy, Stall},
    task::Size,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::PathBuf,
};

/// The log of a task, open for appending.
#[derive(Debug)]
pub(super) struct Log {
    dir: PathBuf,
    cap: Cap,
    /// Segments on disk before the current one, oldest first.
    full: Vec<Sealed>,
    current: Option<Segment>,
    length: u64,
    lines: u64,
    dropped: u64,
    /// Dropped bytes that have no record yet.
    gap_owed: u64,
    /// Size of the terminal, and the one the index says.
    size: Size,
    size_on_disk: Option<Size>,
    /// Steady time of the last time record.
    timed_ms: Option<u64>,
    /// The index never goes back in time.
    latest_ms: u64,
    stalled: Option<Stalled>,
    /// Somebody removed the directory: nobody can ever read what is appended.
    orphaned: bool,
}

/// Since when nothing can be appended.
#[derive(Clone, Copy, Debug)]
struct Stalled {
    why: Stall,
    at_ms: u64,
    on_disk: bool,
}

#[derive(Debug)]
struct Sealed {
    start: u64,
    out_bytes: u64,
    idx_bytes: u64,
}

#[derive(Debug)]
struct Segment {
    start: u64,
    out: File,
    idx: File,
    idx_bytes: u64,
    /// The last record is a resize at this offset and may be rewritten.
    resize_at: Option<u64>,
}

impl Log {
    /// A new log with its first segment.
    ///
    /// # Errors
    /// When the files cannot be created, also when there are some already.
    pub(super) fn create(dir: PathBuf, cap: Cap, size: Size, now: Now) -> io::Result<Self> {
        let mut log = Self {
            dir,
            cap,
            full: Vec::new(),
            current: None,
            length: 0,
            lines: 0,
            dropped: 0,
            gap_owed: 0,
            size,
            size_on_disk: None,
            timed_ms: None,
            latest_ms: 0,
            stalled: None,
            orphaned: false,
        };
        log.begin_segment(now)?;
        Ok(log)
    }

    /// Bytes logged so far, dropped ones included.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Line feeds logged so far, dropped ones included.
    pub(super) const fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes the cap dropped.
    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Why nothing can be appended.
    pub(super) fn stall(&self) -> Stall {
        self.stalled.map_or(Stall::None, |stalled| stalled.why)
    }

    /// Appends what disk and cap take, and returns how much that was; less than all means: stalled, try again later.
    pub(super) fn append(&mut self, mut bytes: &[u8], now: Now) -> usize {
        let offered = bytes.len();
        while !bytes.is_empty() {
            match self.append_some(bytes, now) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(_) if self.is_orphaned() => {
                    // the program must not wait for ever for a directory that cannot come back
                    self.length += bytes.len() as u64;
                    self.dropped += bytes.len() as u64;
                    self.stalled = None;
                    bytes = &[];
                }
                Err(why) => {
                    self.stalled(why, now);
                    break;
                }
            }
        }
        offered - bytes.len()
    }

    fn append_some(&mut self, bytes: &[u8], now: Now) -> Result<usize, Stall> {
        if self.room() == 0 {
            self.roll(now)?;
        }
        if self.size_on_disk != Some(self.size) {
            self.note_size(now);
        }
        let room = usize::try_from(self.room()).unwrap_or(usize::MAX).min(bytes.len());
        let Some(segment) = &mut self.current else { return Err(Stall::DiskFull) };
        let count = match segment.out.write(bytes.get(..room).unwrap_or_default()) {
            Ok(0) | Err(_) => return Err(Stall::DiskFull),
            Ok(count) => count,
        };
        self.flowing(now);
        let written = bytes.get(..count).unwrap_or_default();
        self.lines += memchr::memchr_iter(b'\n', written).count() as u64;
        let due = self.timed_ms.is_none_or(|then| now.steady_ms >= then + INDEX_STEP_MS);
        if due && self.note(Event::Time, now) {
            self.timed_ms = Some(now.steady_ms);
        }
        self.length += count as u64;
        Ok(count)
    }

    /// Whether the directory was removed, so that nothing can be recorded any more.
    pub(super) fn is_orphaned(&mut self) -> bool {
        self.orphaned = self.orphaned
            || match fs::metadata(self.dir.join(".")) {
                Ok(meta) => meta.nlink() == 0,
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            };
        self.orphaned
    }

    /// Records that the terminal has another size from here on.
    pub(super) fn resize(&mut self, size: Size, now: Now) {
        self.size = size;
        self.note_size(now);
    }

    fn note_size(&mut self, now: Now) {
        if self.size_on_disk != Some(self.size) && self.note(Event::Resize(self.size), now) {
            self.size_on_disk = Some(self.size);
        }
    }

    /// Adds a record to the index; `false` when it could not be written. An index is worth less than the output.
    pub(super) fn note(&mut self, event: Event, now: Now) -> bool {
        let Some(segment) = &mut self.current else { return false };
        let at_ms = now.real_ms.max(self.latest_ms);
        let entry = Entry { offset: self.length, at_ms, event };
        let resize_at = matches!(event, Event::Resize(_)).then_some(self.length);
        if resize_at.is_some() && segment.resize_at == resize_at {
            segment.idx_bytes -= RECORD_BYTES as u64;
        }
        // a record that was written in part is written again, at the same place
        if segment.idx.write_all_at(&entry.encode(), segment.idx_bytes).is_err() {
            segment.resize_at = None;
            return false;
        }
        segment.idx_bytes += RECORD_BYTES as u64;
        segment.resize_at = resize_at;
        self.latest_ms = at_ms;
        true
    }

    /// A new cap, in force from the next append.
    pub(super) const fn set_cap(&mut self, cap: Cap) {
        self.cap = cap;
    }

    /// Puts the log on the disk for good.
    ///
    /// # Errors
    /// When the disk says no.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let Some(segment) = &self.current else { return Ok(()) };
        if segment.start == self.length {
            return Ok(());
        }
        segment.out.sync_data()
    }

    /// Deletes the files, when nothing was started after all.
    pub(super) fn discard(self) {
        if let Some(segment) = self.current {
            for prefix in [OUT, IDX] {
                let _ = fs::remove_file(self.dir.join(file_name(prefix, segment.start)));
            }
        }
    }

    /// Bytes the current segment still takes: index and output together, so that the cap holds for both.
    fn room(&self) -> u64 {
        let Some(segment) = &self.current else { return 0 };
        // one append adds two records at most before its bytes
        let records = segment.idx_bytes + 2 * RECORD_BYTES as u64;
        if records > INDEX_BYTES_MAX {
            return 0;
        }
        self.segment_bytes().saturating_sub(self.length - segment.start + records)
    }

    fn segment_bytes(&self) -> u64 {
        match self.cap.policy {
            CapPolicy::Unlimited => SEGMENT_BYTES,
            CapPolicy::DropOldest | CapPolicy::Pause => {
                (self.cap.bytes / 8).clamp(SEGMENT_BYTES_MIN, SEGMENT_BYTES)
            }
        }
    }

    /// Goes on in a new segment, after making room for it under the cap.
    fn roll(&mut self, now: Now) -> Result<(), Stall> {
        if self.cap.policy == CapPolicy::Pause && self.over_cap() {
            return Err(Stall::Cap);
        }
        if let Some(segment) = self.current.take() {
            let (start, idx_bytes) = (segment.start, segment.idx_bytes);
            self.full.push(Sealed { start, out_bytes: self.length - start, idx_bytes });
        }
        while self.cap.policy == CapPolicy::DropOldest && self.over_cap() && self.full.len() > 1 {
            let oldest = self.full.remove(1);
            for prefix in [OUT, IDX] {
                let _ = fs::remove_file(self.dir.join(file_name(prefix, oldest.start)));
            }
            self.dropped += oldest.out_bytes;
            self.gap_owed += oldest.out_bytes;
        }
        self.begin_segment(now).map_err(|_| Stall::DiskFull)?;
        if self.gap_owed > 0 && self.note(Event::Gap(self.gap_owed), now) {
            self.gap_owed = 0;
        }
        Ok(())
    }

    /// Whether one more full segment would be over the cap.
    fn over_cap(&self) -> bool {
        let sealed: u64 = self.full.iter().map(|segment| segment.out_bytes + segment.idx_bytes).sum();
        let current =
            self.current.as_ref().map_or(0, |segment| self.length - segment.start + segment.idx_bytes);
        sealed + current + self.segment_bytes() > self.cap.bytes
    }

    fn begin_segment(&mut self, now: Now) -> io::Result<()> {
        let path = |prefix| self.dir.join(file_name(prefix, self.length));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let out = options.open(path(OUT)).or_else(|error| match error.kind() {
            // ours, from a try whose second file failed
            io::ErrorKind::AlreadyExists if self.length > 0 => options.create_new(false).open(path(OUT)),
            _ => Err(error),
        })?;
        let idx = options.create_new(false).create(true).truncate(true).open(path(IDX))?;
        self.current = Some(Segment { start: self.length, out, idx, idx_bytes: 0, resize_at: None });
        self.size_on_disk = None;
        self.timed_ms = None;
        self.note_size(now);
        Ok(())
    }

    fn stalled(&mut self, why: Stall, now: Now) {
        let since = self.stalled.unwrap_or(Stalled { why, at_ms: now.real_ms, on_disk: false });
        let on_disk = since.on_disk || self.note(Event::Stall, now);
        self.stalled = Some(Stalled { why, on_disk, ..since });
    }

    fn flowing(&mut self, now: Now) {
        let Some(stalled) = self.stalled.take() else { return };
        if !stalled.on_disk {
            self.note(Event::Stall, Now { real_ms: stalled.at_ms, ..now });
        }
        self.note(Event::Resume, now);
    }
}

#[cfg(test)]
mod tests;
