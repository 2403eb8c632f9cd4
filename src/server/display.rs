//! Frames: when a client's picture is drawn and sent. One frame is in flight per client; while it is, changes
//! only mark the picture as stale, so a slow client gets the newest picture and never a queue.

use super::{ClientId, Effect, Look, Now, Page, Purpose, Server, Want, event::Range, shell};
use crate::{
    limits::{CLIPBOARD_BYTES_MAX, ECHO_WINDOW, FRAME_INTERVAL, TAIL_LINES, TAILS_MAX},
    prompt::History,
    protocol::client::{Farewell, Hello, ToClient, Viewer as Outer},
    task::{TaskId, text},
    transcript::Line,
    view::{self, Canvas, Scene, Tail},
    viewer::{Intent, Selection, Viewer},
};
use serde_bytes::ByteBuf;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// What a client's terminal shows, and whether that is still true.
#[derive(Debug)]
pub(super) struct Display {
    canvas: Canvas,
    in_flight: Option<u64>,
    pub(super) serial: u64,
    stale: bool,
    drawn: Option<Instant>,
    /// Frames are not held back until then.
    echo_until: Option<Instant>,
}

impl Display {
    pub(super) fn new() -> Self {
        Self { canvas: Canvas::new(), in_flight: None, serial: 0, stale: true, drawn: None, echo_until: None }
    }

    /// When the next frame is due, if one is.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        if !self.stale || self.in_flight.is_some() {
            return None;
        }
        let hurried = self.echo_until.is_some_and(|until| until > now);
        let held = self.drawn.filter(|_| !hurried).map(|drawn| drawn + FRAME_INTERVAL);
        Some(held.unwrap_or(now))
    }

    /// Forgets what the terminal shows: the next frame draws everything.
    pub(super) fn forget(&mut self) {
        self.canvas.forget();
        self.stale = true;
    }
}

/// Last lines of ended commands, and those being read.
#[derive(Debug, Default)]
pub(super) struct Tails {
    lines: BTreeMap<TaskId, Tail>,
    asked: BTreeSet<TaskId>,
}

impl Server {
    /// A client with a screen is there.
    pub(super) fn attach(
        &mut self,
        now: Now,
        client: ClientId,
        outer: Outer,
        hello: Hello,
        effects: &mut Vec<Effect>,
    ) {
        let history = History::decode(self.settings.history.as_bytes());
        let (size, lost) = (outer.size, outer.reattached);
        self.viewers.insert(client, (Viewer::new(outer, history), Display::new()));
        self.with_session(effects, |session, changes| {
            session.meet(hello.place, changes);
            session.back(lost.is_some(), changes);
        });
        for problem in std::mem::take(&mut self.settings.problems) {
            self.with_session(effects, |session, changes| session.say(problem, changes));
        }
        if let Some((viewer, _)) = self.viewers.get_mut(&client) {
            viewer.resize(size);
        }
        match lost {
            None => {}
            Some(0) => self.tell(client, "the server was restarted; reattached".into()),
            Some(keys) => {
                let keys = text::plural(keys, "key");
                self.tell(
                    client,
                    format!("the server was restarted; reattached, {keys} typed meanwhile not delivered"),
                );
            }
        }
        self.fit(client, effects);
        self.find_branch(effects);
        self.draw(now, effects);
    }

    /// A frame is on a client's terminal.
    pub(super) fn acknowledged(&mut self, _now: Now, client: ClientId, serial: u64) {
        if let Some((_, display)) = self.viewers.get_mut(&client)
            && display.in_flight == Some(serial)
        {
            display.in_flight = None;
        }
    }

    /// A key came: its echo must not wait for the next frame's turn.
    pub(super) fn pressed(&mut self, now: Now, client: ClientId) {
        if let Some((_, display)) = self.viewers.get_mut(&client) {
            display.echo_until = Some(now.instant + ECHO_WINDOW);
        }
    }

    /// A client's picture may have changed.
    pub(super) fn touch(&mut self, client: ClientId) {
        if let Some((_, display)) = self.viewers.get_mut(&client) {
            display.stale = true;
        }
    }

    /// Every picture may have changed.
    pub(super) fn touch_all(&mut self) {
        for (_, display) in self.viewers.values_mut() {
            display.stale = true;
        }
    }

    /// Pictures of clients that look at something else than the main view may have changed.
    pub(super) fn touch_views(&mut self) {
        for (viewer, display) in self.viewers.values_mut() {
            display.stale |= viewer.view().is_some();
        }
    }

    /// The client wants its picture drawn anew.
    pub(super) fn redraw(&mut self, client: ClientId) {
        if let Some((_, display)) = self.viewers.get_mut(&client) {
            display.forget();
        }
    }

