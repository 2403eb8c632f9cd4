//! One client's way of looking at a session: prompt text, scroll, which view is open. Turns keys and a
//! read-only session into [`Intent`]s; changes no truth, draws nothing.

mod act;
mod intent;
mod line;
mod list;
mod menu;
mod pane;
mod review;
mod select;

pub use intent::Intent;
pub use line::Editor;
pub use list::{Group, Input, TaskList};
pub use menu::Menu;
pub use pane::Arrange;
pub use review::{Ask, Review, Search};
pub use select::{Place, Selecting, Selection, Unit};

use crate::{
    action::Context,
    key::{Key, Paste, Press},
    keymap::{Chord, Keymap, Outcome, limits::CHORD_WAIT_MS},
    limits::VIEWS_DEEP_MAX,
    prompt::History,
    protocol::client::{self, Mouse, MouseAction, Terminal, Wheel},
    server::Page,
    session::{Pane, Phase, Session, Task},
    task::{Size, TaskId},
};
use std::time::{Duration, Instant};

/// Rows below the main view: the prompt's line, a rule, the status line.
pub const CHROME_ROWS: u16 = 3;

/// One client's state.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Size of its terminal.
    pub size: Size,
    /// What its terminal can do.
    pub terminal: Terminal,
    /// Whether its terminal has the focus.
    pub focused: bool,
    /// The prompt's text.
    pub prompt: Editor,
    /// A list to choose from at the prompt.
    pub menu: Option<Menu>,
    /// What was typed before.
    pub history: History,
    /// The view shown, above those it leads back to.
    pub views: Vec<View>,
    /// Rows the main view is scrolled up from its end.
    pub scroll: usize,
    /// A question that has to be answered first.
    pub question: Option<Question>,
    /// One line of aside's for this user, until the next key.
    pub message: Option<String>,
    /// Views left for a task in the foreground; they are back when it is over.
    left: Option<(TaskId, Vec<View>)>,
    /// What the mouse has selected of the picture.
    pub selecting: Selecting,
    /// The pane gone to last, and the one before.
    pane: Pane,
    pane_before: Pane,
    /// The keys of a chord so far.
    pub chord: Chord,
    chord_since: Option<Instant>,
}

/// What fills the terminal.
#[derive(Clone, Debug)]
pub enum View {
    /// The list of tasks.
    Tasks(Box<TaskList>),
    /// One task.
    Details(TaskId),
    /// Its output.
    Review(Box<Review>),
    /// What can be done.
    Help {
        /// First line shown.
        top: usize,
        /// Where help was asked for: its keys come first.
        here: Context,
    },
}

/// A question with its consequences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// Leave while tasks run?
    Quit {
        /// How many.
        running: usize,
    },
    /// Delete an ended task's output?
    Remove(TaskId),
    /// Stop a task?
    Stop(TaskId),
}

/// What a viewer needs to know of the world for a key.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The truth.
    pub session: &'a Session,
    /// What is bound.
    pub keymap: &'a Keymap,
    /// Whether the foreground program shows the alternate screen.
    pub alternate: bool,
    /// Whether the foreground program wants the mouse.
    pub mouse: bool,
    /// Whether the foreground program gets Ctrl+B (`keys.passthrough`).
    pub passthrough: bool,
    /// The moment.
    pub now: Instant,
}

impl Viewer {
    /// A client that has just attached.
    pub fn new(viewer: client::Viewer, history: History) -> Self {
        Self {
            size: viewer.size,
            terminal: viewer.terminal,
            focused: true,
            prompt: Editor::default(),
            menu: None,
            history,
            views: vec![],
            scroll: 0,
            question: None,
            message: None,
            left: None,
            selecting: Selecting::default(),
            pane: Pane::Main,
            pane_before: Pane::Main,
            chord: Chord::default(),
            chord_since: None,
        }
    }

    /// The size a task's terminal has in a main view that shares its room with no other pane.
    pub const fn task_size(&self) -> Size {
        Size::new(self.size.rows.saturating_sub(CHROME_ROWS), self.size.cols)
    }

    /// The view shown; `None` is the main view.
    pub fn view(&self) -> Option<&View> {
        self.views.last()
    }

