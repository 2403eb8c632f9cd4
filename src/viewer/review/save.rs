//! A review's text for a file or for another program. Never writes: it says what is wanted.

use super::{Intent, Review};
use crate::server::Reader;

impl Review {
    /// The lines selected, or all, to a file. They stay selected: the file may be refused.
    pub(super) fn save(&mut self, path: String) -> Option<Intent> {
        if path.trim().is_empty() {
            return None;
        }
        let lines = match self.selected() {
            Some(_) if self.filter.is_some() => {
                self.refusal = Some("not a part of filtered lines; y copies it".into());
                return None;
            }
            Some((first, count)) => first..first + count,
            None => 0..u64::MAX,
        };
        Some(Intent::Save { task: self.task, lines, path })
    }

    /// All of it in another program, at the line looked at.
    pub(super) fn open_in(&self, reader: Reader) -> Intent {
        let shown = self.top..self.top + self.rows;
        let found = self.search.as_ref().and_then(|search| search.line).filter(|line| shown.contains(line));
        Intent::Open { task: self.task, line: self.number(found.unwrap_or(self.top)), reader }
    }
}
