//! Makes text that came from a task inert, and measures text. Never keeps anything that could move a cursor,
//! reorder a line or hide in it.
//!
//! Titles, directories, notices, links and result lines all pass [`clean`] before anybody shows them or writes
//! them into a sequence of our own (reliability.md §5, "From task to user").

use super::limits::CLEAN_BYTES_MAX;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text without control characters, bidi controls and invisible characters, line breaks and tabs made
/// spaces, surrounding blanks removed, cut to `columns` (and 1 KiB) with `…` where something is missing.
pub fn clean(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut dropped = false;
    for ch in text.chars().filter_map(inert) {
        if kept.len() + ch.len_utf8() > CLEAN_BYTES_MAX {
            dropped = true;
            break;
        }
        if !kept.is_empty() || ch != ' ' {
            kept.push(ch);
        }
    }
    kept.truncate(kept.trim_end().len());
    if dropped || width(&kept) > columns { cut(&kept, columns) } else { kept }
}

/// The text cut so that with a final `…` it takes at most `columns`.
fn cut(text: &str, columns: usize) -> String {
    let Some(room) = columns.checked_sub(1) else { return String::new() };
    let mut taken = 0;
    let mut kept = String::new();
    for cluster in text.graphemes(true) {
        taken += width(cluster);
        if taken > room {
            break;
        }
        kept.push_str(cluster);
    }
    kept.push('…');
    kept
}

/// What a character becomes: itself, a space, or nothing.
fn inert(ch: char) -> Option<char> {
    match ch {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if ch.is_control() || invisible(ch) => None,
        _ => Some(ch),
    }
}

/// Bidi controls, fillers, joiners, tags and selectors: they change what is read without being seen.
const fn invisible(ch: char) -> bool {
    matches!(ch,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Columns the text takes when drawn: the one width table, the same as the picture's (grapheme by grapheme,
/// control characters take none).
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.len();
    }
    text.graphemes(true).filter(|cluster| !cluster.contains(char::is_control)).map(|c| c.width()).sum()
}

/// Columns one character takes on a task's screen: 0, 1 or 2, as vt100 counts; none for a control character.
pub(super) fn char_width(ch: char) -> Option<u16> {
    match ch.width() {
        Some(0) => Some(0),
        Some(1) => Some(1),
        Some(_) => Some(2),
        None if u32::from(ch) < 256 => None,
        None => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hostile_title_is_one_inert_line() {
        let check = |text: &str, expected: &str| assert_eq!(clean(text, 256), expected);
        check("plain text", "plain text");
        check("a\x1b]0;b\x07c\x1b[31md", "a]0;bc[31md");
        check("one\ntwo\r\n\tthree ", "one two   three");
        check("abc\u{202e}fed\u{2066}x\u{200b}\u{feff}\u{e0041}", "abcfedx");
        check("\u{9b}31m\u{90}x\u{9c}\u{7f}", "31mx");
        check("\u{2063}\u{e0100}\u{e0fff}", "");
        check("naïve 漢字 e\u{301}", "naïve 漢字 e\u{301}");
    }

    #[test]
    fn long_text_is_cut_at_whole_characters_and_says_so() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
        assert_eq!(clean("漢字漢字", 6), "漢字…");
        assert_eq!(clean("ab", 0), "");
        assert!(clean(&"x".repeat(1 << 20), 1 << 20).len() <= CLEAN_BYTES_MAX + 3);
    }

    proptest! {
        #[test]
        fn cleaned_text_holds_no_control_character_and_fits(text in any::<String>(), columns in 0usize..300) {
            let cleaned = clean(&text, columns);
            prop_assert!(!cleaned.contains(|ch: char| ch.is_control() || invisible(ch)));
            prop_assert!(width(&cleaned) <= columns);
            prop_assert_eq!(clean(&cleaned, columns), cleaned);
        }
    }
}
