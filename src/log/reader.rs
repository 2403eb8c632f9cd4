//! Reads the log of a task while its holder appends to it and drops segments, or long after. Never writes, never waits.
//!
//! The directory is the truth: segments are found by name, their ends are where their files end. What is missing
//! between two segments is a gap; an index that is torn, damaged or absent costs times, never bytes. Any garbage
//! in the directory is read as less log, never as a panic.

use crate::{
    log::{Entry, Event, IDX, OUT, When, file_name, limits::INDEX_BYTES_MAX, start_of},
    task::Size,
};
use jiff::tz::TimeZone;
use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Reads one task's log. Cheap to make: nothing is read before it is asked for.
#[derive(Debug)]
pub struct LogReader {
    dir: PathBuf,
    open: Mutex<Open>,
}

/// Bytes that the cap dropped, or that someone removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// Log offset of the first missing byte.
    pub start: u64,
    /// Log offset after the last missing byte.
    pub end: u64,
}

/// A change of size, in the order of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resize {
    /// Log offset of the first byte printed at this size.
    pub offset: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// The size from here on.
    pub size: Size,
}

/// What is found at an offset of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chunk {
    /// So many bytes were put into the buffer, at least one.
    Bytes(usize),
    /// The bytes up to there are missing.
    Gap(Gap),
    /// The log ends here, for now.
    End,
}

/// What is known of the directory, refreshed as it changes.
#[derive(Debug, Default)]
struct Open {
    /// Starts and ends of the segments, ascending; the last end is the length when it was looked at.
    segments: Vec<Segment>,
    /// The segment read last.
    file: Option<(u64, File)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Segment {
    start: u64,
    end: u64,
}

impl LogReader {
    /// Of the log in a task directory.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn open(task_dir: &Path) -> io::Result<Self> {
        let segments = list(task_dir)?;
        let open = Mutex::new(Open { segments, file: None });
        Ok(Self { dir: task_dir.to_owned(), open })
    }

    /// Length of the log now, dropped bytes included.
    pub fn length(&self) -> u64 {
        self.locked(|open, dir| {
            open.refresh_end(dir);
            open.segments.last().map_or(0, |last| last.end)
        })
    }

    /// Puts bytes from `offset` on into the buffer. 0 at the end and inside a gap; [`LogReader::chunk_at`] tells them apart.
    ///
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(match self.chunk_at(offset, buffer)? {
            Chunk::Bytes(count) => count,
            Chunk::Gap(_) | Chunk::End => 0,
        })
    }

    /// Puts bytes from `offset` on into the buffer, or says why there are none.
    ///
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn chunk_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<Chunk> {
        self.locked(|open, dir| {
            if open.segments.last().is_none_or(|last| offset >= last.end) {
                open.refresh_end(dir);
            }
            if let Some(chunk) = open.chunk_at(dir, offset, buffer)? {
                return Ok(chunk);
            }
            // the cap dropped the segment since it was listed
            open.segments = list(dir)?;
            Ok(open.chunk_at(dir, offset, buffer)?.unwrap_or(Chunk::End))
        })
    }

    /// The missing parts of the log. At most one, unless files were removed by hand.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn gaps(&self) -> io::Result<Vec<Gap>> {
        self.locked(|open, dir| {
            open.segments = list(dir)?;
            let ends = [0].into_iter().chain(open.segments.iter().map(|segment| segment.end));
            let starts = open.segments.iter().map(|segment| segment.start);
            let between = ends.zip(starts).map(|(start, end)| Gap { start, end });
            Ok(between.filter(|gap| gap.start < gap.end).collect())
        })
    }

    /// The size in force at `from`, if it is known, and every change after it.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn resizes(&self, from: u64) -> io::Result<Vec<Resize>> {
        let mut found: Vec<Resize> = Vec::new();
        for entry in self.entries(from)? {
            let Event::Resize(size) = entry.event else { continue };
            if entry.offset <= from {
                found.clear();
            } else if found.last().is_some_and(|last| last.size == size) {
                continue;
            }
            found.push(Resize { offset: entry.offset, at_ms: entry.at_ms, size });
        }
        Ok(found)
    }

    /// When the byte at an offset was printed: the time of the last record at or before it, in milliseconds since 1970.
    pub fn time_at(&self, offset: u64) -> Option<u64> {
        let before = |entries: Vec<Entry>| {
            entries.iter().take_while(|entry| entry.offset <= offset).last().map(|entry| entry.at_ms)
        };
        let segments = self.segments().ok()?;
        let index = segments.partition_point(|segment| segment.start <= offset);
        let candidates = segments.get(..index)?.iter().rev();
        candidates.map(|segment| self.index_of(*segment)).find_map(before)
    }

    /// Where the log was at a time (milliseconds since 1970): the offset of the first byte printed then or later.
    pub fn offset_at(&self, at_ms: u64) -> u64 {
        let segments = self.segments().unwrap_or_default();
        let mut later = None;
        for segment in segments.iter().rev() {
            let index = self.index_of(*segment);
            let at = index.partition_point(|entry| entry.at_ms < at_ms);
            later = index.get(at).map(|entry| entry.offset).or(later);
            if at > 0 {
                break;
            }
        }
        later.unwrap_or_else(|| segments.last().map_or(0, |last| last.end))
    }

    /// When the first and the last byte were printed, in milliseconds since 1970; `None` without times.
    pub fn span(&self) -> Option<(u64, u64)> {
        Some((self.time_at(0)?, self.time_at(self.length())?))
    }

    /// The offset of the first byte printed at a moment or later; `None` when there are no times.
    pub fn offset_when(&self, when: When, now_ms: u64, zone: &TimeZone) -> Option<u64> {
        Some(self.offset_at(when.resolve(now_ms, self.span()?, zone)?))
    }

    /// Every record of the segments from the one that holds `from` on, in the order of the log.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn entries(&self, from: u64) -> io::Result<impl Iterator<Item = Entry> + '_> {
        let segments = self.segments()?;
        let first = segments.partition_point(|segment| segment.start <= from).saturating_sub(1);
        Ok(segments.into_iter().skip(first).flat_map(|segment| self.index_of(segment)))
    }

    fn segments(&self) -> io::Result<Vec<Segment>> {
        self.locked(|open, dir| {
            open.segments = list(dir)?;
            Ok(open.segments.clone())
        })
    }

    /// The valid records of a segment's index; records about bytes that are not there (a power loss) are left out.
    fn index_of(&self, segment: Segment) -> Vec<Entry> {
        let mut bytes = Vec::new();
        let path = self.dir.join(file_name(IDX, segment.start));
        // an index that cannot be read is an index without records
        let _ = File::open(path).and_then(|file| file.take(INDEX_BYTES_MAX).read_to_end(&mut bytes));
        let inside = |entry: &Entry| (segment.start..=segment.end).contains(&entry.offset);
        Entry::decode_all(&bytes).filter(inside).collect()
    }

    fn locked<T>(&self, use_it: impl FnOnce(&mut Open, &Path) -> T) -> T {
        // what a poisoned lock holds is a cache, checked against the directory on every use
        use_it(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner), &self.dir)
    }
}

