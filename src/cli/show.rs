//! `aside show`: one task.

use super::{caller::Caller, exit::Verdict, find, limits::NAME_COLUMNS, print};
use crate::{
    protocol::client::{Request, Response, TaskInfo},
    screen::clean,
    task::text,
};
use clap::Args;

/// Show one task: state and why, times, exit, where its files are
#[derive(Args)]
pub(super) struct Show {
    /// Its number, or its name if no other has it
    task: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.task)?;
        let task = match caller.ask(&Request::Show(id))? {
            Some(Response::Task(task)) => task,
            Some(other) => return Err(find::surprise(&other)),
            None => return Err(find::none(id)),
        };
        if self.json {
            print::json(&task)?;
        } else {
            print::text(&facts(&task, &caller.paths.task(id).display().to_string()))?;
        }
        Ok(0)
    }
}

fn facts(task: &TaskInfo, files: &str) -> String {
    let mut rows = vec![("task", task.id.to_string()), ("name", task.name.clone())];
    rows.push(("command", task.command.clone()));
    rows.push(("directory", task.cwd.clone()));
    rows.push(("state", task.state.clone()));
    rows.extend(task.why.clone().map(|why| ("why", why)));
    rows.extend(task.exit_code.map(|code| ("exit code", code.to_string())));
    rows.extend(task.signal.map(|signal| ("signal", crate::task::signal_name(signal))));
    rows.extend(task.stopped_by.clone().map(|who| ("stopped by", who)));
    rows.extend(task.pid.map(|pid| ("pid", pid.to_string())));
    rows.push(("time", text::duration(task.duration_ms)));
    rows.push(("children", task.children.to_string()));
    let size = format!("{}, {}", text::plural(task.output_lines, "line"), text::bytes(task.output_bytes));
    rows.push(("output", size));
    rows.push(("files", files.to_owned()));
    let line = |(name, value): (&str, String)| {
        format!("{name:<11} {}\n", clean(&value.replace('\n', " "), NAME_COLUMNS))
    };
    rows.into_iter().map(line).collect()
}
