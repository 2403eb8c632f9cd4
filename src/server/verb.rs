//! Requests of verbs: each is answered once, some only when something has come about.

use super::{ClientId, Effect, Now, Server};
use crate::{
    key,
    limits::{SCREEN_OF_VERB, WHO_COLUMNS_MAX},
    log::Octets,
    protocol::client::{Failure, Place, Request, Response, Run, StopHow, TaskInfo, ToClient, Until},
    screen::clean,
    session::{Moved, Order, Refusal, Session, Task},
    task::{End, State, TaskId},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Verbs connected, and those that wait for their answer.
#[derive(Debug, Default)]
pub(super) struct Verbs {
    places: BTreeMap<ClientId, Place>,
    waiting: Vec<Waiting>,
}

/// A request whose answer has to wait.
#[derive(Debug)]
struct Waiting {
    client: ClientId,
    serial: u64,
    what: What,
    deadline: Option<Instant>,
}

/// What has to come about before the answer.
#[derive(Debug)]
enum What {
    /// The task runs, or could not start.
    Start(TaskId),
    /// These have come to this.
    Come(Vec<TaskId>, Until),
    /// Nothing lives any more; then the server leaves.
    Empty,
}

impl Verbs {
    pub(super) fn meet(&mut self, client: ClientId, place: Place) {
        self.places.insert(client, place);
    }

    pub(super) fn forget(&mut self, client: ClientId) {
        self.places.remove(&client);
        self.waiting.retain(|waiting| waiting.client != client);
    }

    /// Who a verb is, where it is told who did something: the task it was called in, if it was in one.
    fn who(&self, client: ClientId, session: &Session, name: &str) -> String {
        match self.task(client, session, name) {
            Some(task) => format!("task {} ({})", task.id(), clean(task.spec.title(), WHO_COLUMNS_MAX)),
            None => THE_COMMAND_LINE.to_owned(),
        }
    }

    /// The task a verb was called in, as its environment says.
    pub(super) fn task<'a>(&self, client: ClientId, session: &'a Session, name: &str) -> Option<&'a Task> {
        let variable = |name| super::shell::variable(self.places.get(&client)?, name);
        let here = variable("ASIDE_SESSION").is_some_and(|session| session == name);
        let id = variable("ASIDE_TASK").filter(|_| here).and_then(|id| id.parse().ok());
        id.and_then(|id| session.task(id))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.iter().filter_map(|waiting| waiting.deadline).min()
    }
}

/// Who a verb is, where it is told who did something.
const THE_COMMAND_LINE: &str = "the command line";

/// An answer now, or `None` when it comes later.
pub(super) type Answer = Result<Option<Response>, Failure>;

impl Server {
    pub(super) fn request(
        &mut self,
        now: Now,
        client: ClientId,
        serial: u64,
        request: Request,
        effects: &mut Vec<Effect>,
    ) {
        let answer = match request {
            Request::Run(run) => self.run(now, client, serial, run, effects),
            Request::List => Ok(Some(Response::Tasks(self.infos(now)))),
            Request::Show(id) => self.info(now, id).map(|info| Some(Response::Task(Box::new(info)))),
            Request::Send { id, text, keys } => self.send(now, id, &text, &keys, effects),
            Request::Wait { ids, until, timeout_ms } => {
                self.wait(now, client, serial, (ids, until), timeout_ms)
            }
            Request::Stop { ids, how } => self.stop(now, client, &ids, &how, effects),
            Request::Remove(ids) => self.remove(&ids, effects),
            Request::Rerun(id) => self.run_again(now, client, serial, id, effects),
            Request::Prune => self.remove(&self.prunable(), effects),
            Request::Prunable => Ok(Some(Response::Removed(self.prunable()))),
            Request::Rename { id, name } => self
                .with_session(effects, |session, changes| session.rename(id, &name, changes))
                .map(|()| Some(Response::Done))
                .map_err(wrong),
            Request::Granted { id, grant, background } => {
                self.granted(client, (id, *grant), background, effects)
            }
            Request::Report { id, state, message } => self.report(id, state, &message, effects),
            Request::Status => Ok(Some(self.status())),
            Request::Shutdown { tasks } => self.shutdown(now, client, serial, tasks, effects),
        };
        if let Some(result) = answer.transpose() {
            effects.push(Effect::Send(client, ToClient::Response { serial, result }));
        }
    }

