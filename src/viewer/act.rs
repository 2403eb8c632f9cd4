//! What each action does to a viewer, and what it asks of the server.

use super::{Arrange, Editor, Input, Intent, Question, View, Viewer, World};
use crate::{
    action::{Action, Answer, Context, Edit, Move, PaneAction, Review, SessionAction, TaskAction},
    key::{Key, Press},
    session::Pane,
    task::TaskId,
};

impl Viewer {
    pub(super) fn act(
        &mut self,
        action: Action,
        key: Key,
        context: Context,
        world: &World<'_>,
    ) -> Vec<Intent> {
        let to_program = action == Action::Task(TaskAction::Background) && world.passthrough;
        if to_program && context.is_task() {
            return vec![Intent::Type(key, Press::Down)];
        }
        if context == Context::Menu {
            return self.menu_act(action, world);
        }
        match action {
            Action::Session(action) => self.session(action, world),
            Action::Task(TaskAction::SendKey) => vec![Intent::Type(key, Press::Down)],
            Action::Task(action) => self.task(action, world),
            Action::Pane(action) => self.pane_act(action, world),
            Action::Foreground(id) => self.bring(id),
            Action::Move(step) => self.go(step, world),
            Action::Review(action) => self.review(action),
            Action::Edit(edit) => self.edit(edit, context, world),
            Action::Answer(answer) => self.answer(answer),
        }
    }

    /// A key nothing is bound to: text for a line, or the program's.
    pub(super) fn unbound(
        &mut self,
        key: Key,
        press: Press,
        context: Context,
        world: &World<'_>,
    ) -> Vec<Intent> {
        if context.is_task() {
            return vec![Intent::Type(key, press)];
        }
        let Some(typed) = key.text() else { return vec![] };
        match context {
            Context::Scroll => self.scroll = 0,
            Context::Details if typed == 'q' => return self.close(world.session),
            _ => {}
        }
        if let Some(editor) = self.editor(context) {
            editor.insert(typed.encode_utf8(&mut [0; 4]));
        }
        if context == Context::Menu {
            self.menu_typed();
        }
        vec![]
    }

    fn session(&mut self, action: SessionAction, world: &World<'_>) -> Vec<Intent> {
        match action {
            SessionAction::Tasks => return self.open_tasks(world.session),
            SessionAction::Help | SessionAction::Keys => {
                let here = self.context(world);
                self.open_help(here);
            }
            SessionAction::Close => {
                if let Some(View::Review(review)) = self.views.last_mut()
                    && let Some(intent) = review.step_back()
                {
                    return intent.into_iter().collect();
                }
                return self.close(world.session);
            }
            SessionAction::Redraw => return vec![Intent::Redraw],
            SessionAction::Detach => return vec![Intent::Detach],
            SessionAction::Quit => return self.quit(world),
        }
        vec![]
    }

    /// Leaves; asks first when tasks run.
    pub fn quit(&mut self, world: &World<'_>) -> Vec<Intent> {
        match world.session.living().count() {
            0 => vec![Intent::Detach],
            running => {
                self.question = Some(Question::Quit { running });
                vec![]
            }
        }
    }

    /// The task an action is about: the selected, the one looked at, or the one in the foreground.
    fn target(&self, world: &World<'_>) -> Option<TaskId> {
        match self.views.last() {
            Some(View::Tasks(list)) => list.selection(world.session).map(crate::session::Task::id),
            Some(View::Details(id)) => Some(*id),
            Some(View::Review(review)) => Some(review.task),
            Some(View::Help { .. }) => None,
            None => self.task_in_pane(world.session).map(crate::session::Task::id),
        }
    }

    fn task(&mut self, action: TaskAction, world: &World<'_>) -> Vec<Intent> {
        match action {
            TaskAction::Background if self.pane(world.session.layout()) != Pane::Main => {
                return self.pane_act(PaneAction::ClosePane, world);
            }
            TaskAction::Background => return vec![Intent::Background],
            TaskAction::BackgroundAll => return background_all(world),
            TaskAction::ForegroundNext => return vec![Intent::ForegroundNext],
            _ => {}
        }
        let Some(id) = self.target(world) else {
            self.message = Some("there is no task here; /tasks lists all".into());
            return vec![];
        };
        let ended = world.session.task(id).is_none_or(|task| task.state().ended());
        match action {
            TaskAction::Foreground if ended => self.open_review(id),
            TaskAction::Foreground => self.bring(id),
            TaskAction::Continue => vec![Intent::Continue(id)],
            TaskAction::OpenPane => {
                let here = self.pane(world.session.layout());
                self.views.clear();
                vec![Intent::Arrange(Arrange::Open(here, id))]
            }
            TaskAction::Details => self.open_details(id),
            TaskAction::Output => self.open_review(id),
            TaskAction::Stop => self.ask(Question::Stop(id), ended),
            TaskAction::Rerun => vec![Intent::Rerun(id)],
            TaskAction::Rename => self.rename(id, world),
            TaskAction::Reply => self.reply(id, world),
            TaskAction::Remove => self.ask(Question::Remove(id), !ended),
            TaskAction::Background
            | TaskAction::BackgroundAll
            | TaskAction::ForegroundNext
            | TaskAction::SendKey => vec![],
        }
    }

