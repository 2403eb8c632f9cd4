//! Standard output and standard error of verbs. Never panics when nobody reads them.

use super::exit::NobodyReads;
use serde::Serialize;
use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
};

/// Standard output as a file: what is written has been written, without line buffering.
pub(super) fn stdout() -> anyhow::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Prints text as it is.
pub(super) fn text(text: &str) -> anyhow::Result<()> {
    written(stdout()?.write_all(text.as_bytes()))
}

/// Prints a value as one line of JSON, or indented when a person reads it.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let pretty = io::stdout().is_terminal();
    let mut json = if pretty { serde_json::to_string_pretty(value)? } else { serde_json::to_string(value)? };
    json.push('\n');
    text(&json)
}

/// What came of writing to standard output.
pub(super) fn written<T>(result: io::Result<T>) -> anyhow::Result<T> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => NobodyReads.into(),
        _ => anyhow::Error::from(error).context("cannot write the output"),
    })
}

/// Tells the user something went wrong, in one sentence.
pub(super) fn complain(sentence: &str) {
    // there is nowhere else to say it
    let _unread = writeln!(io::stderr(), "aside: {sentence}");
}

/// Whether colours are wanted: a terminal, and no `NO_COLOR` (no-color.org).
pub(super) fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Columns of the terminal that standard output is; none when it is something else.
pub(super) fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
