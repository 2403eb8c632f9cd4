//! Cuts a byte stream into text, control characters and escape sequences. Never interprets one, never keeps
//! bytes: what is incomplete at the end is the caller's to present again with more behind it.
//!
//! The rules are those of the VT500 parser (vt100.net/emu/dec_ansi_parser) with one difference: a control character
//! inside a control sequence ends it instead of acting within it, so that a stray `ESC [` in a binary never
//! swallows a line end.

use super::limits::STRING_BYTES_MAX as STRING_MAX;
use memchr::{memchr, memchr3};

/// The longest control sequence that is understood; real ones are below 100 bytes.
const SEQUENCE_MAX: usize = 256;

/// One unit of a terminal stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    /// Printable characters, at least one byte; ends between characters, may hold invalid UTF-8.
    Text(&'a [u8]),
    /// A control character of C0, or DEL.
    Control(u8),
    /// `ESC intermediate last`; the intermediate is 0 where there is none.
    Escape(u8, u8),
    /// A complete control sequence.
    Csi(Csi<'a>),
    /// The contents of an operating system command.
    Osc(&'a [u8]),
    /// A string nobody reads (DCS, APC, PM, SOS), held back whole; or a sequence that was broken off.
    Ignored(&'a [u8]),
    /// A piece of a string that is too long to be looked at.
    Skipped,
}

/// `CSI marker parameters intermediate last`; marker and intermediate are 0 where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Csi<'a> {
    pub(super) marker: u8,
    pub(super) parameters: &'a [u8],
    pub(super) intermediate: u8,
    pub(super) last: u8,
}

/// The cutter. Its only memory is whether it is within an overlong string.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Lexer {
    skipping: Option<StringKind>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum StringKind {
    /// Ended by BEL too.
    Osc,
    Other,
}

impl Lexer {
    /// The first token of `bytes` and its length, which is at least 1; `None` when more bytes are needed to tell.
    pub(super) fn next<'a>(&mut self, bytes: &'a [u8]) -> Option<(Token<'a>, usize)> {
        if let Some(kind) = self.skipping {
            return self.skip(kind, bytes);
        }
        match *bytes.first()? {
            0x1b => self.escape(bytes),
            control @ (0..0x20 | 0x7f) => Some((Token::Control(control), 1)),
            _ => text(bytes),
        }
    }

    /// Whether what comes next is within an overlong string.
    pub(super) const fn is_skipping(self) -> bool {
        self.skipping.is_some()
    }

    fn escape<'a>(&mut self, bytes: &'a [u8]) -> Option<(Token<'a>, usize)> {
        match *bytes.get(1)? {
            b'[' => csi(bytes),
            b']' => self.string(StringKind::Osc, bytes),
            b'P' | b'_' | b'^' | b'X' => self.string(StringKind::Other, bytes),
            intermediate @ 0x20..=0x2f => {
                let rest = bytes.get(2..)?;
                let more = rest.iter().take(SEQUENCE_MAX).take_while(|byte| (0x20..0x30).contains(*byte));
                let at = more.count() + 2;
                match *bytes.get(at)? {
                    last @ 0x30..=0x7e => Some((Token::Escape(intermediate, last), at + 1)),
                    _ => Some((Token::Ignored(&[]), at)),
                }
            }
            last @ 0x30..=0x7e => Some((Token::Escape(0, last), 2)),
            _ => Some((Token::Ignored(&[]), 1)),
        }
    }

    fn string<'a>(&mut self, kind: StringKind, bytes: &'a [u8]) -> Option<(Token<'a>, usize)> {
        let window = bytes.get(2..)?;
        let window = window.get(..STRING_MAX).unwrap_or(window);
        let Some(end) = string_end(kind, window) else {
            if window.len() < STRING_MAX {
                return None;
            }
            self.skipping = Some(kind);
            return Some((Token::Skipped, 2 + STRING_MAX));
        };
        let length = 2 + end + terminator(bytes.get(2 + end..)?)?;
        let contents = window.get(..end)?;
        let token = if kind == StringKind::Osc { Token::Osc(contents) } else { Token::Ignored(contents) };
        Some((token, length))
    }

    fn skip<'a>(&mut self, kind: StringKind, bytes: &'a [u8]) -> Option<(Token<'a>, usize)> {
        match string_end(kind, bytes) {
            None if bytes.is_empty() => None,
            None => Some((Token::Skipped, bytes.len())),
            Some(0) => {
                let length = terminator(bytes)?;
                self.skipping = None;
                // an ESC that begins something else is not part of the string
                if length == 0 { self.next(bytes) } else { Some((Token::Skipped, length)) }
            }
            Some(end) => Some((Token::Skipped, end)),
        }
    }
}

