//! `ls`: the tasks of a session, or of all.

use super::{
    caller::Caller,
    exit::Verdict,
    find,
    limits::NAME_COLUMNS,
    print,
    table::{self, Align},
};
use crate::{
    protocol::client::TaskInfo,
    screen::clean,
    task::{signal_name, text},
};
use serde::Serialize;

/// List tasks
#[derive(clap::Args)]
pub(super) struct Ls {
    /// As JSON: an array of tasks
    #[arg(long)]
    json: bool,

    /// Of every session
    #[arg(long)]
    all: bool,
}

/// A task of some session.
#[derive(Serialize)]
struct Row {
    session: String,
    #[serde(flatten)]
    task: TaskInfo,
}

impl Ls {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        if self.all {
            return self.all(caller);
        }
        let tasks = find::all(caller)?;
        if self.json {
            print::json(&tasks)?
        } else {
            print::text(&table(&tasks))?
        }
        Ok(0)
    }

    /// A session that cannot be read is told, and does not hide the others.
    fn all(&self, caller: &Caller) -> Verdict {
        let (mut rows, mut code) = (vec![], 0);
        for caller in caller.all_sessions() {
            let session = caller.paths.session.clone();
            match find::all(&caller) {
                Ok(tasks) => {
                    rows.extend(tasks.into_iter().map(|task| Row { session: session.clone(), task }))
                }
                Err(error) => {
                    print::complain(&clean(&format!("session {session}: {error:#}"), 1000));
                    code = 1;
                }
            }
        }
        if self.json {
            print::json(&rows)?
        } else {
            print::text(&table_of_all(&rows))?
        }
        Ok(code)
    }
}

const HEADER: [(&str, Align); 6] = [
    ("ID", Align::Right),
    ("STATE", Align::Left),
    ("EXIT", Align::Left),
    ("TIME", Align::Right),
    ("LINES", Align::Right),
    ("NAME", Align::Left),
];

fn table(tasks: &[TaskInfo]) -> String {
    let rows: Vec<_> = tasks.iter().map(cells).collect();
    fit(if rows.is_empty() { String::new() } else { table::render(HEADER, &rows) })
}

fn table_of_all(rows: &[Row]) -> String {
    let [id, state, exit, time, lines, name] = HEADER;
    let header = [("SESSION", Align::Left), id, state, exit, time, lines, name];
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let [id, state, exit, time, lines, name] = cells(&row.task);
            [row.session.clone(), id, state, exit, time, lines, name]
        })
        .collect();
    fit(if rows.is_empty() { String::new() } else { table::render(header, &rows) })
}

fn cells(task: &TaskInfo) -> [String; 6] {
    let name = clean(&task.name, NAME_COLUMNS);
    [
        task.id.to_string(),
        if task.foreground { format!("{} (foreground)", task.state) } else { task.state.clone() },
        exit(task),
        text::duration(task.duration_ms),
        text::count(task.output_lines),
        name,
    ]
}

/// `0`, `SIGKILL`, or `-` while it runs and where nobody knows.
pub(super) fn exit(task: &TaskInfo) -> String {
    match (task.exit_code, task.signal) {
        (Some(code), _) => code.to_string(),
        (None, Some(signal)) => signal_name(signal),
        (None, None) => "-".into(),
    }
}

/// On a terminal, lines are cut rather than wrapped.
fn fit(text: String) -> String {
    match print::columns() {
        Some(columns) => text.lines().map(|line| cut(line, columns) + "\n").collect(),
        None => text,
    }
}

fn cut(line: &str, columns: usize) -> String {
    // the first column is right-aligned, and cleaning takes away blanks in front
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let rest = clean(line, columns.saturating_sub(indent.len()));
    indent + &rest
}

#[cfg(test)]
mod tests {
    use super::{super::tests::info, *};
    use crate::task::TaskId;

    #[test]
    fn a_list_is_a_plain_table() {
        assert_eq!(table(&[]), "");
        let running = TaskInfo { foreground: true, output_lines: 1204, ..info(1) };
        let failed = TaskInfo {
            state: "failed".into(),
            exit_code: Some(1),
            ended_at: Some(1),
            name: "npm run \x1b[31mlint".into(),
            ..info(2)
        };
        let killed = TaskInfo {
            id: TaskId(12),
            state: "killed".into(),
            signal: Some(9),
            ended_at: Some(1),
            ..info(3)
        };
        let rows: Vec<_> = [running, failed, killed].iter().map(cells).collect();
        insta::assert_snapshot!(table::render(HEADER, &rows), @r"
        ID  STATE                 EXIT     TIME  LINES  NAME
         1  running (foreground)  -        1.2s  1,204  sleep 1
         2  failed                1        1.2s      0  npm run [31mlint
        12  killed                SIGKILL  1.2s      0  sleep 3
        ");
    }

    #[test]
    fn a_line_that_is_too_long_for_the_terminal_is_cut() {
        assert_eq!(cut(" 1  running  make", 10), " 1  runni…");
        assert_eq!(cut("12  ok", 10), "12  ok");
    }
}
