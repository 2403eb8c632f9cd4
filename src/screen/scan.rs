//! Finds where an escape sequence ends. Never interprets it.
//!
//! After Paul Williams' state machine (vt100.net/emu/dec_ansi_parser), for UTF-8 streams: no 8-bit controls.

use super::limits::CSI_BYTES_MAX;

pub(super) const ESC: u8 = 0x1b;
const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;

/// What stands at the start of some bytes that begin with ESC.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Scanned<'a> {
    /// The end is not there yet.
    Incomplete,
    /// A control sequence.
    Csi(Csi<'a>),
    /// An escape sequence: intermediates, final byte, whole length.
    Escape(&'a [u8], u8, usize),
    /// A control string begins, of this kind; its introducer takes two bytes.
    StringStart(u8),
    /// A control sequence of this length with other bytes in it.
    Mixed(usize),
    /// A control sequence without end: to be dropped up to its final byte.
    Endless,
    /// So many bytes mean nothing.
    Junk(usize),
}

/// A well-formed control sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Csi<'a> {
    /// All of it.
    pub(super) raw: &'a [u8],
    /// `<`, `=`, `>`, `?`, or 0.
    pub(super) prefix: u8,
    pub(super) params: &'a [u8],
    pub(super) intermediates: &'a [u8],
    pub(super) last: u8,
}

/// Looks at bytes that begin with ESC.
#[inline]
pub(super) fn scan(bytes: &[u8]) -> Scanned<'_> {
    match bytes.get(1) {
        None => Scanned::Incomplete,
        Some(b'[') => scan_csi(bytes),
        Some(kind @ (b']' | b'P' | b'_' | b'^' | b'X' | b'k')) => Scanned::StringStart(*kind),
        Some(0x20..=0x2f) => scan_escape(bytes),
        Some(last @ 0x30..=0x7e) => Scanned::Escape(&[], *last, 2),
        Some(&(CAN | SUB)) => Scanned::Junk(2),
        Some(_) => Scanned::Junk(1),
    }
}

#[inline]
fn scan_csi(bytes: &[u8]) -> Scanned<'_> {
    let Some(body) = bytes.get(2..) else { return Scanned::Incomplete };
    let prefix = match body.first() {
        Some(byte @ 0x3c..=0x3f) => *byte,
        _ => 0,
    };
    let rest = body.get(usize::from(prefix != 0)..).unwrap_or_default();
    let (params, rest) = split_run(rest, |byte| matches!(byte, 0x30..=0x3b));
    let (intermediates, rest) = split_run(rest, |byte| matches!(byte, 0x20..=0x2f));
    let length = bytes.len() - rest.len() + 1;
    match rest.first() {
        _ if length > CSI_BYTES_MAX => Scanned::Endless,
        None => Scanned::Incomplete,
        Some(last @ 0x40..=0x7e) => {
            let raw = bytes.get(..length).unwrap_or_default();
            Scanned::Csi(Csi { raw, prefix, params, intermediates, last: *last })
        }
        Some(_) => scan_mixed(bytes),
    }
}

#[inline]
fn split_run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len());
    bytes.split_at(end)
}

/// A control sequence with controls or other bytes inside: rare.
fn scan_mixed(bytes: &[u8]) -> Scanned<'_> {
    let mut foreign = false;
    for (at, byte) in bytes.iter().enumerate().skip(2) {
        match *byte {
            _ if at >= CSI_BYTES_MAX => return Scanned::Endless,
            ESC => return Scanned::Junk(at),
            CAN | SUB => return Scanned::Junk(at + 1),
            0x40..=0x7e if foreign => return Scanned::Mixed(at + 1),
            0x40..=0x7e => return Scanned::Junk(at + 1),
            0x20..=0x3f => {}
            _ => foreign = true,
        }
    }
    if bytes.len() > CSI_BYTES_MAX { Scanned::Endless } else { Scanned::Incomplete }
}

fn scan_escape(bytes: &[u8]) -> Scanned<'_> {
    let (intermediates, rest) = split_run(bytes.get(1..).unwrap_or_default(), |b| matches!(b, 0x20..=0x2f));
    match rest.first() {
        _ if intermediates.len() > 4 => Scanned::Junk(5),
        None => Scanned::Incomplete,
        Some(last @ 0x30..=0x7e) => Scanned::Escape(intermediates, *last, intermediates.len() + 2),
        Some(_) => Scanned::Junk(intermediates.len() + 1),
    }
}