    /// Asks before what cannot be undone; what would be refused anyway is passed on to be told why.
    fn ask(&mut self, question: Question, refused: bool) -> Vec<Intent> {
        match (refused, &question) {
            (true, Question::Stop(id)) => vec![Intent::Stop(*id)],
            (true, Question::Remove(id)) => vec![Intent::Remove(*id)],
            _ => {
                self.question = Some(question);
                vec![]
            }
        }
    }

    fn rename(&mut self, id: TaskId, world: &World<'_>) -> Vec<Intent> {
        let title = world.session.task(id).map_or("", |task| task.spec.title()).to_owned();
        if let Some(View::Tasks(list)) = self.views.last_mut() {
            list.selected = Some(id);
            list.input = Some(Input::Name(Editor::with(&title)));
        } else {
            self.message = Some(format!("/rename {id} NAME gives the task a name"));
        }
        vec![]
    }

    /// A line for a task without bringing it to the foreground, typed in the list.
    fn reply(&mut self, id: TaskId, world: &World<'_>) -> Vec<Intent> {
        let Some(task) = world.session.task(id) else { return vec![] };
        if task.state().ended() {
            self.message =
                Some(format!("task {id} has ended ({}); nothing reads its terminal", task.state()));
            return vec![];
        }
        self.views.retain(|view| !matches!(view, View::Details(_)));
        if !matches!(self.views.last(), Some(View::Tasks(_))) {
            self.open_list();
        }
        if let Some(View::Tasks(list)) = self.views.last_mut() {
            list.selected = Some(id);
            let hidden = task.wants_password();
            list.input = Some(Input::Reply { task: id, line: Editor::default(), hidden });
        }
        vec![]
    }

    fn bring(&mut self, id: TaskId) -> Vec<Intent> {
        self.views.clear();
        self.scroll = 0;
        self.focus(Pane::Main);
        vec![Intent::Foreground(id)]
    }

    /// Moves through whatever is shown.
    pub(super) fn go(&mut self, step: Move, world: &World<'_>) -> Vec<Intent> {
        let page = usize::from(self.task_size().rows).max(2) - 1;
        match self.views.last_mut() {
            Some(View::Tasks(list)) => list.go(step, world.session),
            Some(View::Review(review)) => review.go(step),
            Some(View::Details(_)) => {}
            Some(View::Help { top, .. }) => *top = moved(*top, step, page, false),
            None => self.scroll = moved(self.scroll, step, page, true),
        }
        vec![]
    }

    fn review(&mut self, action: Review) -> Vec<Intent> {
        match self.views.last_mut() {
            Some(View::Review(review)) => review.act(action).into_iter().collect(),
            _ => vec![],
        }
    }

    fn edit(&mut self, edit: Edit, context: Context, world: &World<'_>) -> Vec<Intent> {
        match (context, edit) {
            (Context::Prompt | Context::Scroll, _) => self.edit_prompt(edit, world),
            (Context::Input, Edit::Submit) => self.submit_input(world),
            (Context::Input, Edit::CancelLine | Edit::EndOfInput) => {
                self.close_input();
                vec![]
            }
            _ => {
                if let Some(editor) = self.editor(context) {
                    editor.edit(edit);
                }
                vec![]
            }
        }
    }

    pub(super) fn edit_prompt(&mut self, edit: Edit, world: &World<'_>) -> Vec<Intent> {
        self.scroll = 0;
        match edit {
            Edit::Submit => return self.submit(),
            Edit::CancelLine => self.prompt = Editor::default(),
            Edit::EndOfInput if self.prompt.is_empty() => return self.quit(world),
            Edit::EndOfInput => drop(self.prompt.edit(Edit::DeleteForward)),
            Edit::HistorySearch => self.search_history(),
            Edit::Complete => return self.complete(),
            Edit::CursorRight | Edit::LineEnd if self.suggestion().is_some() => self.take_suggestion(),
            Edit::HistoryPrevious => self.recall(true),
            Edit::HistoryNext => self.recall(false),
            Edit::CursorUp if self.prompt.on_first_line() => self.recall(true),
            Edit::CursorDown if self.prompt.on_last_line() => self.recall(false),
            edit => drop(self.prompt.edit(edit)),
        }
        vec![]
    }