    fn run(
        &mut self,
        now: Now,
        client: ClientId,
        serial: u64,
        run: Run,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        let mut place = self.verbs.places.get(&client).cloned().unwrap_or_default();
        if let Some(cwd) = run.cwd {
            place.cwd = cwd;
        }
        let words: Vec<Octets> = run.argv.into_iter().map(|word| Octets::from(word.into_vec())).collect();
        let command = match &run.agent {
            Some(grant) => grant.title(),
            None => super::shell::display(&words),
        };
        let argv = match words.as_slice() {
            [] => return Err(Failure { code: 2, message: "no command to run".into() }),
            [line] if run.agent.is_none() && !super::shell::is_program(line) => {
                super::shell::argv(&place, line, None, false)
            }
            _ => words,
        };
        let argv = self.fenced(client, argv);
        let order = Order {
            argv,
            command,
            name: run.name,
            place,
            size: run.size.unwrap_or(SCREEN_OF_VERB),
            background: Some(Moved::Verb),
            who: self.verbs.who(client, &self.session, &self.settings.session),
            agent: run.agent,
        };
        let id = self.with_session(effects, |session, changes| session.order(order, now.ms, changes));
        self.verbs.waiting.push(Waiting { client, serial, what: What::Start(id), deadline: None });
        Ok(None)
    }

    fn run_again(
        &mut self,
        now: Now,
        client: ClientId,
        serial: u64,
        id: TaskId,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        let spec = self.session.require(id).map_err(|_| no_task(id))?.spec.clone();
        let mut place = self.verbs.places.get(&client).cloned().unwrap_or_default();
        place.cwd = serde_bytes::ByteBuf::from(spec.cwd.0);
        let order = Order {
            argv: self.fenced(client, spec.argv),
            command: spec.command,
            name: spec.name,
            place,
            size: spec.size,
            background: Some(Moved::Verb),
            who: self.verbs.who(client, &self.session, &self.settings.session),
            agent: spec.agent,
        };
        let id = self.with_session(effects, |session, changes| session.order(order, now.ms, changes));
        self.verbs.waiting.push(Waiting { client, serial, what: What::Start(id), deadline: None });
        Ok(None)
    }

    fn infos(&self, now: Now) -> Vec<TaskInfo> {
        let front = self.session.front();
        self.session.tasks().map(|task| task.info(front == Some(task.id()), now.ms)).collect()
    }

    fn info(&self, now: Now, id: TaskId) -> Result<TaskInfo, Failure> {
        let front = self.session.front();
        let task = self.session.require(id).map_err(|_| no_task(id))?;
        Ok(task.info(front == Some(id), now.ms))
    }

    fn send(
        &mut self,
        now: Now,
        id: TaskId,
        text: &str,
        keys: &[String],
        effects: &mut Vec<Effect>,
    ) -> Answer {
        let task = self.session.require(id).map_err(|_| no_task(id))?;
        if task.state().ended() {
            let message = format!("task {id} has ended ({}); nothing reads its terminal", task.state());
            return Err(Failure { code: 1, message });
        }
        let encoding = self.encoding(id);
        let mut bytes = text.as_bytes().to_vec();
        for name in keys {
            match key::Word::parse(name).map_err(|e| Failure { code: 2, message: e.to_string() })? {
                key::Word::Key(key) => bytes.extend(key::encode(key, key::Press::Down, &encoding)),
                key::Word::Text(text) => bytes.extend(text.as_bytes()),
            }
        }
        self.stir(now, id);
        effects.push(Effect::Input { task: id, reply: None, bytes });
        Ok(Some(Response::Done))
    }

    fn wait(
        &mut self,
        now: Now,
        client: ClientId,
        serial: u64,
        (ids, until): (Vec<TaskId>, Until),
        timeout_ms: Option<u64>,
    ) -> Answer {
        for &id in &ids {
            self.session.require(id).map_err(|_| no_task(id))?;
        }
        let deadline = timeout_ms.map(|ms| now.instant + Duration::from_millis(ms));
        self.verbs.waiting.push(Waiting { client, serial, what: What::Come(ids, until), deadline });
        Ok(None)
    }

    fn stop(
        &mut self,
        now: Now,
        client: ClientId,
        ids: &[TaskId],
        how: &StopHow,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        let who = self.verbs.who(client, &self.session, &self.settings.session);
        let who = who.as_str();
        for &id in ids {
            self.session.require(id).map_err(|_| no_task(id))?;
            match how {
                StopHow::Ladder => self.stop_task(now, id, who, effects),
                StopHow::Signal(signal) => {
                    self.with_session(effects, |session, changes| session.signal(id, *signal, who, changes))
                }
            }
            .map_err(|refusal| Failure { code: 1, message: refusal.0 })?;
        }
        Ok(Some(Response::Done))
    }

    fn remove(&mut self, ids: &[TaskId], effects: &mut Vec<Effect>) -> Answer {
        for &id in ids {
            self.session.require(id).map_err(|_| no_task(id))?;
        }
        for &id in ids {
            self.with_session(effects, |session, changes| session.remove(id, changes))
                .map_err(|refusal| Failure { code: 1, message: refusal.0 })?;
            self.drop_screen(id);
        }
        Ok(Some(Response::Removed(ids.to_vec())))
    }

