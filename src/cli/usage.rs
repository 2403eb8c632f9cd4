//! Help, and what is wrong in a call: clap's findings as one sentence.

use super::{Cli, exit, print};
use crate::{nearest::suggestion, screen::clean};
use clap::{
    CommandFactory,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::process::ExitCode;

/// Prints help, or tells what is wrong; the exit code for it.
pub(super) fn tell(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // colours only where they are seen, and a reader that is gone is no error
        let _unread = error.print();
        return ExitCode::SUCCESS;
    }
    print::complain(&clean(&sentence(error), 1000));
    ExitCode::from(exit::WRONG)
}

/// What is wrong, what was probably meant, and where to read on.
pub(super) fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut parts = vec![];
    let mut usage = None;
    for paragraph in text.split("\n\n") {
        let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(what) = words.strip_prefix("error: ") {
            parts.push(what.to_owned());
        } else if words.starts_with("tip: ") {
            parts.extend(words.split("tip: ").map(|tip| tip.trim().to_owned()).filter(|tip| !tip.is_empty()));
        } else if let Some(line) = paragraph.strip_prefix("Usage: ") {
            usage = Some(verb(line));
        }
    }
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word))
            if usage.is_none_or(|usage| usage == "aside") && !word.starts_with('-') =>
        {
            unknown_verb(word)
        }
        _ => {
            parts.extend(usage.map(|usage| format!("see {usage} --help")));
            parts.join("; ")
        }
    }
}

/// A word where a verb should stand.
fn unknown_verb(word: &str) -> String {
    let command = Cli::command();
    let verbs = command.get_subcommands().filter(|verb| !verb.is_hide_set()).map(clap::Command::get_name);
    match suggestion(word, verbs) {
        near if near.is_empty() => {
            format!("unknown verb {word}; aside -- {word} runs it as a command, see aside --help")
        }
        near => format!("unknown verb {word}{near}"),
    }
}

/// The words of a usage line up to its first argument: `aside server stop`.
fn verb(usage: &str) -> &str {
    let end = usage.find(|c: char| !(c.is_ascii_lowercase() || c == ' ' || c == '-'));
    let words = usage.get(..end.unwrap_or(usage.len())).unwrap_or(usage);
    let words = words.split(" -").next().unwrap_or(words).trim_end();
    if words.is_empty() { "aside" } else { words }
}