    /// What the history would go on with, shown behind the cursor: only at the end of a line without line feeds.
    pub fn suggestion(&self) -> Option<&str> {
        let typed = self.prompt.lines().first().filter(|_| self.prompt.lines().len() == 1)?;
        let line = self.history.completion(typed).filter(|_| self.prompt.at_end() && self.menu.is_none())?;
        line.get(typed.len()..).filter(|rest| !rest.contains('\n'))
    }

    fn take_suggestion(&mut self) {
        if let Some(rest) = self.suggestion().map(str::to_owned) {
            self.prompt.insert(&rest);
        }
    }

    fn recall(&mut self, earlier: bool) {
        let text = self.prompt.text();
        let line =
            if earlier { self.history.older(&text, "").map(str::to_owned) } else { self.history.newer() };
        if let Some(line) = line {
            self.prompt = Editor::with(&line);
        }
    }

    fn submit(&mut self) -> Vec<Intent> {
        let line = self.prompt.text();
        self.prompt = Editor::default();
        if line.trim().is_empty() {
            return vec![];
        }
        let remembered = self.history.push(&line).map(Intent::Remember);
        remembered.into_iter().chain([Intent::Submit(line)]).collect()
    }

    fn submit_input(&mut self, world: &World<'_>) -> Vec<Intent> {
        match self.views.last_mut() {
            Some(View::Review(review)) => review.submit().into_iter().collect(),
            Some(View::Tasks(list)) => {
                let selected = list.selection(world.session).map(crate::session::Task::id);
                match (list.input.take(), selected) {
                    (Some(Input::Name(name)), Some(id)) => vec![Intent::Rename(id, name.text())],
                    (Some(Input::Reply { task, line, hidden }), _) => {
                        // on to the next one that waits: what is typed next must not go to one that has ended
                        list.selected = None;
                        self.send_reply(task, line.text(), hidden, world)
                    }
                    _ => vec![],
                }
            }
            _ => vec![],
        }
    }

    /// A password is not given to a task that has stopped asking for one: it would be shown.
    fn send_reply(&mut self, id: TaskId, line: String, hidden: bool, world: &World<'_>) -> Vec<Intent> {
        let asks = world.session.task(id).is_some_and(crate::session::Task::wants_password);
        if hidden && !asks {
            self.message = Some(format!("task {id} does not ask for a password any more; nothing was sent"));
            return vec![];
        }
        vec![Intent::Reply(id, line)]
    }

    fn close_input(&mut self) {
        match self.views.last_mut() {
            Some(View::Review(review)) => review.give_up(),
            Some(View::Tasks(list)) => list.input = None,
            _ => {}
        }
    }

    fn answer(&mut self, answer: Answer) -> Vec<Intent> {
        match (answer, self.question.take()) {
            (Answer::Accept, Some(Question::Quit { .. })) => vec![Intent::Detach],
            (Answer::AcceptAndStop, Some(Question::Quit { .. })) => vec![Intent::StopAllAndLeave],
            (Answer::Accept, Some(Question::Remove(id))) => {
                self.views.retain(|view| !shows(view, id));
                vec![Intent::Remove(id)]
            }
            (Answer::Accept | Answer::AcceptAndStop, Some(Question::Stop(id))) => vec![Intent::Stop(id)],
            _ => vec![],
        }
    }
}

/// Every task that the main view shows steps aside.
fn background_all(world: &World<'_>) -> Vec<Intent> {
    let panes = world.session.layout().tasks().map(|id| Intent::Arrange(Arrange::Close(Pane::Task(id))));
    let front = world.session.front().map(|_| Intent::Background);
    let all: Vec<Intent> = panes.chain(front).collect();
    // what refuses it says why
    if all.is_empty() { vec![Intent::Background] } else { all }
}

fn shows(view: &View, id: TaskId) -> bool {
    match view {
        View::Details(task) => *task == id,
        View::Review(review) => review.task == id,
        View::Tasks(_) | View::Help { .. } => false,
    }
}

/// A scroll position after a step; `upwards` counts it from the end.
fn moved(at: usize, step: Move, page: usize, upwards: bool) -> usize {
    let (back, by) = match step {
        Move::Up => (true, 1),
        Move::Down => (false, 1),
        Move::PageUp => (true, page),
        Move::PageDown => (false, page),
        Move::HalfPageUp => (true, page / 2),
        Move::HalfPageDown => (false, page / 2),
        Move::Top => (true, SCROLL_MAX),
        Move::Bottom => (false, SCROLL_MAX),
    };
    if back == upwards { at.saturating_add(by).min(SCROLL_MAX) } else { at.saturating_sub(by) }
}

/// Beyond any text; the draw clamps a scroll position to what there is.
const SCROLL_MAX: usize = 1 << 20;
