//! Lines typed before. Never reads or writes their file: it only knows the file's format.
//!
//! The file is text, a line an entry, oldest first, appended to: a backslash is `\\`, a newline within an
//! entry `\n`. So a crash costs at most the entry being written, and people can read and edit it.

use super::limits::{HISTORY_ENTRIES_MAX, HISTORY_ENTRY_BYTES_MAX};
use std::collections::VecDeque;

/// The lines typed before, and the place reached in going through them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    entries: VecDeque<String>,
    browsing: Option<Browsing>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Browsing {
    /// Index of the entry shown.
    at: usize,
    /// What was being typed when it began; shown again at the end.
    typed: String,
    /// Only entries that begin like this are shown.
    prefix: String,
}

impl History {
    /// Remembers a line that was run, and ends browsing. Returns what to append to the file, if anything:
    /// not a line like the one before, an empty one, one that begins with a blank (the shells' way to keep
    /// a line out of the history), or one over [`HISTORY_ENTRY_BYTES_MAX`].
    pub fn push(&mut self, line: &str) -> Option<String> {
        self.browsing = None;
        let unwanted = line.trim().is_empty()
            || line.starts_with([' ', '\t'])
            || line.len() > HISTORY_ENTRY_BYTES_MAX
            || self.entries.back().is_some_and(|last| last == line);
        if unwanted {
            return None;
        }
        self.keep(line.to_owned());
        Some(encode(line))
    }

    /// The entry before the one shown, of those that begin with `prefix`; `typed` is what stands at the
    /// prompt. The prefix and the text of the first call hold until browsing ends.
    pub fn older(&mut self, typed: &str, prefix: &str) -> Option<&str> {
        let (before, prefix, shown) = match &self.browsing {
            Some(browsing) => (browsing.at, browsing.prefix.clone(), self.entries.get(browsing.at)),
            None => (self.entries.len(), prefix.to_owned(), None),
        };
        let shown = shown.map_or(typed, String::as_str);
        let older = self.entries.iter().enumerate().take(before).rev();
        let at = older.filter(|(_, line)| line.starts_with(&prefix)).find(|(_, line)| *line != shown)?.0;
        match &mut self.browsing {
            Some(browsing) => browsing.at = at,
            None => self.browsing = Some(Browsing { at, typed: typed.to_owned(), prefix }),
        }
        self.entries.get(at).map(String::as_str)
    }

    /// The entry after the one shown; after the last one, what was being typed before browsing began. `None`
    /// when not browsing.
    pub fn newer(&mut self) -> Option<String> {
        let browsing = self.browsing.as_mut()?;
        let shown = self.entries.get(browsing.at);
        let newer = self.entries.iter().enumerate().skip(browsing.at + 1);
        let found = newer
            .filter(|(_, line)| line.starts_with(&browsing.prefix))
            .find(|(_, line)| Some(*line) != shown);
        match found {
            Some((at, line)) => {
                browsing.at = at;
                Some(line.clone())
            }
            None => self.browsing.take().map(|browsing| browsing.typed),
        }
    }

    /// Ends browsing: the line shown is now the line being typed.
    pub fn stop_browsing(&mut self) {
        self.browsing = None;
    }

    /// Whether an entry is shown.
    pub const fn is_browsing(&self) -> bool {
        self.browsing.is_some()
    }

    /// All entries, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().rev().map(String::as_str)
    }

    /// The newest entry that goes on from what is typed, for a suggestion.
    pub fn completion(&self, typed: &str) -> Option<&str> {
        self.newest_first()
            .find(|line| !typed.is_empty() && line.len() > typed.len() && line.starts_with(typed))
    }

    /// The entries of a file, the newest [`HISTORY_ENTRIES_MAX`] of them. Whatever the bytes are, entries
    /// hold no control characters but tab and newline.
    pub fn decode(file: &[u8]) -> Self {
        let mut history = Self::default();
        for line in file.split(|byte| *byte == b'\n') {
            let entry = decode_entry(&String::from_utf8_lossy(line));
            if !entry.trim().is_empty() && history.entries.back() != Some(&entry) {
                history.keep(entry);
            }
        }
        history
    }

    /// The whole file anew, for when it has grown well past the entries kept.
    pub fn encode(&self) -> String {
        self.entries.iter().map(|line| encode(line)).collect()
    }

    fn keep(&mut self, line: String) {
        if self.entries.len() >= HISTORY_ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(line);
    }
}