/// Where an endless control sequence ends in these bytes: how many belong to it, and whether that was all.
pub(super) fn skip_csi(bytes: &[u8]) -> (usize, bool) {
    match bytes.iter().position(|byte| matches!(*byte, ESC | CAN | SUB | 0x40..=0x7e)) {
        None => (bytes.len(), false),
        Some(at) => (at + usize::from(bytes.get(at) != Some(&ESC)), true),
    }
}

/// Where a control string ends in these bytes.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum StringEnd {
    /// Not here.
    None,
    /// At the BEL at this position.
    Bell(usize),
    /// Perhaps at the ESC at this position: the byte behind it decides.
    Escape(usize),
    /// Given up by the control at this position.
    Cancelled(usize),
}

/// Looks for the end of a control string of a kind; BEL ends only OSC (and screen's title).
pub(super) fn string_end(kind: u8, bytes: &[u8]) -> StringEnd {
    let bell = matches!(kind, b']' | b'k');
    let end =
        if bell { memchr::memchr2(ESC, 7, bytes) } else { memchr::memchr(ESC, bytes) }.unwrap_or(bytes.len());
    let (body, _) = bytes.split_at(end);
    match (memchr::memchr2(CAN, SUB, body), bytes.get(end)) {
        (Some(at), _) => StringEnd::Cancelled(at),
        (None, None) => StringEnd::None,
        (None, Some(7)) => StringEnd::Bell(end),
        (None, Some(_)) => StringEnd::Escape(end),
    }
}

/// Bytes at the end that are the start of a UTF-8 character.
#[inline]
pub(super) fn unfinished_char(bytes: &[u8]) -> usize {
    match bytes.last() {
        None | Some(0..0x80) => 0,
        Some(_) => unfinished_tail(bytes),
    }
}

fn unfinished_tail(bytes: &[u8]) -> usize {
    let lead = bytes.iter().rev().take(3).position(|byte| *byte >= 0xc0);
    let tail = lead.and_then(|behind| bytes.get(bytes.len() - behind - 1..)).unwrap_or_default();
    match std::str::from_utf8(tail) {
        Err(error) if error.error_len().is_none() => tail.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_end_where_they_should() {
        let check = |bytes: &[u8], expected: Scanned<'_>| assert_eq!(scan(bytes), expected, "{bytes:?}");
        check(b"\x1b", Scanned::Incomplete);
        check(b"\x1b[1;2", Scanned::Incomplete);
        check(b"\x1b[1\r", Scanned::Incomplete);
        let (params, raw) = (b"1;2".as_slice(), b"\x1b[?1;2$p".as_slice());
        check(
            b"\x1b[?1;2$pX",
            Scanned::Csi(Csi { raw, prefix: b'?', params, intermediates: b"$", last: b'p' }),
        );
        check(b"\x1b[1\r2HX", Scanned::Mixed(6));
        check(b"\x1b[1<HX", Scanned::Junk(5));
        check(b"\x1b[1\x1b[H", Scanned::Junk(3));
        check(b"\x1b[1\x18H", Scanned::Junk(4));
        check(b"\x1b(0x", Scanned::Escape(b"(", b'0', 3));
        check(b"\x1b\xc3\xa9", Scanned::Junk(1));
        check(b"\x1b]0;", Scanned::StringStart(b']'));
        check(&[b"\x1b[".as_slice(), &[b'1'; 5000]].concat(), Scanned::Endless);
        check(&[b"\x1b[".as_slice(), &[b'1'; 5000], b"m"].concat(), Scanned::Endless);
    }

    #[test]
    fn an_unfinished_character_is_held_back_and_nothing_else() {
        let check = |bytes: &[u8], expected: usize| assert_eq!(unfinished_char(bytes), expected, "{bytes:?}");
        check(b"abc", 0);
        check("é".as_bytes(), 0);
        check(b"a\xc3", 1);
        check(b"a\xe2\x82", 2);
        check(b"a\xf0\x9f\x98", 3);
        check("😀".as_bytes(), 0);
        check(b"a\xff", 0);
        check(b"a\xf4\x90", 0);
        check(b"a\xe0\x80", 0);
        check(b"\x80\x80\x80", 0);
    }
}
