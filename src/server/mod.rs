//! The server's decisions: `handle` takes one event, changes the session and the viewers, and says what
//! must be done outside. Pure: no files, no sockets, no clock; the driver (`daemon/`) passes `now` in.
//! It only routes: what is true is decided in `session/`, what a client looks at in `viewer/`.

mod agent;
mod complete;
mod display;
mod event;
mod export;
mod front;
mod intent;
mod live;
mod mouse;
mod pane;
mod shell;
mod verb;
mod watch;

pub use event::{
    Aim, ClientId, Counted, Effect, Event, Export, Exported, Filter, Hit, Look, Page, Purpose, Range, Reader,
    TaskEvent, Want,
};
pub use live::result_line;

use crate::{
    config::Config,
    keymap::Keymap,
    limits::{IDLE_LEAVE, SCREEN_OF_VERB},
    protocol::client::{Farewell, Hello, Place, ToClient, ToServer, VERSION},
    session::Session,
    task::TaskId,
    viewer::Viewer,
};
use display::Display;
use front::Front;
use live::Live;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use verb::Verbs;

/// The moment of an event: a clock for intervals and one for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// Monotonic; for intervals and deadlines.
    pub instant: Instant,
    /// Milliseconds since 1970; for records.
    pub ms: u64,
}

/// What the user's files said, read by the driver.
#[derive(Debug)]
pub struct Settings {
    /// `config.toml`.
    pub config: Config,
    /// The keymap it selects, with the user's changes.
    pub keymap: Keymap,
    /// What was wrong in them; shown at attach.
    pub problems: Vec<String>,
    /// Name of the session.
    pub session: String,
    /// Whether a path exists: a line that begins with one is a command, not a word of aside's.
    pub exists: fn(&str) -> bool,
    /// Whether there is such an agent profile and its program is found from a place; else the sentence that says why not.
    pub find_agent: fn(&str, &Place) -> Result<(), String>,
    /// Path of this program.
    pub program: String,
    /// The file of the prompt's history.
    pub history: String,
}

/// Everything the server knows.
#[derive(Debug)]
pub struct Server {
    session: Session,
    settings: Settings,
    screens: BTreeMap<TaskId, Live>,
    viewers: BTreeMap<ClientId, (Viewer, Display)>,
    verbs: Verbs,
    front: Front,
    watch: watch::Watch,
    tails: display::Tails,
    /// Bytes of a task's output when it was last read for a view.
    known: BTreeMap<TaskId, u64>,
    branch: Option<String>,
    idle_since: Option<Instant>,
}

impl Server {
    /// A server for a session as it stands, with nobody attached.
    pub fn new(session: Session, settings: Settings, now: Now) -> Self {
        Self {
            session,
            settings,
            screens: BTreeMap::new(),
            viewers: BTreeMap::new(),
            verbs: Verbs::default(),
            front: Front::new(now.instant),
            watch: watch::Watch::default(),
            tails: display::Tails::default(),
            known: BTreeMap::new(),
            branch: None,
            idle_since: Some(now.instant),
        }
    }