    /// Ended tasks whose end was seen and that left nothing running.
    fn prunable(&self) -> Vec<TaskId> {
        let over = |task: &&crate::session::Task| task.state().ended() && task.seen && task.children == 0;
        self.session.tasks().filter(over).map(crate::session::Task::id).collect()
    }

    fn status(&self) -> Response {
        Response::Status {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            session: self.settings.session.clone(),
            clients: u32::try_from(self.viewers.len()).unwrap_or(u32::MAX),
            running: u32::try_from(self.session.living().count()).unwrap_or(u32::MAX),
        }
    }

    fn shutdown(
        &mut self,
        now: Now,
        client: ClientId,
        serial: u64,
        tasks: bool,
        effects: &mut Vec<Effect>,
    ) -> Answer {
        if tasks {
            let who = self.verbs.who(client, &self.session, &self.settings.session);
            let living: Vec<TaskId> = self
                .session
                .tasks()
                .filter(|task| !task.state().ended() || task.children > 0)
                .map(crate::session::Task::id)
                .collect();
            for id in living {
                // A task that ended meanwhile needs no stopping.
                let _ended = self.stop_task(now, id, &who, effects);
            }
            self.verbs.waiting.push(Waiting { client, serial, what: What::Empty, deadline: None });
            return Ok(None);
        }
        let answer = ToClient::Response { serial, result: Ok(Response::Done) };
        effects.push(Effect::Send(client, answer));
        self.leave(effects);
        Ok(None)
    }

    /// A task runs or could not start: tells the verb that asked for it.
    pub(super) fn verb_started(&mut self, now: Now, id: TaskId, effects: &mut Vec<Effect>) {
        let starts = |w: &Waiting| matches!(w.what, What::Start(task) if task == id);
        while let Some(at) = self.verbs.waiting.iter().position(starts) {
            let waiting = self.verbs.waiting.swap_remove(at);
            let failed = self.session.task(id).and_then(|task| match &task.outcome()?.end {
                End::NotStarted(reason) => Some(Failure { code: 127, message: reason.clone() }),
                _ => None,
            });
            let result = match failed {
                Some(failure) => Err(failure),
                None => self.info(now, id).map(|info| Response::Task(Box::new(info))),
            };
            let answer = ToClient::Response { serial: waiting.serial, result };
            effects.push(Effect::Send(waiting.client, answer));
        }
    }

    /// Answers whatever has come about, or waited too long.
    pub(super) fn verbs_tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let mut kept = vec![];
        for waiting in std::mem::take(&mut self.verbs.waiting) {
            let result = match &waiting.what {
                What::Start(_) => None,
                What::Come(ids, until) => self.all_came(now, ids, until),
                What::Empty => self.session.living().next().is_none().then_some(Ok(Response::Done)),
            };
            let late = waiting.deadline.is_some_and(|deadline| deadline <= now.instant);
            let result = result.or_else(|| late.then(|| Err(timed_out(&waiting.what))));
            let Some(result) = result else {
                kept.push(waiting);
                continue;
            };
            let leave = matches!(waiting.what, What::Empty);
            effects.push(Effect::Send(waiting.client, ToClient::Response { serial: waiting.serial, result }));
            if leave {
                self.leave(effects);
            }
        }
        self.verbs.waiting = kept;
        self.watch_awaited(now);
    }

    /// Keeps looking at tasks that somebody waits for to need input.
    fn watch_awaited(&mut self, now: Now) {
        for waiting in &self.verbs.waiting {
            if let What::Come(ids, Until::NeedsInput) = &waiting.what {
                let awaited = ids
                    .iter()
                    .filter(|id| self.session.task(**id).is_some_and(|task| task.state() == State::Running));
                awaited.for_each(|id| self.watch.awaited(*id, now.instant));
            }
        }
    }

    fn all_came(&self, now: Now, ids: &[TaskId], until: &Until) -> Option<Result<Response, Failure>> {
        let over = |id: &TaskId| {
            self.session.task(*id).is_none_or(|task| match task.state() {
                State::NeedsInput => *until == Until::NeedsInput,
                state => state.ended(),
            })
        };
        if !ids.iter().all(over) {
            return None;
        }
        let infos: Result<Vec<_>, _> = ids.iter().map(|&id| self.info(now, id)).collect();
        Some(infos.map(Response::Tasks))
    }
}

fn no_task(id: TaskId) -> Failure {
    Failure { code: 2, message: format!("no task {id}; aside ls lists them") }
}

fn timed_out(what: &What) -> Failure {
    let awaited =
        if matches!(what, What::Come(_, Until::NeedsInput)) { "does not need input" } else { "not ended" };
    Failure { code: 124, message: format!("{awaited} yet when the time was up; it runs on") }
}

fn wrong(refusal: Refusal) -> Failure {
    Failure { code: 2, message: refusal.0 }
}
