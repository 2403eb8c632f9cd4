//! Runs of output that only move cells: where they end, where they can be cut, and what pen they leave. Never looks at
//! a byte of plain text on its own.

use crate::screen::scan::{ESC, Scanned, StringEnd, scan, string_end, unfinished_char};

/// What comes next in some output.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Only what may wait, up to here; behind it the start of a sequence or of a character, or nothing.
    Text(usize),
    /// Something else, from here to there.
    Other(usize, usize),
    /// Something else whose end is missing, from here on.
    Open(usize),
}

/// Looks at output from a place between two sequences on.
pub(super) fn classify(bytes: &[u8], from: usize) -> Kind {
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    let mut at = from;
    loop {
        let Some(next) = memchr::memchr3(ESC, 0x0e, 0x0f, rest(at)) else {
            return Kind::Text(bytes.len() - unfinished_char(rest(at)));
        };
        at += next;
        if bytes.get(at) != Some(&ESC) {
            return Kind::Other(at, at + 1);
        }
        match waits(rest(at)) {
            Some(length) => at += length,
            None => return other(bytes, at),
        }
    }
}

/// The length of an SGR or EL at the start of some bytes.
#[inline]
fn waits(bytes: &[u8]) -> Option<usize> {
    let body = bytes.strip_prefix(b"\x1b[")?;
    let params = body.iter().take(64).position(|byte| !matches!(byte, b'0'..=b';'))?;
    matches!(body.get(params)?, b'm' | b'K').then_some(params + 3)
}

fn other(bytes: &[u8], at: usize) -> Kind {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = match scan(rest) {
        Scanned::Incomplete if rest.len() < 64 => return Kind::Text(at),
        Scanned::Incomplete | Scanned::Endless => return Kind::Open(at),
        Scanned::Csi(csi) => csi.raw.len(),
        Scanned::Escape(_, _, length) | Scanned::Mixed(length) | Scanned::Junk(length) => length,
        Scanned::StringStart(kind) => match string_end(kind, rest.get(2..).unwrap_or_default()) {
            StringEnd::Bell(end) | StringEnd::Cancelled(end) => end + 3,
            StringEnd::Escape(end) if rest.get(end + 3) == Some(&b'\\') => end + 4,
            StringEnd::Escape(end) if rest.get(end + 3).is_some() => end + 2,
            StringEnd::None | StringEnd::Escape(_) => return Kind::Open(at),
        },
    };
    Kind::Other(at, at + length)
}

/// Where a run can be cut so that what is left fills more than `rows` rows: behind a CR LF. Something visible must be
/// left too, for REP repeats it.
pub(super) fn cut(run: &[u8], rows: usize) -> Option<usize> {
    let end = memchr::memrchr_iter(b'\n', run)
        .filter(|at| at.checked_sub(1).and_then(|before| run.get(before)) == Some(&b'\r'))
        .nth(rows)?
        + 1;
    let kept = run.get(end..)?;
    (end > kept.len() && kept.iter().any(|byte| matches!(byte, b'!'..=b'~'))).then_some(end)
}

/// The SGRs in force at `cut`: those since the last reset before it.
pub(super) fn pens(run: &[u8], cut: usize) -> Vec<u8> {
    let skipped = run.get(..cut).unwrap_or_default();
    let mut start = 0;
    for at in memchr::memrchr_iter(ESC, skipped) {
        if is_reset(skipped.get(at..).unwrap_or_default()) {
            start = at;
            break;
        }
    }
    let since = skipped.get(start..).unwrap_or_default();
    let mut pens = Vec::new();
    for at in memchr::memchr_iter(ESC, since) {
        let sequence = since.get(at..).unwrap_or_default();
        if let Some(length) = waits(sequence)
            && let Some(sgr) = sequence.get(..length).filter(|sequence| sequence.ends_with(b"m"))
        {
            pens.extend_from_slice(sgr);
        }
    }
    pens
}

fn is_reset(sequence: &[u8]) -> bool {
    [b"\x1b[m".as_slice(), b"\x1b[0m", b"\x1b[0;"].iter().any(|reset| sequence.starts_with(reset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_sgr_and_el_may_wait() {
        let check = |bytes: &[u8], expected: Kind| assert_eq!(classify(bytes, 0), expected, "{bytes:?}");
        check(b"text\r\n\x1b[1;31mred\x1b[K\x08\x07", Kind::Text(21));
        check(b"ab\x1b[", Kind::Text(2));
        check(b"ab\xe2\x82", Kind::Text(2));
        check(b"ab\x1b[6nc", Kind::Other(2, 6));
        check(b"ab\x0ec", Kind::Other(2, 3));
        check(b"ab\x1b]0;x\x07c", Kind::Other(2, 8));
        check(b"ab\x1b]0;x\x1b\\c", Kind::Other(2, 9));
        check(b"ab\x1b]0;x", Kind::Open(2));
        check(b"ab\x1b[?25lc", Kind::Other(2, 8));
    }

    #[test]
    fn a_run_is_cut_where_nothing_before_is_seen() {
        let lines = b"one\r\ntwo\r\nthree\r\nfour\r\nfive";
        assert_eq!(cut(lines, 1).map(|at| &lines[at..]), Some(b"four\r\nfive".as_slice()));
        assert_eq!(cut(lines, 4), None);
        assert_eq!(cut(b"one\ntwo\nthree\nfour\nfive", 1), None);
    }

    #[test]
    fn the_pen_at_a_cut_is_that_of_the_sequences_since_the_last_reset() {
        let run = b"\x1b[41ma\x1b[0;1mb\x1b[31mc\x1b[Kd";
        assert_eq!(pens(run, run.len()), b"\x1b[0;1m\x1b[31m");
    }
}