    /// The session, to look at.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Takes one event; everything to be done about it is in `effects`, in order.
    pub fn handle(&mut self, now: Now, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Client(client, message) => self.client(now, client, *message, effects),
            Event::Gone(client) => {
                self.gone(client, effects);
                effects.push(Effect::Close(client));
            }
            Event::Task(id, event) => self.task(now, id, event, effects),
            Event::Lines(page) => self.lines(now, page, effects),
            Event::Completed { client, before, word, candidates } => {
                self.completed(client, &before, word, candidates);
            }
            Event::Exported(export, result) => self.exported(now, export, result, effects),
            Event::Branch(branch) => {
                self.branch = branch;
                self.touch_all();
            }
            Event::Configured(settings) => self.configured(*settings, effects),
            Event::Tick => {}
        }
        self.tick(now, effects);
    }

    /// Takes new settings, and says what is wrong in them, or that they hold from now on.
    fn configured(&mut self, settings: Settings, effects: &mut Vec<Effect>) {
        let history = std::mem::take(&mut self.settings.history);
        self.settings = Settings { history, ..settings };
        let mut words = std::mem::take(&mut self.settings.problems);
        if words.is_empty() {
            words.push("the configuration was read again".into());
        }
        for word in words {
            self.with_session(effects, |session, changes| session.say(word, changes));
        }
    }

    /// When `handle` wants to be called even if nothing happens.
    pub fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let displays = self.viewers.values().filter_map(|(viewer, display)| {
            [display.due(now), viewer.next_deadline()].into_iter().flatten().min()
        });
        let others = [
            self.session.next_deadline(),
            self.front.next_deadline(&self.session, &self.settings.config),
            self.watch.next_deadline(),
            self.verbs.next_deadline(),
            self.idle_since.map(|since| since + IDLE_LEAVE),
            self.clock_tick(now),
        ];
        displays.chain(others.into_iter().flatten()).min()
    }

    fn tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let mut changes = vec![];
        self.session.tick(now.instant, &mut changes);
        self.absorb(changes, effects);
        self.front_tick(now, effects);
        self.watch_tick(now, effects);
        self.viewer_tick(now, effects);
        self.verbs_tick(now, effects);
        let busy =
            !self.viewers.is_empty() || self.session.living().next().is_some() || !self.verbs.is_empty();
        match self.idle_since {
            _ if busy => self.idle_since = None,
            None => self.idle_since = Some(now.instant),
            Some(since) if now.instant >= since + IDLE_LEAVE => self.leave(effects),
            Some(_) => {}
        }
        self.draw(now, effects);
    }

    fn client(&mut self, now: Now, client: ClientId, message: ToServer, effects: &mut Vec<Effect>) {
        match message {
            ToServer::Hello(hello) => self.hello(now, client, hello, effects),
            ToServer::Request { serial, request } => self.request(now, client, serial, request, effects),
            ToServer::Bye => {
                self.gone(client, effects);
                effects.push(Effect::Close(client));
            }
            input => self.input(now, client, input, effects),
        }
    }

    fn hello(&mut self, now: Now, client: ClientId, hello: Hello, effects: &mut Vec<Effect>) {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        effects.push(Effect::Send(
            client,
            ToClient::Hello { version: VERSION, program, pid: std::process::id() },
        ));
        if hello.version > VERSION {
            let text = format!(
                "this aside speaks protocol {}, the running server {VERSION}; aside server stop ends the old server \
                 (its tasks run on), then try again",
                hello.version
            );
            effects.push(Effect::Send(client, ToClient::Bye(Farewell::Refused(text))));
            effects.push(Effect::Close(client));
            return;
        }
        if let Some(viewer) = hello.viewer.clone() {
            self.attach(now, client, viewer, hello, effects);
        } else {
            self.verbs.meet(client, hello.place);
        }
    }

    fn gone(&mut self, client: ClientId, effects: &mut Vec<Effect>) {
        self.verbs.forget(client);
        if self.viewers.remove(&client).is_some() && self.viewers.is_empty() {
            let mut changes = vec![];
            self.session.leave(&mut changes);
            self.absorb(changes, effects);
        }
    }

    /// Passes on what the session asks for, and keeps what follows from it in step.
    fn absorb(&mut self, changes: Vec<crate::session::Effect>, effects: &mut Vec<Effect>) {
        if !changes.is_empty() {
            self.touch_all();
        }
        effects.extend(changes.into_iter().map(Effect::Session));
    }

    /// Calls a method of the session and passes on what it asks for.
    fn with_session<T>(
        &mut self,
        effects: &mut Vec<Effect>,
        change: impl FnOnce(&mut Session, &mut Vec<crate::session::Effect>) -> T,
    ) -> T {
        let mut changes = vec![];
        let result = change(&mut self.session, &mut changes);
        self.absorb(changes, effects);
        result
    }

    /// The size of a new task's terminal: the main view of the client that asks, else a default.
    fn task_size(&self, client: ClientId) -> crate::task::Size {
        let layout = self.session.layout();
        self.viewers
            .get(&client)
            .map_or(SCREEN_OF_VERB, |(viewer, _)| viewer.size_in(layout, crate::session::Pane::Main))
    }

    /// While something with a clock is shown, the second it changes next.
    fn clock_tick(&self, now: Instant) -> Option<Instant> {
        let shown = !self.viewers.is_empty() && self.session.living().next().is_some();
        shown.then(|| now + Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests;