/// Where the first byte stands that ends such a string.
fn string_end(kind: StringKind, bytes: &[u8]) -> Option<usize> {
    let end = memchr3(0x1b, 0x18, 0x1a, bytes);
    if kind == StringKind::Other {
        return end;
    }
    memchr(7, bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes)).or(end)
}

/// Length of the terminator at the front: `ESC \` two, BEL, CAN and SUB one, another sequence's ESC none.
fn terminator(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [0x1b] | [] => None,
        [0x1b, b'\\', ..] => Some(2),
        [0x1b, ..] => Some(0),
        _ => Some(1),
    }
}

fn csi(bytes: &[u8]) -> Option<(Token<'_>, usize)> {
    let body = bytes.get(2..)?;
    let (marker, start) = match body.first()? {
        marker @ b'<'..=b'?' => (*marker, 3),
        _ => (0, 2),
    };
    let mut parameters_end = start;
    let mut intermediate = 0;
    for (at, byte) in bytes.iter().enumerate().skip(start).take(SEQUENCE_MAX) {
        match *byte {
            0x30..=0x3f => parameters_end = at + 1,
            byte @ 0x20..=0x2f => intermediate = byte,
            last @ 0x40..=0x7e => {
                let parameters = bytes.get(start..parameters_end)?;
                return Some((Token::Csi(Csi { marker, parameters, intermediate, last }), at + 1));
            }
            0x18 | 0x1a => return Some((Token::Ignored(&[]), at + 1)),
            _ => return Some((Token::Ignored(&[]), at)),
        }
    }
    (bytes.len() >= start + SEQUENCE_MAX).then_some((Token::Ignored(&[]), start + SEQUENCE_MAX))
}

fn text(bytes: &[u8]) -> Option<(Token<'_>, usize)> {
    let mut end = text_end(bytes);
    if end == bytes.len() {
        end -= incomplete(bytes);
    }
    bytes.get(..end).filter(|text| !text.is_empty()).map(|text| (Token::Text(text), end))
}

/// Length of the run of bytes at the front that are not control characters.
pub(super) fn text_end(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut end = 0;
    for word in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        // a byte below 0x20 borrows; DEL becomes zero and borrows ("Bit Twiddling Hacks", hasless)
        let low = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let del = (word ^ (ONES * 0x7f)).wrapping_sub(ONES) & !(word ^ (ONES * 0x7f)) & HIGH;
        let found = low | del;
        if found != 0 {
            return end + found.trailing_zeros() as usize / 8;
        }
        end += 8;
    }
    let rest = bytes.get(end..).unwrap_or_default();
    end + rest.iter().take_while(|byte| **byte >= 0x20 && **byte != 0x7f).count()
}

