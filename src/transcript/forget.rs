//! What becomes of lines whose bytes the log has dropped: one line that counts them, as if the log had been read
//! anew. Never reads more than the two blocks at the ends of the gap.

use super::{
    Source, Style, Transcript,
    store::{Block, Place},
};
use memchr::memchr_iter;
use std::io;

/// Bytes read at a time to count lines.
const WINDOW_BYTES: usize = 64 * 1024;

impl Transcript {
    /// The log has dropped `start..end`, which were fed before: the lines there become one gap, and later lines
    /// have lower numbers. Nothing happens when that is known, or where the bytes were never fed.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn forget(&mut self, start: u64, end: u64, source: &dyn Source) -> io::Result<()> {
        let end = end.min(self.store.reached());
        let known = |block: &Block| {
            block.place == Place::Gap && block.offset <= start && block.offset + block.bytes >= end
        };
        if start >= end || self.store.blocks().iter().any(known) {
            return Ok(());
        }
        let blocks = self.store.blocks();
        let mut kept = Vec::with_capacity(blocks.len());
        let mut gap = Some((Block::gap(0, start, end - start), 1));
        for (index, block) in blocks.iter().enumerate() {
            let lines = self.store.block_lines(index);
            let over = match block.place {
                Place::Log | Place::Gap | Place::Damage => block.offset + block.bytes,
                Place::Side(_) | Place::Lost(_) => blocks.get(index + 1).map_or(u64::MAX, |next| next.offset),
            };
            if over <= start {
                kept.push((*block, lines));
                continue;
            }
            if block.offset < start {
                kept.push(before(block, lines, start, source)?);
            }
            // what is kept whole or in part behind the gap comes after it
            if over > end {
                kept.extend(gap.take());
                kept.extend(
                    after(block, lines, end, source)?.filter(|_| block.offset >= start || is_log(block)),
                );
            }
        }
        kept.extend(gap);
        self.store.replace(kept);
        Ok(())
    }
}

fn is_log(block: &Block) -> bool {
    block.place == Place::Log
}

/// The part of a block before the gap; resolved lines are kept whole.
fn before(block: &Block, lines: u64, start: u64, source: &dyn Source) -> io::Result<(Block, u64)> {
    if !is_log(block) {
        return Ok((*block, lines));
    }
    let bytes = start - block.offset;
    let lines = count_lines(source, block.offset, start)?;
    Ok((Block { bytes, closed: true, ..*block }, lines))
}

/// The part of a block behind the gap, if any is left.
fn after(block: &Block, lines: u64, end: u64, source: &dyn Source) -> io::Result<Option<(Block, u64)>> {
    if block.offset >= end || !is_log(block) {
        return Ok(Some((*block, lines)));
    }
    let bytes = block.offset + block.bytes - end;
    let lines = count_lines(source, end, end + bytes)?;
    // colours in force there are not known any more
    Ok((lines > 0).then_some((Block { offset: end, bytes, style: Style::default(), ..*block }, lines)))
}

/// Lines in a stretch of the log; what follows the last line end counts as one.
fn count_lines(source: &dyn Source, start: u64, end: u64) -> io::Result<u64> {
    let mut window = vec![0; WINDOW_BYTES];
    let (mut at, mut lines, mut open) = (start, 0, false);
    while at < end {
        let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(window.len());
        let count = source.read_at(at, window.get_mut(..wanted).unwrap_or_default())?;
        let read = window.get(..count).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        lines += memchr_iter(b'\n', read).count() as u64;
        open = !read.ends_with(b"\n");
        at += count as u64;
    }
    Ok(lines + u64::from(open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{task::Size, transcript::Line};
    use proptest::prelude::*;

    /// A log with a hole, as the holder's cap leaves it.
    struct Holed<'a>(&'a [u8], std::ops::Range<u64>);

    impl Source for Holed<'_> {
        fn length(&self) -> u64 {
            self.0.len() as u64
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            let room = if offset < self.1.start { self.1.start - offset } else { u64::MAX };
            if self.1.contains(&offset) {
                return Ok(0);
            }
            let room = usize::try_from(room).unwrap_or(usize::MAX).min(buffer.len());
            self.0.read_at(offset, &mut buffer[..room])
        }
    }

    fn text(transcript: &Transcript, source: &dyn Source) -> Vec<String> {
        let lines = transcript.lines(0..u64::MAX, source).unwrap();
        assert_eq!(lines.len() as u64, transcript.line_count());
        lines.iter().map(Line::text).collect()
    }

    proptest! {
        #[test]
        fn a_transcript_that_forgets_is_one_that_was_read_anew(
            lengths in proptest::collection::vec(0usize..300, 50..2000),
            cuts in proptest::collection::vec(0.0..0.8f64, 1..4),
            until in 0.05..0.15f64,
        ) {
            let log: Vec<u8> = lengths.iter().flat_map(|length| [vec![b'x'; *length], b"\r\n".to_vec()].concat()).collect();
            let size = Size::new(5, 40);
            let mut kept = Transcript::new(size);
            log.chunks(9000).for_each(|chunk| kept.feed(kept.consumed(), chunk, 0));
            let share = |share: f64| (log.len() as f64 * share) as u64;
            // the first segment stays, the gap behind it grows
            let (start, mut end) = (share(0.05), share(until));
            for cut in cuts {
                end = end.max(share(cut)).min(kept.store.reached());
                if end > start {
                    kept.forget(start, end, &Holed(&log, start..end)).unwrap();
                    kept.forget(start, end, &Holed(&log, start..end)).unwrap();
                }
            }
            prop_assume!(end > start);
            let source = Holed(&log, start..end);
            let mut anew = Transcript::new(size);
            anew.feed(0, &log[..usize::try_from(start).unwrap()], 0);
            anew.feed(end, &log[usize::try_from(end).unwrap()..], 0);
            prop_assert_eq!(text(&kept, &source), text(&anew, &source));
        }
    }
}
