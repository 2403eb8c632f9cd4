//! `output`: everything a task printed, from its files alone: no server is needed, and a log of any size takes the same
//! memory. Reflects every byte logged before the call.

mod follow;
mod lines;
mod raw;

use super::{caller::Caller, exit::Verdict, find, print};
use crate::transcript::Dress;
use anyhow::Context as _;
use follow::Follow;
use lines::{Lines, Part, Stretch};
use raw::Raw;
use std::fs::File;

/// Print everything a task printed
///
/// As text, one line for each line of the task, with progress bars and redraws as the screen left them.
#[derive(clap::Args)]
pub(super) struct Output {
    /// Number or name of the task
    id: String,

    /// Text without colours (the default)
    #[arg(long, group = "form")]
    text: bool,

    /// Text with colours and attributes
    #[arg(long, group = "form")]
    ansi: bool,

    /// The bytes as the task wrote them
    #[arg(long, group = "form")]
    raw: bool,

    /// Only the last N lines
    #[arg(long, value_name = "N")]
    tail: Option<u64>,

    /// Only the lines from A to B, counted from 1; either may be left out
    #[arg(long, value_name = "A..B", conflicts_with_all = ["raw", "tail", "follow"])]
    lines: Option<Stretch>,

    /// Go on as it prints, until it has ended
    #[arg(long, short)]
    follow: bool,
}

/// A log as it is printed.
trait Printer {
    /// Prints what the log holds now and was not printed yet. `last`: also what may still change.
    fn advance(&mut self, out: &mut File, last: bool) -> anyhow::Result<()>;
    /// Log offset up to which it has been read.
    fn reached(&self) -> u64;
}

impl Output {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (id, dir) = find::directory(caller, &self.id)?;
        let unreadable = || format!("cannot read task {id}");
        let mut out = print::stdout()?;
        let mut printer: Box<dyn Printer> = if self.raw {
            Box::new(Raw::new(&dir, self.tail).with_context(unreadable)?)
        } else {
            let dress = if self.ansi { Dress::Ansi } else { Dress::Plain };
            let part = self.lines.map_or(Part::Last(self.tail), Part::Stretch);
            Box::new(Lines::new(&dir, dress, part).with_context(unreadable)?)
        };
        if self.follow {
            Follow::new(&dir).follow(printer.as_mut(), &mut out)?;
        } else {
            printer.advance(&mut out, true)?;
        }
        Ok(0)
    }
}
