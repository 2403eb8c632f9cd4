//! A transcript line as others see it, read from log bytes or from the encoded form. Never holds a character that
//! could act on a terminal.

use super::{
    Style,
    gone::{FOLD, FOLD_ROW, OFFSET},
    token::{Csi, Lexer, Token},
};
use crate::task::text;

/// One logical line: wrapped rows joined, wrapping is done when drawing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// The text in stretches of one style; tabs are spaces. Entries that are not text say in words what they are.
    pub spans: Vec<Span>,
    /// What stands here.
    pub kind: Kind,
    /// Bytes of the line that are not shown because it is too long.
    pub cut_bytes: u64,
}

/// A stretch of text in one style.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// No control character, no bidi control, nothing but characters to be drawn.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

/// What a transcript line is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// Printed text.
    #[default]
    Text,
    /// Bytes that are missing from the log.
    Gap {
        /// How many.
        bytes: u64,
    },
    /// Lines that could not be kept.
    Lost {
        /// How many.
        lines: u64,
    },
    /// A full-screen program's stay on the alternate screen, to be folded open.
    Folded {
        /// The last title it set, cleaned; often empty.
        title: String,
        /// Its last screen.
        screen: Vec<Vec<Span>>,
    },
}

/// How the bytes of lines are to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// As printed.
    Printed,
    /// By `gone.rs`.
    Encoded,
}

impl Line {
    /// The characters of the line.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// A line of our own words.
    fn told(text: String, kind: Kind) -> Self {
        Self { spans: vec![Span { text, style: Style::default() }], kind, cut_bytes: 0 }
    }

    /// Stands for bytes that are not in the log.
    pub(super) fn gap(bytes: u64) -> Self {
        let count = text::count(bytes);
        Self::told(format!("[… {count} bytes dropped by the cap …]"), Kind::Gap { bytes })
    }

    /// Stands for bytes that were printed, but are not in the files.
    pub(super) fn damage(bytes: u64) -> Self {
        let count = text::count(bytes);
        Self::told(format!("[… {count} bytes missing: the log is damaged …]"), Kind::Gap { bytes })
    }

    /// Stands for lines that could not be kept.
    pub(super) fn lost(lines: u64) -> Self {
        let count = text::count(lines);
        Self::told(format!("[… {count} lines not kept: no room for the transcript …]"), Kind::Lost { lines })
    }

    fn folded(title: String, screen: Vec<Vec<Span>>) -> Self {
        let name = if title.is_empty() { String::new() } else { format!(": {title}") };
        Self::told(format!("[full screen{name}, {} rows]", screen.len()), Kind::Folded { title, screen })
    }
}

/// Reads one line; `style` is in force at its start and, after the call, at its end.
pub(super) fn read(bytes: &[u8], form: Form, style: &mut Style) -> Line {
    if form == Form::Printed {
        return Line { spans: spans(bytes, style), ..Line::default() };
    }
    let bytes = without_offset(bytes).0;
    match bytes.split_first() {
        Some((&FOLD, rest)) => {
            let mut parts = rest.split(|byte| *byte == FOLD_ROW);
            let title = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
            Line::folded(title, parts.map(|row| spans(row, &mut Style::default())).collect())
        }
        _ => Line { spans: spans(bytes, style), ..Line::default() },
    }
}

/// Whether a line that begins so is an entry of another kind than text.
pub(super) const fn is_entry(first: u8) -> bool {
    first == FOLD
}

/// An encoded line without its log offset, and that offset.
pub(super) fn without_offset(bytes: &[u8]) -> (&[u8], Option<u64>) {
    let Some(at) = memchr::memrchr(OFFSET, bytes) else { return (bytes, None) };
    let (line, offset) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let digits = offset.iter().filter_map(|byte| char::from(*byte).to_digit(16));
    (line, Some(digits.fold(0, |number, digit| number << 4 | u64::from(digit))))
}

fn spans(bytes: &[u8], style: &mut Style) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let (mut lexer, mut at, mut col) = (Lexer::default(), 0, 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let Some((token, length)) = lexer.next(rest) else {
            if !rest.starts_with(b"\x1b") {
                push_text(&mut spans, rest, *style, &mut col);
            }
            break;
        };
        at += length;
        match token {
            Token::Text(text) => push_text(&mut spans, text, *style, &mut col),
            Token::Control(b'\t') => {
                let blanks = 8 - col % 8;
                let text = span(&mut spans, *style);
                text.extend(std::iter::repeat_n(' ', blanks));
                col += blanks;
            }
            Token::Csi(Csi { marker: 0, intermediate: 0, last: b'm', parameters }) => style.apply(parameters),
            _ => {}
        }
    }
    spans
}

fn push_text(spans: &mut Vec<Span>, bytes: &[u8], style: Style, col: &mut usize) {
    let text = span(spans, style);
    let start = text.len();
    for chunk in bytes.utf8_chunks() {
        if chunk.valid().is_ascii() {
            text.push_str(chunk.valid());
        } else {
            text.extend(chunk.valid().chars().filter(|ch| drawable(*ch)));
        }
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    *col += text.get(start..).map_or(0, crate::screen::width);
}

/// The text of the last span, which is of this style.
fn span(spans: &mut Vec<Span>, style: Style) -> &mut String {
    if spans.last().is_none_or(|last| last.style != style) {
        spans.push(Span { text: String::new(), style });
    }
    &mut spans.last_mut().expect("one was pushed if there was none").text
}

/// Controls act; bidi controls reorder the user's line; the selectors U+E01xx carry attributes inside our cells.
const fn drawable(ch: char) -> bool {
    !matches!(ch,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
