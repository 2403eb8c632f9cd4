//! Lines by number, from the log, the side store and what is still open. Never reads more than the blocks asked for,
//! and of each line at most a stated length.

use super::limits::LINE_BYTES_MAX;
use super::{
    Source, Style, Transcript,
    line::{self, Form, Line},
    plain::style_after,
    store::{Block, Place},
};
use memchr::memchr_iter;
use std::{io, ops::Range};

/// Lines that are not final yet, as a block of their own.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) data: Data,
    pub(super) lines: u64,
    pub(super) style: Style,
    pub(super) form: Form,
    /// Log offset of its first line.
    pub(super) offset: u64,
}

/// Where the bytes of open lines are.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Here.
    Held(Vec<u8>),
    /// So many in the log, from the block's offset on.
    Log(u64),
}

/// A block that was read.
#[derive(Debug)]
pub(super) struct View {
    /// Number of its first line.
    pub(super) first: u64,
    pub(super) lines: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) style: Style,
    pub(super) form: Form,
    pub(super) offset: u64,
    /// Bytes of its last line that were not read.
    pub(super) unread: u64,
    /// The one line it is, when it has no bytes of its own.
    pub(super) entry: Option<Line>,
}

/// Reads blocks of one transcript as it is now.
pub(super) struct Reader<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) source: &'a dyn Source,
    open: Vec<Open>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(transcript: &'a Transcript, source: &'a dyn Source) -> Self {
        Self { transcript, source, open: transcript.open_blocks() }
    }

    /// Number of blocks, open ones included.
    pub(super) fn blocks(&self) -> usize {
        self.transcript.store.blocks().len() + self.open.len()
    }

    /// Number of lines, open ones included.
    pub(super) fn lines(&self) -> u64 {
        self.transcript.store.lines() + self.open.iter().map(|open| open.lines).sum::<u64>()
    }

    /// First line, number of lines and bytes of a block.
    pub(super) fn extent(&self, index: usize) -> (u64, u64, u64) {
        let store = &self.transcript.store;
        match (store.blocks().get(index), index.checked_sub(store.blocks().len())) {
            (Some(block), _) => (block.first, store.block_lines(index), block.bytes),
            (None, Some(nth)) => {
                let before = self.open.iter().take(nth).map(|open| open.lines).sum::<u64>();
                let (lines, bytes) = self.open.get(nth).map_or((0, 0), |open| (open.lines, open.bytes()));
                (store.lines() + before, lines, bytes)
            }
            (None, None) => (0, 0, 0),
        }
    }

    /// Index of the block that holds a line.
    pub(super) fn block_of_line(&self, line: u64) -> usize {
        let store = &self.transcript.store;
        if line < store.lines() {
            return store.block_of_line(line).unwrap_or(0);
        }
        let (mut index, mut first) = (store.blocks().len(), store.lines());
        for open in &self.open {
            first += open.lines;
            if line < first {
                break;
            }
            index += 1;
        }
        index
    }

    /// Where in the log the bytes of a block stand, if there.
    pub(super) fn log_offset(&self, index: usize) -> Option<u64> {
        let finals = self.transcript.store.blocks();
        if let Some(block) = finals.get(index) {
            return (block.place == Place::Log).then_some(block.offset);
        }
        let open = self.open.get(index - finals.len())?;
        matches!(open.data, Data::Log(_)).then_some(open.offset)
    }

    /// The style in force at the start of a block.
    pub(super) fn style(&self, index: usize) -> Style {
        let finals = self.transcript.store.blocks();
        let open = index.checked_sub(finals.len()).and_then(|nth| self.open.get(nth));
        finals.get(index).map(|block| block.style).or(open.map(|open| open.style)).unwrap_or_default()
    }

    /// Reads a block, of an overlong last line only the beginning.
    pub(super) fn view(&self, index: usize) -> io::Result<View> {
        let (first, lines, _) = self.extent(index);
        let finals = self.transcript.store.blocks();
        if let Some(block) = finals.get(index) {
            return self.final_view(block, first, lines);
        }
        let open = index.checked_sub(finals.len()).and_then(|nth| self.open.get(nth));
        let Some(Open { data, style, form, offset, .. }) = open else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let (bytes, unread) = match data {
            Data::Held(bytes) => (bytes.clone(), 0),
            Data::Log(length) => {
                read_part(*length, self.fill(), |at, to| self.source.read_at(offset + at, to))?
            }
        };
        Ok(View { first, lines, bytes, style: *style, form: *form, offset: *offset, unread, entry: None })
    }

    fn final_view(&self, block: &Block, first: u64, lines: u64) -> io::Result<View> {
        let side = self.transcript.store.side();
        let (form, (bytes, unread), entry) = match block.place {
            Place::Log => {
                let read = |at: u64, to: &mut [u8]| self.source.read_at(block.offset + at, to);
                (Form::Printed, read_part(block.bytes, self.fill(), read)?, None)
            }
            Place::Side(start) => {
                let read = |at: u64, to: &mut [u8]| side.read_at(start + at, to);
                (Form::Encoded, read_part(block.bytes, self.fill(), read)?, None)
            }
            Place::Lost(lost) => (Form::Encoded, (Vec::new(), 0), Some(Line::lost(lost))),
            Place::Gap => (Form::Encoded, (Vec::new(), 0), Some(Line::gap(block.bytes))),
            Place::Damage => (Form::Encoded, (Vec::new(), 0), Some(Line::damage(block.bytes))),
        };
        Ok(View { first, lines, bytes, style: block.style, form, offset: block.offset, unread, entry })
    }

    /// Bytes within which all lines of a block but its last begin.
    fn fill(&self) -> u64 {
        self.transcript.store.fill()
    }
}

