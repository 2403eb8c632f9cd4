//! `mcp`: tasks for agents, over standard input and output. An agent sees and touches the tasks it started here, no others,
//! unless the user grants all. Every call is written to an audit file, what was typed only by its length.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find,
    limits::{MCP_LINE_BYTES_MAX, MCP_LINES_MAX, MCP_STEP_BYTES, MCP_WAIT_MAX},
    print, run, wait,
};
use crate::{
    mcp::{self, Asked, Given},
    protocol::client::{self as wire, Request, Response, StopHow, TaskInfo},
    screen::ProgramState,
    store,
    task::TaskId,
    transcript::Dress,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{self, BufRead, Read, Write},
    os::unix::fs::OpenOptionsExt,
    time::Duration,
};

/// Serve tasks to an agent over the Model Context Protocol (stdio)
///
/// For Claude Code: claude mcp add aside -- aside mcp; for Codex: codex mcp add aside -- aside mcp.
#[derive(clap::Args)]
pub(super) struct Mcp {
    /// Every task of the session, not only those the agent started
    #[arg(long)]
    all_tasks: bool,
}

struct Session<'a> {
    caller: &'a Caller,
    all_tasks: bool,
    own: BTreeSet<TaskId>,
    client: String,
}

impl Mcp {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (own, client) = (BTreeSet::new(), "an agent".to_owned());
        let mut session = Session { caller, all_tasks: self.all_tasks, own, client };
        let mut input = io::stdin().lock();
        loop {
            let mut line = vec![];
            let read = (&mut input).take(MCP_LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(0);
            }
            let said = match mcp::read(&String::from_utf8_lossy(&line), &mut session.client) {
                Asked::Nothing => continue,
                Asked::Answer(answer) => answer,
                Asked::Call { id, tool, arguments } => {
                    let given = session.tool(&tool, &arguments);
                    session.audit(&tool, &arguments, given.as_ref().err().map(ToString::to_string))?;
                    mcp::called(&id, given.map_err(|error| format!("{error:#}")))
                }
            };
            print::text(&format!("{said}\n"))?;
        }
    }
}

