//! `output`: everything a task printed, from its files alone: no server is needed, and a log of any size takes the same
//! memory. Reflects every byte logged before the call.

mod cast;
mod follow;
mod lines;
mod raw;

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find, print,
};
use crate::{
    log::{LogReader, When},
    store,
    task::text,
    transcript::Dress,
};
use anyhow::Context as _;
use cast::Cast;
use follow::Follow;
use jiff::{Timestamp, tz::TimeZone};
use lines::{Lines, Part, Stretch};
use raw::Raw;
use std::{fs::File, path::Path};

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

    /// An asciicast v3, with the times and sizes of the log; asciinema plays it
    #[arg(long, group = "form", conflicts_with_all = ["tail", "lines", "follow"])]
    cast: bool,

    /// Only what was printed since: 14:05, "10m ago", "2026-11-26 14:05"
    #[arg(long, value_name = "TIME", conflicts_with_all = ["tail", "lines"])]
    since: Option<When>,

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
        let since = self.since.map(|when| offset(&dir, when)).transpose()?;
        let mut printer: Box<dyn Printer> = if self.cast {
            Box::new(Cast::new(&dir, since.unwrap_or(0)).with_context(unreadable)?)
        } else if self.raw {
            Box::new(Raw::new(&dir, self.tail, since).with_context(unreadable)?)
        } else {
            let dress = if self.ansi { Dress::Ansi } else { Dress::Plain };
            let part = self.lines.map_or(Part::Last(self.tail), Part::Stretch);
            let part = since.map_or(part, Part::Since);
            Box::new(Lines::new(&dir, dress, part).with_context(unreadable)?)
        };
        if self.follow {
            Follow::new(&dir).follow(printer.as_mut(), &mut out)?;
        } else {
            printer.advance(&mut out, true)?;
        }
        let missing = store::missing_bytes(&dir);
        if missing > 0 {
            let missing = text::count(missing);
            print::complain(&format!(
                "the log of task {id} is damaged: {missing} bytes are missing at its end"
            ));
        }
        Ok(0)
    }
}

/// Where the log was at a moment.
fn offset(dir: &Path, when: When) -> anyhow::Result<u64> {
    let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
    let log = LogReader::open(dir)?;
    if log.length() == 0 {
        return Ok(0);
    }
    log.offset_when(when, now_ms, &TimeZone::system())
        .ok_or_else(|| exit::wrong("the log has no times: its index is missing or damaged"))
}