/// Reads a block of `length` bytes, at most what all its short lines and the beginning of its last can take.
fn read_part(
    length: u64,
    fill: u64,
    read: impl Fn(u64, &mut [u8]) -> io::Result<usize>,
) -> io::Result<(Vec<u8>, u64)> {
    let most = 2 * fill + 8 * LINE_BYTES_MAX as u64;
    let wanted = usize::try_from(length.min(most)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; wanted];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read(filled as u64, rest)? {
            0 => break,
            count => filled += count,
        }
    }
    bytes.truncate(filled);
    Ok((bytes, length - filled as u64))
}

impl Open {
    /// Bytes of it in memory.
    #[cfg(test)]
    pub(super) fn bytes_held(&self) -> usize {
        if let Data::Held(bytes) = &self.data { bytes.len() } else { 0 }
    }

    fn bytes(&self) -> u64 {
        match &self.data {
            Data::Held(bytes) => bytes.len() as u64,
            Data::Log(length) => *length,
        }
    }
}

impl View {
    /// The bytes of each line, without line ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let whole = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        whole.split(|byte| *byte == b'\n')
    }

    /// Where the line at `nth` begins.
    pub(super) fn start_of(&self, nth: u64) -> usize {
        let Some(before) = nth.checked_sub(1).and_then(|before| usize::try_from(before).ok()) else {
            return 0;
        };
        memchr_iter(b'\n', &self.bytes).nth(before).map_or(self.bytes.len(), |at| at + 1)
    }

    /// The style in force at a byte of it.
    pub(super) fn style_at(&self, at: usize) -> Style {
        style_after(self.bytes.get(..at).unwrap_or(&self.bytes), self.style)
    }

    /// Reads the lines `range`, counted within the block, into `lines`.
    fn read(&self, range: Range<u64>, lines: &mut Vec<Line>) {
        if let Some(line) = &self.entry {
            lines.push(line.clone());
            return;
        }
        if self.bytes.is_empty() && self.unread > 0 {
            // dropped while it is read: the next call of `forget` tells it as one line
            lines.extend(range.map(|nth| if nth == 0 { Line::gap(self.unread) } else { Line::default() }));
            return;
        }
        let start = self.start_of(range.start);
        let (before, rest) = self.bytes.split_at_checked(start).unwrap_or((&self.bytes, &[]));
        let mut style = style_after(before, self.style);
        let mut rest = Some(rest);
        for nth in range {
            let bytes = rest.unwrap_or_default();
            let end = memchr::memchr(b'\n', bytes);
            let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            rest = end.and_then(|end| bytes.get(end + 1..));
            lines.push(self.line(text, nth + 1 == self.lines, &mut style));
        }
    }

    fn line(&self, bytes: &[u8], last: bool, style: &mut Style) -> Line {
        let bytes = if self.form == Form::Encoded { line::without_offset(bytes).0 } else { bytes };
        let shown = bytes.get(..LINE_BYTES_MAX).unwrap_or(bytes);
        let mut line = line::read(shown, self.form, style);
        let beyond = bytes.get(shown.len()..).unwrap_or_default();
        *style = style_after(beyond, *style);
        line.cut_bytes = beyond.len() as u64 + if last { self.unread } else { 0 };
        line
    }
}

