//! The server as a process: owns the session's lock, its socket and its files, turns sockets, logs and timers
//! into events, and performs the effects that `server::handle` asks for. Decides nothing.

mod carry;
mod checkpoint;
mod client;
mod complete;
mod effect;
mod environment;
mod export;
mod follow;
mod mark;
mod settings;
mod sieve;
mod start;
mod transcript;

pub use settings::read as read_settings;
pub use start::{Lock, connect, connect_or_start};

use crate::{
    holder::HolderProgram,
    limits::{EVENT_QUEUE, TASK_EVENT_QUEUE},
    server::{self, Event, Now, Server, Settings},
    session::{self, Record, Session},
    store::{self, Journal, Paths, ServerRecord},
    task::TaskId,
};
use anyhow::Context as _;
use client::Clients;
use effect::Performer;
use settings::Stamp;
use std::{
    collections::BTreeSet,
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{net::UnixListener, signal::unix::SignalKind, sync::mpsc};

/// Steps of work between two looks at the sockets: a step of a flood takes some 30 µs, and with tokio's 61 a key waits
/// 2 ms at each of the three times its echo comes by.
const SOCKETS_EVERY: u32 = 2;

/// Serves a session until told to stop or idle for long. Calls `ready` once the socket answers.
///
/// # Errors
/// When the session's files or its socket cannot be used.
pub fn serve(paths: &Paths, lock: &Lock, ready: impl FnOnce()) -> anyhow::Result<()> {
    let program = HolderProgram::find().context("cannot find the holder's program")?;
    start::settle_down(paths)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().event_interval(SOCKETS_EVERY).enable_all().build()?;
    let result = runtime.block_on(async {
        let listener = client::bind(&paths.socket())
            .with_context(|| format!("cannot listen on {}", paths.socket().display()))?;
        let record = ServerRecord {
            pid: std::process::id(),
            socket: paths.socket(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        store::write_durable(&paths.state.join("server.json"), &serde_json::to_vec(&record)?)?;
        let (mut server, mut driver) = Driver::open(paths, program)?;
        ready();
        driver.run(&mut server, &listener).await
    });
    runtime.shutdown_background();
    lock.leave(paths);
    result
}

/// Everything outside the server's decisions.
struct Driver {
    clients: Clients,
    performer: Performer,
    client_events: mpsc::Receiver<Event>,
    task_events: mpsc::Receiver<Event>,
    /// Name of the keymap, and the user's files when they were read.
    configured: (String, Stamp),
}

impl Driver {
    /// Rebuilds the session from its files and follows every living holder.
    fn open(paths: &Paths, program: HolderProgram) -> anyhow::Result<(Server, Self)> {
        let (found, unreadable) = store::scan(&paths.tasks()).context("cannot read the tasks")?;
        let path = paths.state.join("journal.jsonl");
        let (journal, records, damaged) =
            Journal::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut settings = settings::read(paths);
        let configured = stamped(paths, &settings);
        settings.problems.extend(unreadable);
        if damaged > 0 {
            settings.problems.push(format!("journal.jsonl: {damaged} unreadable lines were skipped"));
        }
        let (client_sender, client_events) = mpsc::channel(EVENT_QUEUE);
        let (task_sender, task_events) = mpsc::channel(TASK_EVENT_QUEUE);
        let mut performer =
            Performer::new(paths.clone(), journal, program, task_sender, settings.config.log.clone());
        let living: Vec<_> = found.iter().filter(|found| found.lives).cloned().collect();
        let told: BTreeSet<TaskId> = records.iter().filter_map(Record::told).collect();
        let tasks = found.into_iter().map(|found| with_result(found, &told)).collect();
        let next_id = performer.next_id();
        let place = performer.read_place();
        let mut changes = vec![];
        let session = Session::restore(next_id, tasks, &records, place, &mut changes);
        performer.compact_journal(&records, &session);
        let clients = Clients::new(client_sender);
        for change in changes {
            performer.session(change);
        }
        for found in living {
            performer.adopt(found);
        }
        let server = Server::new(session, settings, now());
        Ok((server, Self { clients, performer, client_events, task_events, configured }))
    }

    /// The user's files read again, if they have changed.
    fn reconfigured(&mut self) -> Option<Event> {
        let paths = self.performer.paths();
        if Stamp::now(paths, &self.configured.0) == self.configured.1 {
            return None;
        }
        let settings = settings::read(paths);
        self.configured = stamped(paths, &settings);
        self.performer.set_log(settings.config.log.clone());
        Some(Event::Configured(Box::new(settings)))
    }

    async fn run(&mut self, server: &mut Server, listener: &UnixListener) -> anyhow::Result<()> {
        let mut children = tokio::signal::unix::signal(SignalKind::child())?;
        let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
        let mut socket_check = tokio::time::interval(start::SOCKET_CHECK);
        let mut effects = vec![];
        loop {
            let deadline = server.next_deadline(now().instant);
            let event = tokio::select! {
                biased;
                _ = terminate.recv() => return Ok(()),
                event = self.client_events.recv() => event,
                event = self.task_events.recv() => event,
                accepted = listener.accept() => {
                    match accepted {
                        Ok((stream, _)) => self.clients.accept(stream),
                        Err(error) => start::accept_failed(&error).await,
                    }
                    match self.reconfigured() {
                        Some(event) => Some(event),
                        None => continue,
                    }
                }
                _ = children.recv() => { effect::reap(); continue }
                _ = socket_check.tick() => {
                    if start::socket_is_gone(self.performer.paths()) {
                        anyhow::bail!("the session's socket was removed");
                    }
                    match self.reconfigured() {
                        Some(event) => Some(event),
                        None => continue,
                    }
                }
                () = until(deadline) => Some(Event::Tick),
            };
            let Some(event) = event else { return Ok(()) };
            server.handle(now(), event, &mut effects);
            for effect in effects.drain(..) {
                if self.performer.perform(effect, &mut self.clients) == effect::Go::Stop {
                    self.clients.close_all().await;
                    return Ok(());
                }
            }
        }
    }
}

/// The keymap settings name, and their files as they are now.
fn stamped(paths: &Paths, settings: &Settings) -> (String, Stamp) {
    let keymap = settings.config.keymap.clone();
    let stamp = Stamp::now(paths, &keymap);
    (keymap, stamp)
}

/// A task found on disk; with its result line if it ended while no server was there to tell.
fn with_result(found: store::Found, told: &BTreeSet<TaskId>) -> session::Found {
    let mut task = found.task;
    if task.outcome.is_some() && !told.contains(&task.spec.id) {
        let screen = store::replay(&found.dir, task.spec.size, None).ok();
        task.result = screen.and_then(|(screen, _)| server::result_line(&screen));
    }
    task
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "the driver is where the clock is read")]
fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { instant: Instant::now(), ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }
}
