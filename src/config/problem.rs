//! What is wrong in a file the user wrote, and where. Never fatal: what is right in the file still counts.

use std::{fmt, ops::Range};

/// One thing wrong in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file, as it is named to the user.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, where naming it helps.
    pub column: Option<usize>,
    /// Names the thing and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}

/// Turns places in one file into problems, and keeps them.
pub(crate) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) const fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Something wrong at a line.
    pub(crate) fn line(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, _) = self.place(span);
        self.push(line, None, message.into());
    }

    /// Something wrong at a line and column.
    pub(crate) fn column(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, column) = self.place(span);
        self.push(line, Some(column), message.into());
    }

    /// What stands there, cut to what a message can hold.
    pub(crate) fn quote(&self, span: Range<usize>) -> String {
        let line = self.text.get(span).and_then(|value| value.lines().next()).unwrap_or_default();
        crate::screen::clean(line, 40)
    }

    /// The file is no TOML at all.
    pub(crate) fn syntax(&mut self, error: &toml::de::Error) {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        self.column(error.span().unwrap_or(0..0), message);
    }

    pub(crate) fn into_found(self) -> Vec<Problem> {
        let mut found = self.found;
        found.sort_by_key(|problem| (problem.line, problem.column));
        found
    }

    fn push(&mut self, line: usize, column: Option<usize>, message: String) {
        self.found.push(Problem { file: self.file.to_owned(), line, column, message });
    }

    fn place(&self, span: Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
    }
}
