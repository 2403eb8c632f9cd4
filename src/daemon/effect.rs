//! Performs what the server asks for. Everything that could wait does so in a task or thread of its own.

use super::{
    carry,
    checkpoint::{Checkpoint, Checkpoints},
    client::Clients,
    complete, environment, export,
    follow::{self, Command},
    transcript::Transcripts,
};
use crate::{
    config,
    holder::{self, HolderProgram, Launch},
    limits::{COMMAND_QUEUE, JOURNAL_RECORDS_MAX, START_DEADLINE},
    log::Octets,
    protocol::{client::Place, holder as wire},
    server::{Effect, Event, TaskEvent},
    session::{self, Session, Target},
    store::{self, Journal, Paths},
    task::{Spec, TaskId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc;

/// Whether the server goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Go {
    On,
    Stop,
}

/// Hands on the server's effects.
pub(super) struct Performer {
    paths: Paths,
    journal: Journal,
    program: Arc<HolderProgram>,
    events: mpsc::Sender<Event>,
    commands: BTreeMap<TaskId, mpsc::Sender<Command>>,
    transcripts: Transcripts,
    checkpoints: Checkpoints,
    log: config::Log,
}

impl Performer {
    pub(super) fn new(
        paths: Paths,
        journal: Journal,
        program: HolderProgram,
        events: mpsc::Sender<Event>,
        log: config::Log,
    ) -> Self {
        let transcripts = Transcripts::start(paths.clone(), events.clone());
        let program = Arc::new(program);
        let checkpoints = Checkpoints::start();
        Self { paths, journal, program, events, commands: BTreeMap::new(), transcripts, checkpoints, log }
    }

    /// Tasks started from now on keep their output so.
    pub(super) fn set_log(&mut self, log: config::Log) {
        self.log = log;
    }

    pub(super) const fn paths(&self) -> &Paths {
        &self.paths
    }

    pub(super) fn perform(&mut self, effect: Effect, clients: &mut Clients) -> Go {
        match effect {
            Effect::Session(change) => self.session(change),
            Effect::Send(client, message) => clients.send(client, &message),
            Effect::Close(client) => clients.close(client),
            Effect::Input { task, reply, bytes } => self.command(task, Command::Input { reply, bytes }),
            Effect::Resize(task, size) => self.command(task, Command::Resize(size)),
            Effect::Probe(task) => self.command(task, Command::Probe),
            Effect::Checkpoint { task, offset, said, bytes } => {
                let dir = self.paths.task(task);
                self.checkpoints.keep(Checkpoint { task, dir, offset, said, screen: bytes });
            }
            Effect::Read(want) => self.transcripts.read(want),
            Effect::Complete { client, before, word, place } => {
                let events = self.events.clone();
                tokio::task::spawn_blocking(move || {
                    let candidates = complete::candidates(&word, &place);
                    // The server may be ending.
                    let _ending = events.blocking_send(Event::Completed { client, before, word, candidates });
                });
            }
            Effect::Export(export) => export::begin(&self.paths, export, self.events.clone()),
            Effect::FindBranch(cwd) => self.find_branch(cwd),
            Effect::SaveHistory(line) => self.save_history(&line),
            Effect::Stop => return Go::Stop,
        }
        Go::On
    }

    pub(super) fn session(&mut self, change: session::Effect) {
        match change {
            session::Effect::Journal(record) => {
                let durable = matches!(record, session::Record::Ended { .. });
                if let Err(error) = self.journal.append(&[record], durable) {
                    tracing::error!(%error, "journal not written");
                }
            }
            session::Effect::Spawn { spec, place } => self.spawn(*spec, &place),
            session::Effect::Signal { task, target, signal, who } => {
                let target = match target {
                    Target::Foreground => wire::Target::Foreground,
                    Target::Tree => wire::Target::Tree,
                };
                let number = u8::try_from(signal).unwrap_or_default();
                self.command(task, Command::Signal { target, number, who });
            }
            session::Effect::SaveSpec(spec) => self.save_spec(&spec),
            session::Effect::Remove(task) => self.remove(task),
            session::Effect::SavePlace(place) => self.save_place(&place),
        }
    }

    /// Follows a task whose holder was found alive.
    pub(super) fn adopt(&mut self, found: store::Found) {
        let id = found.task.spec.id;
        let task = self.follow_task(id);
        let (sender, commands) = mpsc::channel(COMMAND_QUEUE);
        self.commands.insert(id, sender);
        let events = self.events.clone();
        tokio::spawn(async move {
            let (dir, size) = (found.dir.clone(), found.task.spec.size);
            let replayed = tokio::task::spawn_blocking(move || store::replay_with_lines(&dir, size)).await;
            let (screen, said, offset, lines) = match replayed {
                Ok(Ok(seen)) => (seen.screen, seen.said, seen.offset, seen.lines),
                _ => (crate::screen::Screen::new(size), session::Said::new(), 0, 0),
            };
            let adopted =
                TaskEvent::Adopted { screen: Box::new(screen), said: Box::new(said), offset, lines };
            if events.send(Event::Task(id, adopted)).await.is_ok() {
                follow::follow(task, offset, events, commands).await;
            }
        });
    }

    fn follow_task(&self, id: TaskId) -> follow::Task {
        follow::Task { id, dir: self.paths.task(id), carry: self.paths.carry(id) }
    }

    fn command(&mut self, task: TaskId, command: Command) {
        let Some(queue) = self.commands.get(&task) else { return };
        match queue.try_send(command) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                tracing::warn!(task = task.0, "command dropped: the holder does not take any");
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                self.commands.remove(&task);
            }
        }
    }

    /// Writes the order and starts the holder; what goes wrong is the task's end.
    fn spawn(&mut self, spec: Spec, place: &Place) {
        let id = spec.id;
        let task = self.follow_task(id);
        let (sender, commands) = mpsc::channel(COMMAND_QUEUE);
        self.commands.insert(id, sender);
        let events = self.events.clone();
        let launch = match self.prepare(&spec, place) {
            Ok(launch) => launch,
            Err(error) => {
                let reason = format!("cannot start: {}: {error}", task.dir.display());
                tokio::spawn(async move { fail(&task, &events, &reason).await });
                return;
            }
        };
        let program = Arc::clone(&self.program);
        tokio::spawn(async move {
            let spawn = move || holder::spawn(&program, &launch, START_DEADLINE);
            let launched = tokio::task::spawn_blocking(spawn).await;
            let reason = match launched {
                Ok(Ok(spawned)) => {
                    let started_at = super::now().ms;
                    let started = TaskEvent::Started { pid: spawned.program, started_at };
                    if events.send(Event::Task(id, started)).await.is_ok() {
                        follow::follow(task, 0, events, commands).await;
                    }
                    return;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => format!("cannot start: {error}"),
            };
            fail(&task, &events, &reason).await;
        });
    }

    fn prepare(&self, spec: &Spec, place: &Place) -> io::Result<Launch> {
        let dir = self.paths.task(spec.id);
        std::fs::write(self.paths.state.join("next-id"), (spec.id.0 + 1).to_string())?;
        std::fs::create_dir(&dir)?;
        std::fs::write(dir.join("spec.json"), serde_json::to_vec(spec)?)?;
        let mut environment = environment::of_task(place, spec.id, &self.paths.session);
        if spec.foreground {
            let carry = self.paths.carry(spec.id);
            std::fs::write(&carry, b"")?;
            let mut entry = b"ASIDE_CARRY=".to_vec();
            entry.extend_from_slice(carry.as_os_str().as_encoded_bytes());
            environment.push(Octets(entry));
        }
        Ok(Launch {
            task_dir: Octets::from(dir.into_os_string()),
            argv: spec.argv.clone(),
            environment,
            cwd: spec.cwd.clone(),
            umask: place.umask,
            size: spec.size,
            cap: cap(&self.log),
        })
    }

    fn remove(&mut self, id: TaskId) {
        self.commands.remove(&id);
        self.transcripts.forget(id);
        let dir = self.paths.task(id);
        tokio::spawn(async move {
            // Its holder has left already unless children of the task kept it.
            let _left = follow::dismiss(&dir).await;
            if let Err(error) = tokio::fs::remove_dir_all(&dir).await {
                tracing::warn!(task = id.0, %error, "files not removed");
            }
        });
    }

    fn find_branch(&self, cwd: Vec<u8>) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let path = PathBuf::from(Octets(cwd).as_os_str());
            let branch = tokio::task::spawn_blocking(move || branch(&path)).await.ok().flatten();
            // The server may be ending.
            let _ending = events.send(Event::Branch(branch)).await;
        });
    }

    fn save_history(&self, line: &str) {
        if let Err(error) = super::settings::append_history(&self.paths, line) {
            tracing::warn!(%error, "history not written");
        }
    }

    fn save_spec(&self, spec: &Spec) {
        let path = self.paths.task(spec.id).join("spec.json");
        let written = serde_json::to_vec(spec).map_err(io::Error::from).and_then(|bytes| {
            let new = path.with_extension("new");
            std::fs::write(&new, bytes)?;
            std::fs::rename(&new, &path)
        });
        if let Err(error) = written {
            tracing::warn!(task = spec.id.0, %error, "permissions not kept");
        }
    }

    fn save_place(&self, place: &Place) {
        let written = serde_json::to_vec(place).map_err(io::Error::from).and_then(|bytes| {
            let new = self.paths.place().with_extension("place-new");
            std::fs::write(&new, bytes)?;
            std::fs::rename(&new, self.paths.place())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "directory and environment not kept");
        }
    }

    pub(super) fn read_place(&self) -> Option<Place> {
        serde_json::from_slice(&std::fs::read(self.paths.place()).ok()?).ok()
    }

    pub(super) fn next_id(&self) -> u32 {
        let text = std::fs::read_to_string(self.paths.state.join("next-id"));
        text.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(1)
    }

    pub(super) fn compact_journal(&mut self, records: &[session::Record], session: &Session) {
        if records.len() <= JOURNAL_RECORDS_MAX * 2 {
            return;
        }
        let exists: BTreeSet<TaskId> = session.tasks().map(session::Task::id).collect();
        let kept = session::compact(records, JOURNAL_RECORDS_MAX, &exists);
        if let Err(error) = self.journal.rewrite(&self.paths.state.join("journal.jsonl"), &kept) {
            tracing::warn!(%error, "journal not compacted");
        }
    }
}