/// Number of bytes at the end that begin a UTF-8 character but do not complete it.
pub(super) fn incomplete(bytes: &[u8]) -> usize {
    let from_end = bytes.iter().rev().take(3);
    for (at, byte) in from_end.enumerate() {
        let needed = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        return if needed > at + 1 { at + 1 } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All tokens as text, one per line, neighbouring text joined.
    fn cut(chunks: &[&[u8]]) -> Vec<String> {
        let (mut lexer, mut held, mut tokens) = (Lexer::default(), Vec::new(), Vec::<String>::new());
        let mut text = false;
        for chunk in chunks {
            held.extend_from_slice(chunk);
            while let Some((token, length)) = lexer.next(&held) {
                let shown = match token {
                    Token::Text(text) => format!("{}", text.escape_ascii()),
                    other => format!("{other:?}"),
                };
                match tokens.last_mut() {
                    Some(last) if matches!(token, Token::Text(_)) && text => last.push_str(&shown),
                    Some(last) if token == Token::Skipped && last == "Skipped" => {}
                    _ => tokens.push(shown),
                }
                text = matches!(token, Token::Text(_));
                held.drain(..length);
            }
        }
        tokens
    }

    #[test]
    fn text_controls_and_sequences_are_told_apart() {
        let csi = |marker, parameters, intermediate, last| {
            Token::Csi(Csi { marker, parameters, intermediate, last })
        };
        let check = |bytes: &[u8], token: Token<'_>, length: usize| {
            assert_eq!(
                Lexer::default().next(bytes),
                Some((token, length)),
                "{:?}",
                bytes.escape_ascii().to_string()
            );
        };
        check(b"abc\r", Token::Text(b"abc"), 3);
        check(b"\r\n", Token::Control(b'\r'), 1);
        check(b"\x1b[1;31mx", csi(0, b"1;31", 0, b'm'), 7);
        check(b"\x1b[?25lx", csi(b'?', b"25", 0, b'l'), 6);
        check(b"\x1b[2 qx", csi(0, b"2", b' ', b'q'), 5);
        check(b"\x1b(Bx", Token::Escape(b'(', b'B'), 3);
        check(b"\x1b7x", Token::Escape(0, b'7'), 2);
        check(b"\x1b]0;t\x07x", Token::Osc(b"0;t"), 6);
        check(b"\x1b]0;t\x1b\\x", Token::Osc(b"0;t"), 7);
        check(b"\x1bPq#0\x1b\\x", Token::Ignored(b"q#0"), 7);
        check(b"\x1b[12\nx", Token::Ignored(b""), 4);
        check(b"\x1b\x1b[m", Token::Ignored(b""), 1);
        check(&[0xff, 0xe2, 0x82, b'\n'], Token::Text(&[0xff, 0xe2, 0x82]), 3);
        for incomplete in
            [&b"\x1b"[..], b"\x1b[", b"\x1b[1;", b"\x1b]0;t", b"\x1b]0;t\x1b", b"\x1b(", &[0xe2, 0x82]]
        {
            assert_eq!(Lexer::default().next(incomplete), None);
        }
    }

    #[test]
    fn an_endless_string_is_skipped_without_being_kept() {
        let long = [b"a\x1b]52;c;".as_slice(), &[b'x'; 3 * STRING_MAX], b"\x07b\x1b[m"].concat();
        let tokens = cut(&[&long]);
        assert_eq!(tokens.first().map(String::as_str), Some("a"));
        assert_eq!(tokens.get(1).map(String::as_str), Some("Skipped"));
        assert_eq!(tokens.len(), 4, "{tokens:?}");
    }

    proptest! {
        #[test]
        fn the_end_of_text_is_the_first_control_character(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let slow = bytes.iter().take_while(|byte| **byte >= 0x20 && **byte != 0x7f).count();
            prop_assert_eq!(text_end(&bytes), slow);
        }

        #[test]
        fn cutting_does_not_depend_on_the_chunks(
            pieces in proptest::collection::vec("[a\u{e9}\u{6f22}\r\n]{0,3}|\x1b|\x1b\\[|\x1b\\]|[0-9;]{1,3}|[mK\\\\\x07\x18]", 0..40),
            size in 1usize..7,
        ) {
            let bytes = pieces.concat().into_bytes();
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(cut(&chunks), cut(&[&bytes]));
        }
    }
}
