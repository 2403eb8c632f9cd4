//! Final lines by number: which stretch of the log or of the side store holds them. Never holds their text.
//!
//! The list of blocks is the index: finding a line is a search in it and reading one block.

use super::limits::{BLOCK_BYTES, BLOCKS_MAX};
use super::{Style, line::without_offset, plain::Piece, side::Side};
use memchr::{memchr, memchr_iter};

/// Where the bytes of a block are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the log, from the block's own offset on, as printed.
    Log,
    /// At this offset of the side store, encoded by `gone.rs`.
    Side(u64),
    /// Nowhere: so many lines could not be kept. Shown as one line.
    Lost(u64),
    /// Nowhere: the block's bytes were dropped from the log. Shown as one line.
    Gap,
    /// Bytes that were printed, but are not in the log's files.
    Damage,
}

/// Consecutive final lines in one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// Number of its first line.
    pub(super) first: u64,
    /// Log offset of its first line.
    pub(super) offset: u64,
    /// Length in its place.
    pub(super) bytes: u64,
    pub(super) place: Place,
    /// In force at its start.
    pub(super) style: Style,
    /// Nothing may be appended.
    pub(super) closed: bool,
}

/// The index and the side store.
pub(super) struct Store {
    blocks: Vec<Block>,
    lines: u64,
    /// Log offset up to which everything printed is in a block.
    reached: u64,
    side: Box<dyn Side>,
    /// Length a block is filled up to.
    fill: u64,
}

impl Store {
    pub(super) fn new(side: Box<dyn Side>) -> Self {
        Self { blocks: Vec::new(), lines: 0, reached: 0, side, fill: BLOCK_BYTES }
    }