/// The holder's cap as the user configured it.
fn cap(log: &config::Log) -> wire::Cap {
    let policy = match (log.cap, log.policy) {
        (None, _) => wire::CapPolicy::Unlimited,
        (Some(_), config::Policy::DropOldest) => wire::CapPolicy::DropOldest,
        (Some(_), config::Policy::Pause) => wire::CapPolicy::Pause,
    };
    wire::Cap { bytes: log.cap.unwrap_or(u64::MAX), policy }
}

/// Records that a task could not start, and tells it as its end.
async fn fail(task: &follow::Task, events: &mpsc::Sender<Event>, reason: &str) {
    let _kept = std::fs::write(task.dir.join("error"), reason);
    let _unused = carry::take(&task.carry);
    let outcome = session::not_started(reason, super::now().ms);
    let ended = TaskEvent::Ended { outcome, output_bytes: 0, output_lines: 0, carried: None };
    // The server may be ending.
    let _ending = events.send(Event::Task(task.id, ended)).await;
}

/// Collects the holders that have left, and whatever else became a child of ours.
pub(super) fn reap() {
    let options = rustix::process::WaitOptions::NOHANG;
    while let Ok(Some(_)) = rustix::process::wait(options) {}
}

/// The branch checked out in the work tree a directory belongs to; a short commit when none is.
fn branch(cwd: &Path) -> Option<String> {
    let git = cwd.ancestors().map(|dir| dir.join(".git")).find(|git| git.exists())?;
    let dir = if git.is_dir() {
        git
    } else {
        let text = std::fs::read_to_string(&git).ok()?;
        git.parent()?.join(text.strip_prefix("gitdir:")?.trim())
    };
    let head = std::fs::read_to_string(dir.join("HEAD")).ok()?;
    let head = head.trim();
    let name = head.strip_prefix("ref: refs/heads/").map_or_else(|| head.get(..7), Some)?;
    Some(crate::screen::clean(name, 40))
}