    /// The foreground task, if this client's keys go to it.
    pub fn typing_to<'a>(&self, session: &'a Session) -> Option<&'a Task> {
        self.task_in_pane(session).filter(|_| self.views.is_empty() && self.question.is_none())
    }

    /// Where keys are pressed now.
    pub fn context(&self, world: &World<'_>) -> Context {
        if self.question.is_some() {
            return Context::Confirm;
        }
        match self.views.last() {
            Some(View::Tasks(list)) if list.input.is_some() => Context::Input,
            Some(View::Tasks(_)) => Context::Tasks,
            Some(View::Details(_)) => Context::Details,
            Some(View::Review(review)) if review.input.is_some() => Context::Input,
            Some(View::Review(_)) => Context::Review,
            Some(View::Help { .. }) => Context::Help,
            None => self.main_context(world),
        }
    }

    fn main_context(&self, world: &World<'_>) -> Context {
        match self.task_in_pane(world.session).map(|task| &task.phase) {
            Some(Phase::Running { paused: true, .. }) => Context::Paused,
            Some(_) if world.alternate => Context::Task,
            Some(_) => Context::TaskMain,
            None if self.scroll > 0 => Context::Scroll,
            None if self.menu.is_some() => Context::Menu,
            None => Context::Prompt,
        }
    }

    /// A key went down or up.
    pub fn key(&mut self, key: Key, press: Press, world: &World<'_>) -> Vec<Intent> {
        let context = self.context(world);
        if press == Press::Up {
            return if context.is_task() { vec![Intent::Type(key, press)] } else { vec![] };
        }
        self.message = None;
        self.selecting.clear();
        let started = self.chord.pending().is_empty();
        let pressed = self.chord.press(world.keymap, context, key);
        if started || self.chord.pending().is_empty() {
            self.chord_since = Some(world.now);
        }
        let mut intents: Vec<Intent> = pressed
            .passed
            .into_iter()
            .flat_map(|key| self.unbound(key, Press::Down, context, world))
            .collect();
        intents.extend(match pressed.outcome {
            Outcome::Do(action) => self.act(action, key, context, world),
            Outcome::Unbound(key) => self.unbound(key, press, context, world),
            Outcome::NoChord(keys) => {
                let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
                self.message = Some(format!("{} is not bound; aside keys lists what is", names.join(" ")));
                vec![]
            }
            Outcome::Waiting | Outcome::GivenUp => vec![],
        });
        intents
    }

    /// Keys that begin no chord after all go where they would have gone.
    pub fn tick(&mut self, world: &World<'_>) -> Vec<Intent> {
        if self.next_deadline().is_none_or(|deadline| deadline > world.now) {
            return vec![];
        }
        self.chord_since = None;
        if !self.chord.waits_briefly(world.keymap) {
            return vec![];
        }
        let context = self.context(world);
        let keys = self.chord.flush(world.keymap);
        keys.into_iter().flat_map(|key| self.unbound(key, Press::Down, context, world)).collect()
    }

    /// When [`Viewer::tick`] has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        let since = self.chord_since.filter(|_| !self.chord.pending().is_empty())?;
        Some(since + Duration::from_millis(CHORD_WAIT_MS))
    }

    /// Pasted text goes where typed text goes.
    pub fn paste(&mut self, text: &str, world: &World<'_>) -> Vec<Intent> {
        let context = self.context(world);
        if context.is_task() {
            return vec![Intent::Paste(text.to_owned())];
        }
        let clean = Paste::clean(text.as_bytes()).text;
        if let Some(editor) = self.editor(context) {
            let one_line = !matches!(context, Context::Prompt | Context::Menu);
            editor.insert(&if one_line { clean.replace('\n', " ") } else { clean });
        }
        if context == Context::Menu {
            self.menu_typed();
        }
        vec![]
    }

    /// The mouse did something.
    pub fn mouse(&mut self, mouse: Mouse, world: &World<'_>) -> Vec<Intent> {
        let context = self.context(world);
        let wheel = matches!(mouse.action, MouseAction::Wheel(_));
        if context.is_task() && (world.mouse || world.alternate && wheel) {
            let layout = world.session.layout();
            return self.mouse_in_pane(mouse, layout).map(Intent::Mouse).into_iter().collect();
        }
        if self.views.is_empty() && world.session.layout().is_split() {
            self.mouse_in_pane(mouse, world.session.layout());
        }
        let MouseAction::Wheel(wheel) = mouse.action else {
            return self.selecting.mouse(mouse, world.now).map(Intent::Copy).into_iter().collect();
        };
        self.selecting.clear();
        let up = match wheel {
            Wheel::Up => true,
            Wheel::Down => false,
            Wheel::Left | Wheel::Right => return vec![],
        };
        if let (Some(task), true) = (self.typing_to(world.session), up) {
            return self.open_review(task.id());
        }
        let step = if up { crate::action::Move::Up } else { crate::action::Move::Down };
        (0..3).flat_map(|_| self.go(step, world)).collect()
    }

    /// The terminal has a new size.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.selecting.clear();
        let rows = self.body_rows();
        for view in &mut self.views {
            match view {
                View::Review(review) => review.rows = rows.max(1),
                View::Tasks(list) => list.rows = usize::try_from(rows).unwrap_or(1),
                View::Details(_) | View::Help { .. } => {}
            }
        }
    }

    /// Lines have come that this client asked for.
    pub fn page(&mut self, page: Page) {
        let wanted = self.views.iter_mut().rev().find_map(|view| match view {
            View::Review(review) if review.task == page.task => Some(review),
            _ => None,
        });
        if let Some(review) = wanted {
            review.take(page);
        }
    }

    /// What the view shown has to read; `grown` names the tasks that printed more.
    pub fn wants(&mut self, grown: impl Fn(TaskId) -> bool) -> Option<Intent> {
        match self.views.last_mut() {
            Some(View::Review(review)) => review.wants(grown(review.task)),
            _ => None,
        }
    }

    /// Rows of a view between its heading and its foot.
    fn body_rows(&self) -> u64 {
        u64::from(self.size.rows.saturating_sub(3).max(1))
    }

    /// Opens a task's output.
    pub fn open_review(&mut self, task: TaskId) -> Vec<Intent> {
        let review = Review::new(task, self.body_rows());
        self.open(View::Review(Box::new(review)));
        vec![Intent::See(vec![task])]
    }

    /// Opens a task's details.
    pub fn open_details(&mut self, task: TaskId) -> Vec<Intent> {
        self.open(View::Details(task));
        vec![Intent::See(vec![task])]
    }

    /// Opens the list of tasks; with exactly one running, its details above it (Esc shows the list).
    pub fn open_tasks(&mut self, session: &Session) -> Vec<Intent> {
        self.views.retain(|view| !matches!(view, View::Tasks(_) | View::Details(_)));
        self.open_list();
        let mut running = session.living();
        if let (Some(only), None) = (running.next(), running.next()) {
            return self.open_details(only.id());
        }
        vec![Intent::See(session.unseen().map(Task::id).collect())]
    }

    fn open_list(&mut self) {
        let rows = usize::try_from(self.body_rows()).unwrap_or(1);
        self.open(View::Tasks(Box::new(TaskList { rows, ..TaskList::default() })));
    }

    /// Opens what can be done; in a view, what can be done there comes first.
    pub fn open_help(&mut self, here: Context) {
        self.open(View::Help { top: 0, here });
    }

    /// The task in the foreground is looked at, until its end.
    pub fn leave_for(&mut self, task: TaskId) {
        self.left = Some((task, std::mem::take(&mut self.views)));
    }

    /// A task in the foreground is over; back to where it was started from, unless something else is looked at.
    pub fn come_back(&mut self, ended: TaskId) {
        if self.left.as_ref().is_some_and(|(task, _)| *task == ended) {
            let views = self.left.take().map_or_else(Vec::new, |(_, views)| views);
            if self.views.is_empty() {
                self.views = views;
                self.resize(self.size);
            }
        }
    }

    fn open(&mut self, view: View) {
        if self.views.len() >= VIEWS_DEEP_MAX {
            self.views.remove(0);
        }
        self.views.push(view);
    }

    /// Leads back one step.
    pub fn close(&mut self, world_session: &Session) -> Vec<Intent> {
        self.scroll = 0;
        self.views.pop();
        match self.views.last() {
            Some(View::Tasks(_)) => vec![Intent::See(world_session.unseen().map(Task::id).collect())],
            _ => vec![],
        }
    }

    /// The line that text is typed into.
    fn editor(&mut self, context: Context) -> Option<&mut Editor> {
        match (context, self.views.last_mut()) {
            (Context::Prompt | Context::Menu | Context::Scroll, None) => Some(&mut self.prompt),
            (Context::Input, Some(View::Review(review))) => review.input.as_mut(),
            (Context::Input, Some(View::Tasks(list))) => list.input.as_mut().map(list::Input::editor),
            (Context::Tasks, Some(View::Tasks(list))) => Some(&mut list.filter),
            _ => None,
        }
    }
}
