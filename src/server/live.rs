//! The screens of tasks: what they print goes in, answers to their queries come out.

use super::{Effect, Now, Server, TaskEvent};
use crate::{
    limits::{CHECKPOINT_BYTES, ENDED_SCREENS_MAX, RESULT_COLUMNS_MAX},
    protocol::client::Place,
    screen::{self, LazyScreen, Screen, clean},
    session::{self, Evidence},
    task::{Outcome, Size, TaskId},
};

/// The screen of a task, up to an offset of its log. What nobody looks at falls behind and catches up when somebody does.
#[derive(Debug)]
pub(super) struct Live {
    screen: LazyScreen,
    /// Log offset up to which the screen has seen the log.
    offset: u64,
    /// Line feeds before that.
    lines: u64,
    /// Offset of the last checkpoint.
    kept: u64,
    /// The size last asked for.
    wanted: Size,
}

impl Live {
    /// A screen that shows what the log before `offset` shows.
    pub(super) fn new(screen: Screen, offset: u64, lines: u64) -> Self {
        let wanted = screen.size();
        Self { screen: LazyScreen::new(screen), offset, lines, kept: offset, wanted }
    }

    /// The screen as it was looked at last: its modes, title and size are those of now.
    pub(super) const fn screen(&self) -> &Screen {
        self.screen.as_settled()
    }

    /// The screen is looked at now.
    pub(super) fn settle(&mut self) -> &Screen {
        self.screen.settle()
    }

    /// Takes in output from the log's `offset` on.
    fn feed(&mut self, offset: u64, bytes: &[u8], said: &mut Vec<screen::Effect>) {
        self.screen.feed(offset, bytes, said);
        while self.screen.busy() {
            self.screen.go_on(said);
        }
        self.offset = offset + bytes.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
    }

    /// What to keep of it on disk, when it is time to.
    fn checkpoint(&mut self) -> Option<Vec<u8>> {
        (self.offset - self.kept >= CHECKPOINT_BYTES).then(|| {
            self.kept = self.offset;
            self.screen.checkpoint()
        })
    }
}

impl Server {
    pub(super) fn task(&mut self, now: Now, id: TaskId, event: TaskEvent, effects: &mut Vec<Effect>) {
        // What a task in the background prints changes only views that show more than the panes.
        let seen = self.session.shows(id) || !matches!(event, TaskEvent::Output { .. });
        match event {
            TaskEvent::Started { pid, started_at } => {
                self.session.started(id, pid, started_at);
                self.watch.stirred(id, now.instant);
                self.verb_started(now, id, effects);
            }
            TaskEvent::Adopted { screen, said, offset, lines } => {
                self.session.printed(id, offset, lines);
                self.session.recall(id, *said);
                self.watch.stirred(id, now.instant);
                self.screens.insert(id, Live::new(*screen, offset, lines));
            }
            TaskEvent::Output { offset, bytes } => {
                self.session.stirred(id);
                self.watch.stirred(id, now.instant);
                self.output(id, offset, &bytes, effects);
            }
            TaskEvent::Resized(size) => {
                let live = self.screens.entry(id).or_insert_with(|| Live::new(Screen::new(size), 0, 0));
                live.screen.resize(size);
            }
            TaskEvent::Paused(paused) => self.session.paused(id, paused),
            TaskEvent::Probed { evidence, children } => self.probed(now, id, evidence, children, effects),
            TaskEvent::Ended { outcome, output_bytes, output_lines, carried } => {
                self.session.printed(id, output_bytes, output_lines);
                self.ended(id, outcome, carried, effects);
                self.verb_started(now, id, effects);
            }
            TaskEvent::Trouble(text) => {
                let text = format!("task {id}: {text}");
                self.with_session(effects, |session, changes| session.say(text, changes));
            }
        }
        if seen {
            self.touch_all();
        } else {
            self.touch_views();
        }
    }

