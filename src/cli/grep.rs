//! `grep`: lines of tasks that match, from their files alone, a bounded piece of a log at a time.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find, limits, print,
};
use crate::{
    protocol::client::TaskInfo,
    screen::clean,
    store,
    task::TaskId,
    transcript::{Dress, Pattern},
};
use anyhow::Context as _;
use serde::Serialize;
use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
};

/// Search what tasks printed
///
/// Prints TASK:LINE:TEXT for every line that matches, of all tasks of the session or of those named. Case matters only
/// if the pattern has a capital. Exit code 0 if something matched, 1 if nothing did.
#[derive(clap::Args)]
pub(super) struct Grep {
    /// Regular expression
    pattern: String,

    /// Numbers or names of tasks
    ids: Vec<String>,

    /// Only tasks that have ended
    #[arg(long, conflicts_with = "running")]
    ended: bool,

    /// Only tasks that have not ended
    #[arg(long)]
    running: bool,

    /// The pattern is no regular expression but the text itself
    #[arg(long, short = 'F')]
    fixed: bool,

    /// Only how many lines match, of each task in which any does
    #[arg(long, short, conflicts_with = "json")]
    count: bool,

    /// As JSON, one object a line: task, line, text
    #[arg(long)]
    json: bool,
}

/// A line that matches.
#[derive(Serialize)]
struct Hit {
    task: u32,
    /// From 1.
    line: u64,
    text: String,
}

impl Grep {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let compile = if self.fixed { Pattern::literal } else { Pattern::new };
        let pattern = compile(&self.pattern).map_err(|error| {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            exit::wrong(format!(
                "{} is no regular expression: {why}; -F searches for the text itself",
                self.pattern
            ))
        })?;
        let tasks = self.tasks(caller)?;
        let colours = print::colours();
        let mut out = BufWriter::new(print::stdout()?);
        let (mut found, mut failed) = (false, false);
        for task in tasks {
            match self.search(caller, task, &pattern, colours, &mut out) {
                Ok(hits) => found |= hits > 0,
                Err(error) if error.is::<exit::NobodyReads>() => return Err(error),
                Err(error) => {
                    failed = true;
                    print::complain(&clean(&format!("{error:#}"), 1000));
                }
            }
        }
        print::written(out.flush())?;
        Ok(if failed { exit::WRONG } else { u8::from(!found) })
    }

    /// The tasks to search, by number.
    fn tasks(&self, caller: &Caller) -> anyhow::Result<Vec<TaskId>> {
        let known = find::all(caller)?;
        let named =
            self.ids.iter().map(|word| find::one_of(word, &known)).collect::<anyhow::Result<Vec<_>>>()?;
        if let Some(id) = named.iter().find(|id| known.iter().all(|task| task.id != **id)) {
            return Err(find::none(*id));
        }
        let wanted = |task: &&TaskInfo| {
            let right_state = match (self.ended, self.running) {
                (true, _) => task.ended_at.is_some(),
                (_, true) => task.ended_at.is_none(),
                (false, false) => true,
            };
            right_state && (named.is_empty() || named.contains(&task.id))
        };
        Ok(known.iter().filter(wanted).map(|task| task.id).collect())
    }

    /// Prints the lines of one task that match; how many there are.
    fn search(
        &self,
        caller: &Caller,
        id: TaskId,
        pattern: &Pattern,
        colours: bool,
        out: &mut BufWriter<File>,
    ) -> anyhow::Result<usize> {
        let unreadable = || format!("cannot read task {id}");
        let mut lines = store::Lines::of(&caller.paths.task(id)).with_context(unreadable)?;
        let (mut from, mut hits) = (0, 0);
        loop {
            let complete = lines.advance(limits::GREP_BYTES).with_context(unreadable)?;
            if complete {
                lines.finish();
            }
            let transcript = lines.transcript();
            let upto = if complete { transcript.line_count() } else { transcript.settled_count() };
            let mut next = Some(from);
            while let Some(start) = next.filter(|start| *start < upto) {
                let found = transcript
                    .matches(pattern, start, limits::GREP_BYTES, lines.log())
                    .with_context(unreadable)?;
                let matching = found.lines.iter().filter(|line| **line < upto);
                for line in matching {
                    hits += 1;
                    if !self.count {
                        let mut text = vec![];
                        transcript.export(*line..line + 1, Dress::Plain, lines.log(), &mut text)?;
                        let text = String::from_utf8_lossy(&text).trim_end_matches('\n').to_owned();
                        print::written(self.print(
                            out,
                            Hit { task: id.0, line: line + 1, text },
                            pattern,
                            colours,
                        ))?;
                    }
                }
                next = found.next;
            }
            if complete {
                break;
            }
            from = upto;
        }
        if self.count && hits > 0 {
            print::written(writeln!(out, "{id}:{hits}"))?;
        }
        Ok(hits)
    }

    fn print(&self, out: &mut BufWriter<File>, hit: Hit, pattern: &Pattern, colours: bool) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, &hit)?;
            return writeln!(out);
        }
        let Hit { task, line, text } = hit;
        if !colours {
            return writeln!(out, "{task}:{line}:{text}");
        }
        write!(out, "\x1b[35m{task}\x1b[m:\x1b[32m{line}\x1b[m:")?;
        let mut at = 0;
        for range in pattern.ranges(&text) {
            let (before, found) = (text.get(at..range.start), text.get(range.clone()));
            write!(out, "{}\x1b[1;31m{}\x1b[m", before.unwrap_or_default(), found.unwrap_or_default())?;
            at = range.end;
        }
        writeln!(out, "{}", text.get(at..).unwrap_or_default())
    }
}
