//! `aside ls`: the tasks of a session.

use super::{caller::Caller, exit::Verdict, find, limits::NAME_COLUMNS, print};
use crate::{
    protocol::client::TaskInfo,
    screen::{clean, width},
    task::text,
};
use clap::Args;

/// List the tasks
#[derive(Args)]
pub(super) struct Ls {
    /// As JSON, complete
    #[arg(long)]
    json: bool,
    /// Of every session
    #[arg(long)]
    all: bool,
}

impl Ls {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        if self.all {
            return self.every_session(caller);
        }
        let tasks = find::all(caller)?;
        if self.json {
            print::json(&tasks)?
        } else {
            print::text(&table(&tasks))?
        }
        Ok(0)
    }

    fn every_session(&self, caller: &Caller) -> Verdict {
        let mut sessions = vec![];
        for other in caller.all_sessions() {
            sessions.push((other.paths.session.clone(), find::all(&other)?));
        }
        if self.json {
            print::json(&sessions.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
        } else {
            for (name, tasks) in sessions {
                print::text(&format!("{name}:\n{}", table(&tasks)))?;
            }
        }
        Ok(0)
    }
}

/// A line a task: number, state, time, lines, command.
fn table(tasks: &[TaskInfo]) -> String {
    let room = print::columns().unwrap_or(NAME_COLUMNS).saturating_sub(48).max(20);
    let mut lines = String::new();
    for task in tasks {
        let end = match (task.exit_code, task.signal) {
            (Some(code), _) if code != 0 => format!("{} ({code})", task.state),
            (None, Some(signal)) => format!("{} ({})", task.state, crate::task::signal_name(signal)),
            _ => task.state.clone(),
        };
        let name = clean(&task.name.replace('\n', " "), room);
        let time = text::duration(task.duration_ms);
        let size = text::plural(task.output_lines, "line");
        let pad = 20_usize.saturating_sub(width(&end));
        lines += &format!("{:>4}  {end}{} {time:>8}  {size:>14}  {name}\n", task.id.0, " ".repeat(pad));
    }
    lines
}