    fn output(&mut self, id: TaskId, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) {
        let Some(size) = self.session.task(id).map(|task| task.spec.size) else { return };
        let live = self.screens.entry(id).or_insert_with(|| Live::new(Screen::new(size), 0, 0));
        let known = usize::try_from(live.offset.saturating_sub(offset)).unwrap_or(usize::MAX);
        let Some(fresh) = bytes.get(known..).filter(|fresh| !fresh.is_empty()) else { return };
        let start = offset + known as u64;
        let mut said = vec![];
        live.feed(start, fresh, &mut said);
        let (end, lines, checkpoint) = (live.offset, live.lines, live.checkpoint());
        self.session.printed(id, end, lines);
        for effect in said {
            self.program(id, effect, effects);
        }
        if let (Some(bytes), Some(task)) = (checkpoint, self.session.task(id)) {
            let said = Box::new(task.said.clone());
            effects.push(Effect::Checkpoint { task: id, offset: end, said, bytes });
        }
    }

    /// What a program asked of its terminal.
    fn program(&mut self, id: TaskId, said: screen::Effect, effects: &mut Vec<Effect>) {
        match said {
            screen::Effect::Reply { offset, bytes } => {
                effects.push(Effect::Input { task: id, reply: Some(offset), bytes });
            }
            said => self.session.heard(id, &said),
        }
    }

    fn ended(
        &mut self,
        id: TaskId,
        outcome: Outcome,
        carried: Option<Box<Place>>,
        effects: &mut Vec<Effect>,
    ) {
        let result = self.screens.get_mut(&id).and_then(|live| result_line(live.settle()));
        let in_front = self.session.front() == Some(id);
        self.session.probed(id, Evidence::default(), 0);
        let carried = carried.filter(|_| in_front && outcome.exit_code().is_some());
        self.with_session(effects, |session, changes| {
            session.ended(id, outcome, result, changes);
            if let Some(place) = carried {
                session.set_place(*place, changes);
            }
        });
        if in_front {
            self.come_back(id);
            self.read_tail(id, effects);
            self.find_branch(effects);
        }
        self.watch.forget(id);
        self.drop_old_screens();
    }

    /// Looks up the git branch of the session's directory.
    pub(super) fn find_branch(&self, effects: &mut Vec<Effect>) {
        if let Some(place) = self.session.place() {
            effects.push(Effect::FindBranch(place.cwd.to_vec()));
        }
    }

    /// Keeps the screens of a bounded number of ended tasks; the log can always make them again.
    fn drop_old_screens(&mut self) {
        let ended = |id: &TaskId| self.session.task(*id).is_none_or(|task| task.state().ended());
        let old: Vec<TaskId> = self.screens.keys().copied().filter(ended).collect();
        let surplus = old.len().saturating_sub(ENDED_SCREENS_MAX);
        for id in old.iter().take(surplus) {
            self.screens.remove(id);
        }
    }

    /// Asks for a new size of a task's terminal; its screen takes it where the log says it happened.
    pub(super) fn resize_task(&mut self, id: TaskId, size: Size, effects: &mut Vec<Effect>) {
        let living = self.session.task(id).is_some_and(|task| !task.state().ended());
        let Some(live) = self.screens.get_mut(&id).filter(|_| living) else { return };
        if live.wanted != size {
            live.wanted = size;
            effects.push(Effect::Resize(id, size));
        }
    }

    /// Forgets the screen of a removed task.
    pub(super) fn drop_screen(&mut self, id: TaskId) {
        self.screens.remove(&id);
    }

    /// Passes session effects of `stop` through; used by keys and verbs alike.
    pub(super) fn stop_task(
        &mut self,
        now: Now,
        id: TaskId,
        who: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), session::Refusal> {
        self.with_session(effects, |session, changes| session.stop(id, who, now.instant, changes))
    }
}

/// The last line on the screen that is not blank, cleaned: a command's own word on how it went.
pub fn result_line(screen: &Screen) -> Option<String> {
    let text = screen.text();
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    Some(clean(line, RESULT_COLUMNS_MAX)).filter(|line| !line.is_empty())
}