    /// Chords that have waited long enough, and lines that a view needs.
    pub(super) fn viewer_tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let clients: Vec<ClientId> = self.viewers.keys().copied().collect();
        for client in clients {
            let mut intents = self.with_viewer(now, client, Viewer::tick);
            let known = &self.known;
            let session = &self.session;
            let grown = |id: TaskId| {
                session.task(id).is_some_and(|task| known.get(&id).copied() != Some(task.output_bytes))
            };
            if let Some((viewer, _)) = self.viewers.get_mut(&client) {
                intents.extend(viewer.wants(grown));
            }
            for intent in intents {
                if let Intent::Read { task, .. } = &intent {
                    let bytes = self.session.task(*task).map_or(0, |task| task.output_bytes);
                    self.known.insert(*task, bytes);
                }
                self.intend(now, client, intent, effects);
            }
        }
    }

    /// Draws and sends every picture that is due.
    pub(super) fn draw(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let due = |(client, (_, display)): (&ClientId, &(Viewer, Display))| {
            display.due(now.instant).is_some_and(|due| due <= now.instant).then_some(*client)
        };
        let clients: Vec<ClientId> = self.viewers.iter().filter_map(due).collect();
        for client in clients {
            self.draw_one(now, client, effects);
        }
    }

    fn draw_one(&mut self, now: Now, client: ClientId, effects: &mut Vec<Effect>) {
        let home = self.session.place().and_then(|place| shell::variable(place, "HOME"));
        let Some((viewer, display)) = self.viewers.get_mut(&client) else { return };
        let session = &self.session;
        let looked_at = |id: TaskId| viewer.view().is_some() || session.shows(id);
        for (_, live) in self.screens.iter_mut().filter(|(id, _)| looked_at(**id)) {
            live.settle();
        }
        let screens = self.screens.iter().map(|(id, live)| (*id, live.screen())).collect();
        let scene = Scene {
            viewer,
            session: &self.session,
            screens: &screens,
            tails: &self.tails.lines,
            branch: self.branch.as_deref(),
            home: home.as_deref(),
            keymap: &self.settings.keymap,
            now_ms: now.ms,
        };
        let missing = view::draw(&scene, &mut display.canvas);
        let bytes = display.canvas.frame(&viewer.terminal);
        display.stale = false;
        display.drawn = Some(now.instant);
        if !bytes.is_empty() {
            display.serial += 1;
            display.in_flight = Some(display.serial);
            let frame = ToClient::Frame { serial: display.serial, bytes: ByteBuf::from(bytes) };
            effects.push(Effect::Send(client, frame));
        }
        for id in missing {
            self.read_tail_for(client, id, effects);
        }
    }

    /// Reads the last lines of an ended command for whoever shows it.
    pub(super) fn read_tail(&mut self, id: TaskId, effects: &mut Vec<Effect>) {
        if let Some(client) = self.viewers.keys().next().copied() {
            self.read_tail_for(client, id, effects);
        }
    }

    fn read_tail_for(&mut self, client: ClientId, task: TaskId, effects: &mut Vec<Effect>) {
        if self.tails.asked.insert(task) {
            let (lines, look) = (Range::Last, Look::default());
            let want = Want { client, task, purpose: Purpose::Tail, lines, count: TAIL_LINES, look };
            effects.push(Effect::Read(want));
        }
    }

    /// Lines of a transcript have come.
    pub(super) fn lines(&mut self, _now: Now, page: Page, effects: &mut Vec<Effect>) {
        let client = page.client;
        if page.purpose == Purpose::Tail {
            self.tails.asked.remove(&page.task);
            if !page.complete {
                return self.read_tail_for(client, page.task, effects);
            }
            if self.tails.lines.len() >= TAILS_MAX {
                self.tails.lines.pop_first();
            }
            self.tails.lines.insert(page.task, Tail { lines: page.lines, total: page.total });
            self.touch_all();
        } else if page.purpose == Purpose::Copy {
            let text = page.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n");
            self.copy_text(client, text, effects);
        } else if let Some((viewer, _)) = self.viewers.get_mut(&client) {
            viewer.page(page);
            self.touch(client);
        }
    }

    /// Puts what a client has selected of its picture into its clipboard.
    pub(super) fn copy(&mut self, client: ClientId, selection: Selection, effects: &mut Vec<Effect>) {
        let Some((_, display)) = self.viewers.get(&client) else { return };
        let text = view::selected_text(&display.canvas.picture().buffer, selection);
        self.copy_text(client, text, effects);
    }

    /// Puts a text into a client's clipboard, and says so.
    pub(super) fn copy_text(&mut self, client: ClientId, text: String, effects: &mut Vec<Effect>) {
        let (lines, characters) = (text.lines().count(), text.chars().count());
        if text.trim().is_empty() {
            return;
        }
        if text.len() > CLIPBOARD_BYTES_MAX {
            let bytes = text::bytes(text.len() as u64);
            let told = format!("{bytes} are too much for a clipboard; aside output prints them to a file");
            return self.tell(client, told);
        }
        effects.push(Effect::Send(client, ToClient::Clipboard(text)));
        let what = match lines {
            0 | 1 => text::plural(characters as u64, "character"),
            lines => text::plural(lines as u64, "line"),
        };
        self.tell(client, format!("copied {what}"));
    }

    /// Ends the server, and tells every client.
    pub(super) fn leave(&self, effects: &mut Vec<Effect>) {
        for client in self.viewers.keys() {
            effects.push(Effect::Send(*client, ToClient::Bye(Farewell::Stopping)));
        }
        effects.push(Effect::Stop);
    }
}