impl Transcript {
    /// The lines of a range; fewer where it ends beyond the last one. Reads the log where they stand there.
    ///
    /// # Errors
    /// The log or the side store cannot be read.
    pub fn lines(&self, range: Range<u64>, source: &dyn Source) -> io::Result<Vec<Line>> {
        let reader = Reader::new(self, source);
        let end = range.end.min(reader.lines());
        let mut lines = Vec::new();
        let mut index = reader.block_of_line(range.start);
        while index < reader.blocks() {
            let (first, count, _) = reader.extent(index);
            if first >= end {
                break;
            }
            let wanted = range.start.max(first) - first..end.min(first + count) - first;
            if !wanted.is_empty() {
                reader.view(index)?.read(wanted, &mut lines);
            }
            index += 1;
        }
        Ok(lines)
    }

    /// The line that was being printed at a log offset (the last one if that is beyond the end), for jumps to a time.
    ///
    /// # Errors
    /// The log or the side store cannot be read.
    pub fn line_at(&self, offset: u64, source: &dyn Source) -> io::Result<u64> {
        let reader = Reader::new(self, source);
        let finals = self.store.blocks().len();
        let open = reader.open.iter().rposition(|open| open.offset <= offset && open.lines > 0);
        let index = open.map(|nth| finals + nth).or_else(|| self.store.block_of_offset(offset)).unwrap_or(0);
        if index >= reader.blocks() {
            return Ok(0);
        }
        let view = reader.view(index)?;
        let passed = match view.form {
            Form::Printed => {
                let upto = usize::try_from(offset.saturating_sub(view.offset)).unwrap_or(usize::MAX);
                memchr_iter(b'\n', view.bytes.get(..upto).unwrap_or(&view.bytes)).count() as u64
            }
            Form::Encoded => {
                let offsets = view.lines().map(|line| line::without_offset(line).1);
                offsets.take_while(|at| at.is_some_and(|at| at < offset)).count() as u64
            }
        };
        Ok(view.first + passed.min(view.lines.saturating_sub(1)))
    }

    /// Where in the log each line of a range was printed, for times beside the lines.
    ///
    /// # Errors
    /// The log or the side store cannot be read.
    pub fn offsets(&self, range: Range<u64>, source: &dyn Source) -> io::Result<Vec<u64>> {
        let reader = Reader::new(self, source);
        let end = range.end.min(reader.lines());
        let mut offsets = Vec::new();
        for index in reader.block_of_line(range.start)..reader.blocks() {
            let (first, ..) = reader.extent(index);
            if first >= end {
                break;
            }
            let view = reader.view(index)?;
            let mut at = view.offset;
            for (nth, line) in (view.first..).zip(view.lines()).take_while(|(nth, _)| *nth < end) {
                let told = if view.form == Form::Encoded { line::without_offset(line).1 } else { None };
                if nth >= range.start {
                    offsets.push(told.unwrap_or(at));
                }
                at += line.len() as u64 + 1;
            }
        }
        Ok(offsets)
    }
}
