//! Agents among the tasks: what one was granted, what it reported, and what its end then means. An exit code alone is no
//! result: agents exit with 0 after refusals, errors and interrupts.

use super::{Effect, Record, Refusal, Session, Task};
use crate::{
    agent::{Grant, bullets},
    limits::RESULT_COLUMNS_MAX,
    screen::{ProgramState, clean},
    task::{End, Outcome, State, TaskId},
};
use serde::{Deserialize, Serialize};

/// What a program said became of its work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// `done` or `error`.
    pub state: ProgramState,
    /// Its final message in at most three bullets, cleaned.
    pub bullets: Vec<String>,
}

impl Session {
    /// A launch was granted; only once, so that nobody widens it.
    ///
    /// # Errors
    /// When there is no such task, or it has a grant.
    pub fn grant(&mut self, id: TaskId, grant: Grant, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        if self.require(id)?.spec.agent.is_some() {
            return Err(Refusal(format!("task {id} has its permissions, which are not widened")));
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.spec.agent = Some(Box::new(grant));
            effects.push(Effect::SaveSpec(Box::new(task.spec.clone())));
        }
        Ok(())
    }

    /// A program reports the end of its work, or that it works again; told where the user does not look.
    ///
    /// # Errors
    /// When there is no such task.
    pub fn report(
        &mut self,
        id: TaskId,
        state: ProgramState,
        message: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let task = self.require(id)?;
        let over = matches!(state, ProgramState::Done | ProgramState::Error);
        let report = over.then(|| Report { state, bullets: bullets(message) });
        if task.report == report {
            return Ok(());
        }
        let told = report.as_ref().filter(|_| self.front() != Some(id)).map(|report| {
            let verb = if report.state == ProgramState::Done { "is done" } else { "reports an error" };
            let title = clean(&task.spec.title().replace('\n', " "), RESULT_COLUMNS_MAX);
            let first = format!("● Agent {verb}: \"{title}\" (task {id})");
            [vec![first], report.bullets.iter().map(|line| format!("  • {line}")).collect()].concat()
        });
        self.record(Record::Reported { task: id, report }, effects);
        for line in told.into_iter().flatten() {
            self.say(line, effects);
        }
        Ok(())
    }

    /// What an agent said through its terminal is kept with its end.
    pub(super) fn keep_report(&mut self, id: TaskId, effects: &mut Vec<Effect>) {
        let report = self.task(id).and_then(|task| task.report.clone());
        if let Some(report) = report {
            self.record(Record::Reported { task: id, report: Some(report) }, effects);
        }
    }
}

impl Task {
    /// Takes in the state an agent's terminal report is in (OSC 7501).
    pub(super) fn hear_report(&mut self, state: ProgramState, message: &str) {
        match state {
            ProgramState::Done | ProgramState::Error => {
                let known = self.report.as_ref().is_some_and(|report| report.state == state);
                if self.spec.agent.is_some() && !known {
                    self.report = Some(Report { state, bullets: bullets(message) });
                }
            }
            ProgramState::Working => self.report = None,
            _ => {}
        }
    }

    /// What its end means: an agent that exits with 0 has completed only where it said so.
    pub(super) fn end_state(&self, outcome: &Outcome) -> State {
        let state = outcome.state();
        match (state, &self.spec.agent, self.report.as_ref().map(|report| report.state)) {
            (State::Completed, Some(_), None) => State::Unknown,
            (State::Completed, Some(_), Some(ProgramState::Error)) => State::Failed,
            _ => state,
        }
    }

    /// Why that is so, where an exit code would say something else.
    pub(super) fn end_reason(&self, outcome: &Outcome) -> Option<String> {
        match (self.end_state(outcome), &outcome.end) {
            (State::Unknown, End::Code(0)) => Some("exit 0, but the agent reported no result".to_owned()),
            (State::Failed, End::Code(0)) => Some("exit 0, but the agent reported an error".to_owned()),
            _ => None,
        }
    }
}
