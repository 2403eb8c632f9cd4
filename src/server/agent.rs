//! What concerns agents: their start at the prompt, what they were granted, what they report. What an agent starts is held to
//! the fence around it.

use super::{ClientId, Effect, Now, Server, verb::Answer};
use crate::{
    agent::Grant,
    log::Octets,
    protocol::client::{Failure, Response},
    screen::ProgramState,
    session::{Moved, Refusal},
    task::TaskId,
};

impl Server {
    /// What a verb asks to run, with the fence around it that stands around the task the verb was called in.
    pub(super) fn fenced(&self, client: ClientId, argv: Vec<Octets>) -> Vec<Octets> {
        let caller = self.verbs.task(client, &self.session, &self.settings.session);
        let Some(grant) = caller.and_then(|task| task.spec.agent.as_ref()) else { return argv };
        grant.wrapper.iter().map(|word| Octets::from(word.as_str())).chain(argv).collect()
    }

    /// A launch was granted in the task's own terminal.
    pub(super) fn granted(
        &mut self,
        client: ClientId,
        (id, grant): (TaskId, Grant),
        background: bool,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        let own =
            self.verbs.task(client, &self.session, &self.settings.session).map(crate::session::Task::id);
        if own != Some(id) {
            let message = format!("only the dialog in task {id} itself can say what it was granted");
            return Err(Failure { code: 1, message });
        }
        self.with_session(effects, |session, changes| session.grant(id, grant, changes)).map_err(failed)?;
        if background && self.session.front() == Some(id) {
            self.background(Moved::Started, effects).map_err(failed)?;
        }
        Ok(Some(Response::Done))
    }

    /// A program says what became of its work.
    pub(super) fn report(
        &mut self,
        id: TaskId,
        state: ProgramState,
        message: &str,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        self.with_session(effects, |session, changes| session.report(id, state, message, changes))
            .map_err(failed)?;
        Ok(Some(Response::Done))
    }

    /// `/agents`: as the verb lists them, in the main view.
    pub(super) fn list_agents(&mut self, now: Now, client: ClientId, effects: &mut Vec<Effect>) {
        let place = self.session.place().cloned().unwrap_or_default();
        let argv = [self.settings.program.as_str(), "agent", "list"].map(Octets::from).to_vec();
        self.order(now, client, argv, "/agents".to_owned(), place, None, effects);
    }

    /// `@name prompt`: the dialog that asks for the permissions is the first thing in the agent's own terminal; it becomes
    /// the agent.
    pub(super) fn start_agent(
        &mut self,
        now: Now,
        client: ClientId,
        (name, prompt): (&str, &str),
        background: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        if background {
            self.allow_background()?;
        }
        let place = self.session.place().cloned().unwrap_or_default();
        let find = self.settings.find_agent;
        find(name, &place).map_err(Refusal)?;
        let mut words = vec![self.settings.program.as_str(), "agent", "launch"];
        words.extend(background.then_some("--background"));
        words.extend([name, "--", prompt]);
        let argv: Vec<Octets> = words.into_iter().map(Octets::from).collect();
        let command = format!("@{name} {prompt}").trim_end().to_owned();
        self.order(now, client, argv, command, place, None, effects);
        Ok(())
    }
}

fn failed(refusal: Refusal) -> Failure {
    Failure { code: 1, message: refusal.0 }
}
