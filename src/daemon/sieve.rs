//! The lines of a transcript that match a pattern, found step by step as it is read: for counts and filters. Keeps
//! numbers only, never text.

use crate::{
    limits::{SEARCH_BYTES_A_STEP, SIEVE_LINES_MAX},
    store::Lines,
    transcript::Pattern,
};
use std::io;

/// What was found so far.
pub(super) struct Sieve {
    words: String,
    /// `None`: the words are no pattern, nothing matches.
    pattern: Option<Pattern>,
    /// Lines kept before and after each that matches.
    context: u64,
    /// Lines kept, rising; those from `settled` on are looked at again, they may still change.
    lines: Vec<u64>,
    settled: usize,
    /// The line to go on from.
    next: u64,
}

impl Sieve {
    pub(super) fn new(words: &str, context: u64) -> Self {
        let pattern = Pattern::new(words).ok();
        Self { words: words.to_owned(), pattern, context, lines: vec![], settled: 0, next: 0 }
    }

    /// Whether it looks for this.
    pub(super) fn is_of(&self, words: &str, context: u64) -> bool {
        self.words == words && self.context == context
    }

    /// Looks a step further; whether all there is was looked at.
    pub(super) fn advance(&mut self, log: &Lines) -> io::Result<bool> {
        self.lines.truncate(self.settled);
        let (Some(pattern), true) = (&self.pattern, self.settled < SIEVE_LINES_MAX) else { return Ok(true) };
        let transcript = log.transcript();
        let (settled, total) = (transcript.settled_count(), transcript.line_count());
        let found = transcript.matches(pattern, self.next, SEARCH_BYTES_A_STEP, log.log())?;
        for line in found.lines {
            let after = self.lines.last().map_or(0, |last| last + 1);
            self.lines
                .extend(after.max(line.saturating_sub(self.context))..=line.saturating_add(self.context));
            if line < settled {
                self.settled = self.lines.len();
            }
        }
        let complete = found.next.is_none();
        self.next = found.next.unwrap_or(total).min(settled);
        Ok(complete)
    }

    /// The lines kept of those before `total`.
    pub(super) fn lines(&self, total: u64) -> &[u64] {
        self.lines.get(..self.lines.partition_point(|line| *line < total)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{OUT, file_name};

    #[test]
    fn matching_lines_are_kept_with_their_context_once_each() {
        let dir = tempfile::tempdir().unwrap();
        let spec = serde_json::json!({
            "id": 1, "argv": ["sh"], "command": "sh", "cwd": "/", "size": { "rows": 6, "cols": 20 },
            "foreground": false, "asked_by": "you", "created_at": 0,
        });
        std::fs::write(dir.path().join("spec.json"), spec.to_string()).unwrap();
        let text: String =
            (0..40).map(|n| format!("{}\r\n", if n % 10 == 3 { "hit" } else { "x" })).collect();
        std::fs::write(dir.path().join(file_name(OUT, 0)), text).unwrap();
        let mut lines = Lines::of(dir.path()).unwrap();
        while !lines.advance(u64::MAX).unwrap() {}
        let total = lines.transcript().line_count();
        let kept = |context| {
            let mut sieve = Sieve::new("hit", context);
            // what may still change is looked at again, and found once
            while !sieve.advance(&lines).unwrap() {}
            assert!(sieve.advance(&lines).unwrap());
            sieve.lines(total).to_vec()
        };
        assert_eq!(kept(0), [3, 13, 23, 33]);
        assert_eq!(kept(1), [2, 3, 4, 12, 13, 14, 22, 23, 24, 32, 33, 34]);
        assert_eq!(kept(20), (0..40).collect::<Vec<_>>());
    }
}