impl Open {
    /// Follows the end of the log without listing the directory: a segment starts where the last one ended.
    fn refresh_end(&mut self, dir: &Path) {
        let Some(last) = self.segments.last_mut() else {
            self.segments = list(dir).unwrap_or_default();
            return;
        };
        let Some(now) = segment(dir, last.start) else {
            self.segments = list(dir).unwrap_or_default();
            return;
        };
        *last = now;
        let mut last = now;
        // an empty one would be found as its own successor
        while last.start < last.end
            && let Some(next) = segment(dir, last.end)
        {
            // the last one may have grown full between the two looks, but then `next` starts at its end
            self.segments.push(next);
            last = next;
        }
    }

    /// `None` when the segment has vanished since it was listed.
    fn chunk_at(&mut self, dir: &Path, offset: u64, buffer: &mut [u8]) -> io::Result<Option<Chunk>> {
        let index = self.segments.partition_point(|segment| segment.end <= offset);
        let Some(&segment) = self.segments.get(index) else { return Ok(Some(Chunk::End)) };
        if offset < segment.start {
            let start = index.checked_sub(1).and_then(|before| self.segments.get(before));
            let start = start.map_or(0, |before| before.end);
            return Ok(Some(Chunk::Gap(Gap { start, end: segment.start })));
        }
        let Some(file) = self.file_of(dir, segment.start)? else { return Ok(None) };
        let inside = usize::try_from(segment.end - offset).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..inside).unwrap_or_default();
        let count = file.read_at(buffer, offset - segment.start)?;
        // a file shorter than it was is a damaged log: what is left of it ends here
        Ok(Some(if count > 0 { Chunk::Bytes(count) } else { Chunk::End }))
    }

    fn file_of(&mut self, dir: &Path, start: u64) -> io::Result<Option<&File>> {
        if self.file.as_ref().is_none_or(|(open, _)| *open != start) {
            match File::open(dir.join(file_name(OUT, start))) {
                Ok(file) => self.file = Some((start, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(self.file.as_ref().map(|(_, file)| file))
    }
}

/// The segments of a log, ascending, never overlapping.
fn list(dir: &Path) -> io::Result<Vec<Segment>> {
    let mut segments = Vec::new();
    for file in fs::read_dir(dir)? {
        let Some(start) = file?.file_name().to_str().and_then(|name| start_of(OUT, name)) else { continue };
        // a file that vanishes meanwhile was dropped by the cap
        segments.extend(segment(dir, start));
    }
    segments.sort_unstable_by_key(|segment| segment.start);
    settle(dir, &mut segments);
    Ok(segments)
}

fn segment(dir: &Path, start: u64) -> Option<Segment> {
    let meta = fs::metadata(dir.join(file_name(OUT, start))).ok().filter(fs::Metadata::is_file)?;
    Some(Segment { start, end: start.saturating_add(meta.len()) })
}

/// A directory is not listed in one moment: a segment may have grown full, and one been added, between the looks at two others.
fn settle(dir: &Path, segments: &mut Vec<Segment>) {
    let mut settled: Vec<Segment> = Vec::with_capacity(segments.len());
    for &next in segments.iter() {
        while let Some(last) = settled.last_mut()
            && last.end < next.start
        {
            // there is a later one, so this one grows no more
            *last = segment(dir, last.start).unwrap_or(*last);
            let end = last.end;
            match segment(dir, end).filter(|missed| end < missed.end && end < next.start) {
                Some(missed) => settled.push(missed),
                None => break,
            }
        }
        // only garbage overlaps: the file that starts here holds the bytes from here on
        if let Some(last) = settled.last_mut() {
            last.end = last.end.min(next.start);
        }
        settled.push(next);
    }
    *segments = settled;
}

#[cfg(test)]
mod tests;