fn encode(line: &str) -> String {
    line.replace('\\', "\\\\").replace('\n', "\\n") + "\n"
}

fn decode_entry(line: &str) -> String {
    let mut entry = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(next) = chars.next() {
        match next {
            '\\' => match chars.next() {
                Some('n') => entry.push('\n'),
                Some('\\') => entry.push('\\'),
                // not ours: somebody edited the file, and meant what stands there
                Some(other) => entry.extend(['\\', other]),
                None => entry.push('\\'),
            },
            _ if next.is_control() && next != '\t' => {}
            _ => entry.push(next),
        }
    }
    entry.retain(|c| !c.is_control() || matches!(c, '\t' | '\n'));
    entry
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn history(lines: &[&str]) -> History {
        let mut history = History::default();
        for line in lines {
            history.push(line);
        }
        history
    }

    #[test]
    fn going_back_and_forth_ends_where_it_began() {
        let mut history = history(&["one", "two", "three"]);
        assert_eq!(history.newer(), None);
        assert_eq!(history.older("hal", ""), Some("three"));
        assert_eq!(history.older("three", ""), Some("two"));
        assert_eq!(history.older("two", ""), Some("one"));
        assert_eq!(history.older("one", ""), None);
        assert_eq!(history.newer().as_deref(), Some("two"));
        assert_eq!(history.newer().as_deref(), Some("three"));
        assert_eq!(history.newer().as_deref(), Some("hal"));
        assert!(!history.is_browsing());
    }

    #[test]
    fn with_a_prefix_only_lines_that_begin_with_it_come_each_once_in_a_row() {
        let mut history = history(&["git log", "ls", "git diff", "ls -l", "git diff"]);
        assert_eq!(history.older("git", "git"), Some("git diff"));
        assert_eq!(history.older("git diff", "git"), Some("git log"));
        assert_eq!(history.older("git log", "git"), None);
        assert_eq!(history.newer().as_deref(), Some("git diff"));
        history.stop_browsing();
        assert_eq!(history.older("nothing", "nothing"), None);
        assert_eq!(history.completion("git l"), Some("git log"));
        assert_eq!(history.completion("git log"), None);
        assert_eq!(history.completion(""), None);
    }

    #[test]
    fn what_is_not_worth_keeping_is_not_kept() {
        let mut history = history(&["ls"]);
        assert_eq!(history.push("ls"), None);
        assert_eq!(history.push("  "), None);
        assert_eq!(history.push(" secret"), None);
        assert_eq!(history.push(&"x".repeat(HISTORY_ENTRY_BYTES_MAX + 1)), None);
        assert_eq!(history.push("pwd"), Some("pwd\n".to_owned()));
        assert_eq!(history.newest_first().collect::<Vec<_>>(), ["pwd", "ls"]);
    }

    #[test]
    fn only_the_newest_are_kept() {
        let file: String = (0..HISTORY_ENTRIES_MAX + 5).map(|n| format!("echo {n}\n")).collect();
        let mut history = History::decode(file.as_bytes());
        assert_eq!(history.newest_first().count(), HISTORY_ENTRIES_MAX);
        history.push("last");
        assert_eq!(history.newest_first().count(), HISTORY_ENTRIES_MAX);
        assert_eq!(history.newest_first().next(), Some("last"));
    }

    #[test]
    fn the_file_is_readable_and_any_file_is_read() {
        let mut lines = History::default();
        assert_eq!(lines.push("printf 'a\\n'\necho b").as_deref(), Some("printf 'a\\\\n'\\necho b\n"));
        for (file, entries) in [
            (&b""[..], &[][..]),
            (b"ls\n\n\nls\npwd", &["pwd", "ls"]),
            (b"a\\tb\\", &["a\\tb\\"]),
            (b"\x1b[31mred\x07\xff", &["[31mred\u{fffd}"]),
        ] {
            let history = History::decode(file);
            assert_eq!(history.newest_first().collect::<Vec<_>>(), entries, "{file:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_typed_is_read_back(lines in proptest::collection::vec("[a\\\\n\n\t é]{1,12}", 0..8)) {
            let mut typed = History::default();
            let mut file = String::new();
            for line in &lines {
                file.extend(typed.push(line));
            }
            prop_assert_eq!(&History::decode(file.as_bytes()), &typed);
            prop_assert_eq!(&typed.encode(), &file);
        }
    }
}