impl Session<'_> {
    fn tool(&mut self, tool: &str, arguments: &Value) -> anyhow::Result<Given> {
        match tool {
            "run_task" => self.run(arguments),
            "list_tasks" => self.list(),
            "task_output" => self.output(arguments),
            "task_screen" => self.screen(arguments),
            "send_input" => self.send(arguments),
            "wait_for" => self.wait(arguments),
            "stop_task" => {
                let id = self.task(arguments)?;
                self.request(Request::Stop { ids: vec![id], how: StopHow::Ladder })?;
                Ok(plain(format!("task {id} is being stopped"), json!({ "id": id })))
            }
            "report_result" => self.report(arguments),
            other => Err(exit::wrong(format!("there is no tool {other}"))),
        }
    }

    fn run(&mut self, arguments: &Value) -> anyhow::Result<Given> {
        let command = text(arguments, "command").ok_or_else(|| exit::wrong("command is missing"))?;
        let order = wire::Run {
            argv: vec![command.into_bytes().into()],
            name: text(arguments, "name")
                .map(|name| crate::screen::clean(&name, super::limits::NAME_COLUMNS)),
            cwd: text(arguments, "cwd").map(|cwd| cwd.into_bytes().into()),
            size: None,
            agent: None,
        };
        let task = run::start(self.caller, order)?;
        self.own.insert(task.id);
        Ok(plain(format!("task {} was started", task.id), serde_json::to_value(&task)?))
    }

    fn list(&self) -> anyhow::Result<Given> {
        let tasks: Vec<TaskInfo> =
            find::all(self.caller)?.into_iter().filter(|task| self.may(task.id)).collect();
        let lines = tasks.iter().map(|task| {
            let why = task.why.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
            format!("{} {}{why}: {}", task.id, task.state, crate::screen::clean(&task.name, 120))
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        Ok(plain(text, json!({ "tasks": tasks })))
    }

    fn output(&self, arguments: &Value) -> anyhow::Result<Given> {
        let id = self.task(arguments)?;
        let mut log = store::Lines::of(&self.caller.paths.task(id))?;
        while !log.advance(MCP_STEP_BYTES)? {}
        log.finish();
        let total = log.transcript().line_count();
        let count = arguments.get("count").and_then(Value::as_u64).unwrap_or(100).clamp(1, MCP_LINES_MAX);
        let first = arguments.get("first").and_then(Value::as_u64).map(|first| first.saturating_sub(1));
        let first = first.unwrap_or_else(|| total.saturating_sub(count)).min(total);
        let end = first.saturating_add(count).min(total);
        let mut bytes = vec![];
        log.transcript().export(first..end, Dress::Plain, log.log(), &mut bytes)?;
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let about = json!({ "id": id, "first": first + 1, "lines": end - first, "total": total, "untrusted": true, "text": shown });
        Ok(plain(mcp::untrusted(id.0, &shown), about))
    }

    fn screen(&self, arguments: &Value) -> anyhow::Result<Given> {
        let id = self.task(arguments)?;
        let dir = self.caller.paths.task(id);
        let size = store::find(&dir)?.task.spec.size;
        let (screen, _) = store::replay(&dir, size, None)?;
        let shown = screen.text();
        Ok(plain(mcp::untrusted(id.0, &shown), json!({ "id": id, "untrusted": true, "text": shown })))
    }

    fn send(&self, arguments: &Value) -> anyhow::Result<Given> {
        let id = self.task(arguments)?;
        let keys = arguments.get("keys").and_then(Value::as_array).into_iter().flatten();
        let keys = keys.filter_map(|key| key.as_str().map(str::to_owned)).collect();
        self.request(Request::Send { id, text: text(arguments, "text").unwrap_or_default(), keys })?;
        Ok(plain(format!("typed into task {id}"), json!({ "id": id })))
    }

    fn wait(&self, arguments: &Value) -> anyhow::Result<Given> {
        let id = self.task(arguments)?;
        let seconds = arguments.get("seconds").and_then(Value::as_u64).map(Duration::from_secs);
        let patience = seconds.unwrap_or(MCP_WAIT_MAX).min(MCP_WAIT_MAX);
        // what it came to, or that it runs on: no failure of the tool
        let _late = wait::for_need(self.caller, &[id], patience);
        let task = match self.request(Request::Show(id))? {
            Response::Task(task) => task,
            other => return Err(find::surprise(&other)),
        };
        let why = task.why.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
        Ok(plain(format!("task {id}: {}{why}", task.state), serde_json::to_value(&task)?))
    }

    fn report(&self, arguments: &Value) -> anyhow::Result<Given> {
        let own = std::env::var("ASIDE_TASK").ok().and_then(|id| id.parse::<TaskId>().ok());
        let id =
            own.ok_or_else(|| exit::wrong("this agent is no task of aside, nobody waits for its result"))?;
        let failed = text(arguments, "state").as_deref() == Some("error");
        let state = if failed { ProgramState::Error } else { ProgramState::Done };
        self.request(Request::Report { id, state, message: text(arguments, "message").unwrap_or_default() })?;
        Ok(plain("the user is told".to_owned(), json!({ "id": id })))
    }

    fn may(&self, id: TaskId) -> bool {
        self.all_tasks || self.own.contains(&id)
    }

    /// The task named, if the agent may touch it.
    fn task(&self, arguments: &Value) -> anyhow::Result<TaskId> {
        let number = arguments.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        let id = TaskId(number.ok_or_else(|| exit::wrong("id is missing"))?);
        if !self.may(id) {
            return Err(exit::wrong(format!(
                "task {id} was not started here; aside mcp --all-tasks grants all"
            )));
        }
        if !self.caller.paths.task(id).join("spec.json").exists() {
            return Err(find::none(id));
        }
        Ok(id)
    }

    fn request(&self, request: Request) -> anyhow::Result<Response> {
        self.caller.start()?.request(request)
    }

    /// One line a call: when, who, what; never what is typed.
    fn audit(&self, tool: &str, arguments: &Value, error: Option<String>) -> anyhow::Result<()> {
        let mut arguments = arguments.clone();
        if let Some(typed) = arguments.get_mut("text") {
            *typed = json!({ "characters": typed.as_str().unwrap_or_default().chars().count() });
        }
        let at = jiff::Timestamp::now().to_string();
        let task = std::env::var("ASIDE_TASK").ok();
        let line = json!({ "at": at, "client": self.client, "task": task, "tool": tool, "arguments": arguments, "error": error });
        std::fs::create_dir_all(&self.caller.paths.state)?;
        let path = self.caller.paths.state.join("mcp-audit.jsonl");
        let mut file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(writeln!(file, "{line}")?)
    }
}

fn plain(text: String, structured: Value) -> Given {
    Given { text, structured }
}

fn text(arguments: &Value, name: &str) -> Option<String> {
    arguments.get(name).and_then(Value::as_str).map(str::to_owned)
}