    /// Number of final lines.
    pub(super) const fn lines(&self) -> u64 {
        self.lines
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(super) fn side(&self) -> &dyn Side {
        &*self.side
    }

    /// Log offset up to which everything printed is in a block, nearly: rows are written in any order.
    pub(super) const fn reached(&self) -> u64 {
        self.reached
    }

    /// Length a block is filled up to; its last line may go on beyond.
    pub(super) const fn fill(&self) -> u64 {
        self.fill
    }

    /// Number of lines of the block at `index`.
    pub(super) fn block_lines(&self, index: usize) -> u64 {
        let end = self.blocks.get(index + 1).map_or(self.lines, |next| next.first);
        self.blocks.get(index).map_or(0, |block| end - block.first)
    }

    /// Index of the block that holds a final line.
    pub(super) fn block_of_line(&self, line: u64) -> Option<usize> {
        self.blocks.partition_point(|block| block.first <= line).checked_sub(1)
    }

    /// Index of the last block that begins at or before a log offset.
    pub(super) fn block_of_offset(&self, offset: u64) -> Option<usize> {
        self.blocks.partition_point(|block| block.offset <= offset).checked_sub(1)
    }

    /// Appends lines that stay in the log.
    pub(super) fn push_piece(&mut self, piece: Piece) {
        let Piece { offset, bytes, lines, style, closed } = piece;
        match self.blocks.last_mut() {
            Some(last)
                if last.place == Place::Log
                    && last.takes(self.fill)
                    && last.offset + last.bytes == offset =>
            {
                last.bytes += bytes;
                last.closed |= closed;
            }
            _ => self.push(Block { first: self.lines, offset, bytes, place: Place::Log, style, closed }),
        }
        self.lines += lines;
        self.reached = offset + bytes;
    }

    /// Appends a gap of so many bytes at an offset of the log.
    pub(super) fn push_gap(&mut self, offset: u64, bytes: u64) {
        self.push(Block::gap(self.lines, offset, bytes));
        self.lines += 1;
        self.reached = offset + bytes;
    }

    /// Appends what says that so many bytes are not in the log's files.
    pub(super) fn push_damage(&mut self, offset: u64, bytes: u64) {
        self.push(Block { place: Place::Damage, ..Block::gap(self.lines, offset, bytes) });
        self.lines += 1;
        self.reached = offset + bytes;
    }

    /// Puts other blocks in place of all, given with their numbers of lines.
    pub(super) fn replace(&mut self, blocks: impl IntoIterator<Item = (Block, u64)>) {
        (self.blocks, self.lines) = (Vec::new(), 0);
        for (block, lines) in blocks {
            self.blocks.push(Block { first: self.lines, ..block });
            self.lines += lines;
        }
    }

    /// Appends encoded lines.
    pub(super) fn push_lines(&mut self, encoded: &[u8], lines: u64) {
        let (mut rest, mut left) = (encoded, lines);
        while left > 0 {
            let least = usize::try_from(self.fill).unwrap_or(usize::MAX).min(rest.len()).saturating_sub(1);
            let end = memchr(b'\n', rest.get(least..).unwrap_or_default());
            let (piece, after) = rest.split_at(end.map_or(rest.len(), |end| least + end + 1));
            let count = if after.is_empty() { left } else { memchr_iter(b'\n', piece).count() as u64 };
            self.push_encoded(piece, count.min(left));
            (rest, left) = (after, left.saturating_sub(count));
        }
    }

    fn push_encoded(&mut self, encoded: &[u8], lines: u64) {
        let mut offsets = encoded.split(|byte| *byte == b'\n').filter_map(|line| without_offset(line).1);
        let offset = offsets.next().unwrap_or(0).max(self.blocks.last().map_or(0, |last| last.offset));
        self.reached = offsets.fold(self.reached.max(offset), u64::max);
        let at = self.side.length();
        if self.side.append(encoded).is_err() {
            self.lose(lines, offset);
            return;
        }
        let bytes = encoded.len() as u64;
        match self.blocks.last_mut() {
            Some(last) if last.takes(self.fill) && last.ends_at(at) => last.bytes += bytes,
            _ => self.push(Block {
                first: self.lines,
                offset,
                bytes,
                place: Place::Side(at),
                style: Style::default(),
                closed: false,
            }),
        }
        self.lines += lines;
    }

    /// The side store is full: counted, and shown as one line.
    fn lose(&mut self, lines: u64, offset: u64) {
        if let Some(Block { place: Place::Lost(count), .. }) = self.blocks.last_mut() {
            *count += lines;
            return;
        }
        let place = Place::Lost(lines);
        self.push(Block {
            first: self.lines,
            offset,
            bytes: 0,
            place,
            style: Style::default(),
            closed: true,
        });
        self.lines += 1;
    }

    fn push(&mut self, block: Block) {
        if self.blocks.len() >= BLOCKS_MAX {
            self.coarsen();
        }
        self.blocks.push(block);
    }

    /// Doubles the length of blocks and joins neighbours up to it.
    fn coarsen(&mut self) {
        self.fill = self.fill.saturating_mul(2);
        let fill = self.fill;
        let mut kept: Vec<Block> = Vec::with_capacity(self.blocks.len() / 2);
        for block in self.blocks.drain(..) {
            match kept.last_mut().filter(|last| last.takes(fill) && last.reaches(&block)) {
                Some(last) => {
                    last.bytes += block.bytes;
                    last.closed = block.closed;
                }
                None => kept.push(block),
            }
        }
        self.blocks = kept;
    }
}

impl Block {
    /// A stretch that is not in the log any more.
    pub(super) fn gap(first: u64, offset: u64, bytes: u64) -> Self {
        Self { first, offset, bytes, place: Place::Gap, style: Style::default(), closed: true }
    }

    const fn takes(&self, fill: u64) -> bool {
        !self.closed && self.bytes < fill
    }

    /// Whether the side store's byte at `at` is the next one.
    fn ends_at(&self, at: u64) -> bool {
        matches!(self.place, Place::Side(start) if start + self.bytes == at)
    }

    /// Whether `next` follows directly in the same place.
    fn reaches(&self, next: &Self) -> bool {
        match (self.place, next.place) {
            (Place::Log, Place::Log) => self.offset + self.bytes == next.offset,
            (Place::Side(at), Place::Side(next)) => at + self.bytes == next,
            _ => false,
        }
    }
}
