//! `hook` and `report`: what programs inside a task tell of their work. A hook never fails: the agent that calls it must not
//! be disturbed.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    limits::HOOK_BYTES_MAX,
};
use crate::{protocol::client::Request, screen::ProgramState, task::TaskId};
use serde_json::Value;
use std::io::{self, Read};

/// Take in an agent's hook from standard input (called by the agent)
#[derive(clap::Args)]
pub(super) struct Hook {
    /// Whose hooks: claude
    agent: String,
}

/// Say what became of the work of the program in this task
///
/// `done` with its result, or `error`; `working` takes it back. Told to the user as a notice; shown with the end.
#[derive(clap::Args)]
pub(super) struct Report {
    /// done, error or working
    state: String,

    /// Its final message; bullets in it are shown, else its first sentences
    #[arg(short, long, default_value = "")]
    message: String,
}

impl Hook {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let mut text = vec![];
        io::stdin().take(HOOK_BYTES_MAX).read_to_end(&mut text)?;
        let said = serde_json::from_slice::<Value>(&text).ok().filter(|_| self.agent == "claude");
        if let (Some((state, message)), Some(id)) = (said.as_ref().and_then(meaning), own_task()) {
            // without a server nobody is told now; the agent goes on all the same
            let _unheard = tell(caller, id, state, message);
        }
        Ok(0)
    }
}

impl Report {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let state = match self.state.as_str() {
            "done" => ProgramState::Done,
            "error" => ProgramState::Error,
            "working" => ProgramState::Working,
            other => return Err(exit::wrong(format!("{other} is not one of done, error, working"))),
        };
        let id = own_task()
            .ok_or_else(|| exit::wrong("report is called inside a task (ASIDE_TASK is not set)"))?;
        tell(caller, id, state, self.message)?;
        Ok(0)
    }
}

fn own_task() -> Option<TaskId> {
    std::env::var("ASIDE_TASK").ok()?.parse().ok()
}

fn tell(caller: &Caller, id: TaskId, state: ProgramState, message: String) -> anyhow::Result<()> {
    caller.start()?.request(Request::Report { id, state, message }).map(drop)
}

/// What an event of Claude Code's hooks says of its work. A turn that ends while background work goes on is no end.
fn meaning(event: &Value) -> Option<(ProgramState, String)> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let busy = event.get("background_tasks").and_then(Value::as_array).is_some_and(|tasks| !tasks.is_empty());
    match event.get("hook_event_name")?.as_str()? {
        "Stop" if !busy => Some((ProgramState::Done, text("last_assistant_message"))),
        "StopFailure" => {
            let parts = [text("error"), text("error_details"), text("last_assistant_message")];
            let message: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            Some((ProgramState::Error, message.join(": ")))
        }
        "UserPromptSubmit" | "Stop" => Some((ProgramState::Working, String::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_of_claude_code_is_over_when_nothing_of_it_runs_on() {
        let check = |event: Value, expected: Option<(ProgramState, &str)>| {
            assert_eq!(meaning(&event), expected.map(|(state, text)| (state, text.to_owned())));
        };
        let stop = |tasks: Value| serde_json::json!({"hook_event_name": "Stop", "last_assistant_message": "Fixed.", "background_tasks": tasks});
        check(stop(serde_json::json!([])), Some((ProgramState::Done, "Fixed.")));
        check(stop(serde_json::json!([{"id": "b1"}])), Some((ProgramState::Working, "")));
        check(
            serde_json::json!({"hook_event_name": "StopFailure", "error": "API Error"}),
            Some((ProgramState::Error, "API Error")),
        );
        check(serde_json::json!({"hook_event_name": "SessionEnd"}), None);
        check(serde_json::json!({}), None);
    }
}
