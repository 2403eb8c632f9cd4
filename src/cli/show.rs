//! `show`: everything known of one task.

use super::{caller::Caller, exit::Verdict, find, limits::NAME_COLUMNS, ls, print};
use crate::{
    protocol::client::{Request, Response, TaskInfo},
    screen::clean,
    task::text,
};
use jiff::{Timestamp, tz::TimeZone};
use std::path::Path;

/// Show everything known of a task
#[derive(clap::Args)]
pub(super) struct Show {
    /// Number or name of the task
    id: String,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let id = find::task(caller, &self.id)?;
        let task = match caller.ask(&Request::Show(id))?.ok_or_else(|| find::none(id))? {
            Response::Task(task) => *task,
            other => return Err(find::surprise(&other)),
        };
        if self.json {
            print::json(&task)?;
        } else {
            print::text(&describe(&task, &caller.paths.task(id), &TimeZone::system()))?;
        }
        Ok(0)
    }
}

fn describe(task: &TaskInfo, dir: &Path, zone: &TimeZone) -> String {
    let inert = |text: &str| clean(text, NAME_COLUMNS);
    let mut lines = vec![("task", task.id.to_string())];
    let mut line = |name, value| lines.push((name, value));
    if task.name != task.command {
        line("name", inert(&task.name));
    }
    line("command", inert(&task.command));
    line("directory", inert(&task.cwd));
    let foreground = if task.foreground { ", in the foreground" } else { "" };
    if let Some(grant) = &task.agent {
        line("agent", inert(&grant.words()));
        line("prompt", inert(&grant.prompt));
    }
    line("state", format!("{}{foreground}", task.state));
    if let Some(why) = &task.why {
        line("why", inert(why));
    }
    if task.ended_at.is_some() {
        line("exit", ls::exit(task));
    }
    if let Some(who) = &task.stopped_by {
        line("stopped by", inert(who));
    }
    if let Some(pid) = task.pid {
        line("pid", pid.to_string());
    }
    if task.children > 0 {
        line("children", format!("{} still running", task.children));
    }
    line("started", time(task.started_at, zone));
    if let Some(ended) = task.ended_at {
        line("ended", time(ended, zone));
    }
    line("took", text::duration(task.duration_ms));
    line(
        "output",
        format!("{}, {}", text::plural(task.output_lines, "line"), text::bytes(task.output_bytes)),
    );
    line("files", clean(&dir.to_string_lossy(), 4096));
    lines.iter().map(|(name, value)| format!("{name:<10}  {value}\n")).collect()
}

/// Local date and time of milliseconds since 1970.
fn time(ms: u64, zone: &TimeZone) -> String {
    let stamp =
        i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    stamp.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::info, *};

    #[test]
    fn a_task_is_described_line_by_line() {
        let task = TaskInfo {
            name: "li\u{202e}nt".into(),
            state: "stopped".into(),
            signal: Some(15),
            stopped_by: Some("you".into()),
            ended_at: Some(1_700_000_003_000),
            why: Some("by you".into()),
            pid: None,
            output_bytes: 2048,
            ..info(3)
        };
        insta::assert_snapshot!(describe(&task, Path::new("/s/tasks/3"), &TimeZone::UTC), @r"
        task        3
        name        lint
        command     sleep 3
        directory   /work
        state       stopped
        why         by you
        exit        SIGTERM
        stopped by  you
        started     2023-11-14 22:13:20
        ended       2023-11-14 22:13:23
        took        1.2s
        output      0 lines, 2.0 KiB
        files       /s/tasks/3
        ");
    }
}
