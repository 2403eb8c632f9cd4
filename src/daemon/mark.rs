//! Where shells say that a prompt begins (OSC 133;A, FinalTerm), searched for in the bytes of a log.

use crate::store::Lines;
use memchr::memmem;
use std::io;

/// What marks a prompt.
const MARK: &[u8] = b"\x1b]133;A";
/// Bytes of a log searched at a time.
const WINDOW_BYTES: usize = 1024 * 1024;

/// The nearest line below or above `from` on which a prompt begins.
pub(super) fn find(lines: &Lines, from: u64, down: bool) -> io::Result<Option<u64>> {
    let (transcript, log) = (lines.transcript(), lines.log());
    let Some(start) = transcript.offsets(from..from + 1, log)?.first().copied() else { return Ok(None) };
    let mut buffer = vec![0; WINDOW_BYTES];
    let mut at = start;
    loop {
        let window = if down { at } else { at.saturating_sub(WINDOW_BYTES as u64 - MARK.len() as u64) };
        let count = log.read_at(window, &mut buffer)?;
        let upto = if down { count } else { count.min(usize::try_from(at - window).unwrap_or(count)) };
        let bytes = buffer.get(..upto).unwrap_or_default();
        let found = if down { memmem::find(bytes, MARK) } else { memmem::rfind(bytes, MARK) };
        match found {
            Some(within) => {
                let offset = window + within as u64;
                // what stands behind the mark: the mark itself may stand at the end of the line before
                let line = transcript.line_at(offset + MARK.len() as u64, log)?;
                if if down { line > from } else { line < from } {
                    return Ok(Some(line));
                }
                at = if down { offset + 1 } else { offset };
            }
            None if down && count > MARK.len() => at = window + (count - MARK.len()) as u64 + 1,
            None if !down && window > 0 => at = (window + MARK.len() as u64).min(at - 1),
            None => return Ok(None),
        }
    }
}
